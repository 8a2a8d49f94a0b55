import Diagnostics
import Documents
import Notifiers
import Plans
import Scheduler
import Transport

// Recipients in CSV files.

extension RecipientReader {
    func readFile(_ value: YAMLValue, group: String) {
        guard let table = value.table("group \(group)", keys: RecipientReader.groupKeys), let place = table["file"],
            let path = place.path("file", in: folder)
        else { return }
        switch files.read(path, limit: CSVFile.byteLimit) {
        case .failure(let failure):
            place.error("file \(place.shown) of group \(group) cannot be read: \(failure)")
        case .success(let bytes):
            guard let file = CSVFile(bytes: bytes, name: path, problems: problems) else { return }
            let via = table["via"].map { channelList($0, "via") } ?? defaultVia
            readRows(file, path: path, group: group, via: via)
            // Warns of an empty group only if the file has no problem, because the rows with
            // problems may be its members.
            if groups[group]?.recipients.isEmpty != false, !problems.all.contains(where: { $0.place.file == path }) {
                place.warning("group \(group) has no members: file \(place.shown) lists nobody")
            }
        }
    }

    /// Reads the recipients of a CSV file.
    ///
    /// - Parameter via: the channels of recipients that name none; nil if the configuration names
    ///   none.
    package func readRows(_ file: CSVFile, path: String, group: String, via: [String]? = nil) {
        let context = YAMLContext(file: path, source: .data, problems: problems)
        let columns = RecipientColumns(headings: file.header)
        warnOfUnknown(columns, file, context)
        for (index, name) in columns.names.enumerated() where !name.isEmpty && columns.names[..<index].contains(name) {
            let first = columns.names.firstIndex(of: name)!
            context.error(
                line: file.headerLine, column: 1,
                "the column \"\(printable(file.header[index]))\" stands twice (numbers \(first + 1) and \(index + 1)); one of them must go"
            )
            return file.forEachRow { _ in true }
        }
        let hasID = ["id", "name", "email"].contains(where: columns.names.contains)
        for required in (hasID ? [] : ["id"]) + (via == nil ? ["via"] : []) where !columns.names.contains(required) {
            context.error(
                line: file.headerLine, column: 1,
                required == "id"
                    ? "no column \"id\"; the first line must name it"
                    : "no column \"via\"; the first line must name it, or the configuration must have \"via: [CHANNEL]\"")
            // Reads the rows only to report mistakes of the CSV format itself.
            return file.forEachRow { _ in true }
        }
        csv.sheets.append((recipients.count, path))
        recipients.reserve(min(limit, recipients.count + file.lineCount))
        var plain = PlainRows(columns: columns, defaultVia: via ?? [])
        let sheet = Sheet(file, columns: columns, group: group, via: via ?? [], context: context)
        file.forEachRow { row in
            guard recipients.count < limit, recipients.haveRoom else {
                context.error(line: row.line, column: 1, "more than \(recipients.count) recipients; no more are allowed")
                return false
            }
            if !readPlain(row, &plain, group: group) { readRow(row, sheet) }
            return !problems.isFull
        }
        reportMadeIDs(sheet)
    }

    /// The state that the rows of one CSV file have in common.
    final class Sheet {
        let columns: RecipientColumns
        let group: String
        /// The channels of recipients that name none.
        let via: [String]
        let context: YAMLContext
        /// Made on first use, because it reads the whole file.
        private(set) lazy var namesakes = Namesakes(file, columns.names)
        private let file: CSVFile
        /// The ids that were made, with the lines of their rows.
        var made: [(id: String, line: Int)] = []

        init(_ file: CSVFile, columns: RecipientColumns, group: String, via: [String], context: YAMLContext) {
            self.file = file
            self.columns = columns
            self.group = group
            self.via = via
            self.context = context
        }
    }

    private func warnOfUnknown(_ columns: RecipientColumns, _ file: CSVFile, _ context: YAMLContext) {
        guard !columns.unknown.isEmpty else { return }
        let shown = columns.unknown.prefix(RecipientReader.shownColumns)
        let rest = columns.unknown.count > shown.count ? ", …" : ""
        let list = shown.map { "\"\(printable($0))\"" }.joined(separator: ", ") + rest
        let known = RecipientReader.columns.filter { !columns.names.contains($0) }
        let nearest = shown.lazy.compactMap { Spelling.nearest(to: $0, among: known) }.first
        context.warning(
            line: file.headerLine, column: 1,
            "columns that are not known are ignored: \(list); known: \(RecipientReader.columns.joined(separator: ","))",
            hints: nearest.map { [$0] } ?? [])
    }

    /// Names the made ids of a file in one warning, so that a person can write them into the file.
    private func reportMadeIDs(_ sheet: Sheet) {
        guard let first = sheet.made.first else { return }
        for (id, line) in sheet.made {
            places?.add(made: MadeID(file: sheet.context.file, line: line, column: 1, id: id, isRow: true))
        }
        let shown = sheet.made.prefix(RecipientReader.shownMadeIDs)
        let list = LocalizedText(joining: shown.map { "\($0.id) (line \($0.line))" })
        let rest = sheet.made.count > shown.count ? ", …" : ""
        sheet.context.warning(
            line: first.line, column: 1,
            "\(sheet.made.count) recipients without \"id\" get one from their names: \(list)\(rest); "
                + "remindd check --fix writes them into the file")
    }

    private static let shownMadeIDs = 20
    /// The number of unknown columns that a warning names. Tables of offices have fewer.
    private static let shownColumns = 50

    /// Adds the recipient of a row and returns true if the row certainly has no mistake.
    ///
    /// If the row may have a mistake, this adds no recipient and returns false.
    private func readPlain(_ row: CSVFile.Row, _ rows: inout PlainRows?, group: String) -> Bool {
        guard let fields = rows?.fields(row), recipients.position(of: fields.id) == nil, !LegacyText.isSuspicious(fields.name)
        else { return false }
        let id = String(decoding: fields.id, as: UTF8.self)
        guard definedAt[id] == nil, let reach = rows?.reach(of: fields, read: readReach),
            reach.addressKinds.allSatisfy({ $0 == .email && !fields.email.isEmpty }),
            fields.email.isEmpty || EmailAddress.isPlain(fields.email),
            let joined = rows?.groups(of: fields, mayJoin: { $0 != id && Identifier.isValid($0) && isFreeOrGroup($0) })
        else { return false }
        recipients.append(
            id: fields.id, name: fields.name, address: fields.email.isEmpty ? nil : (.email, fields.email), reach: reach.number)
        csv.lines.append(UInt32(clamping: row.line))
        let position = UInt32(recipients.count - 1)
        groups[group]?.recipients.append(position)
        for group in joined { groups[group, default: RecipientDirectory.Members()].recipients.append(position) }
        return true
    }

    /// Returns the channels and the language of a row; nil if one of them is unknown.
    private func readReach(via: String, otherwise: String, language: String) -> PlainRows.Reach? {
        let (via, otherwise) = (via.split(separator: " ").map(String.init), otherwise.split(separator: " ").map(String.init))
        guard (via + otherwise).allSatisfy(channelNames.contains) else { return nil }
        let known = Language(rawValue: language)
        guard known != nil || language.isEmpty else { return nil }
        return PlainRows.Reach(
            number: recipients.reachNumber(.init(language: known, via: via, otherwise: otherwise)),
            addressKinds: Array(Set((via + otherwise).compactMap { addressKinds[$0] })))
    }

    private func readRow(_ row: CSVFile.Row, _ sheet: Sheet) {
        let (header, context) = (sheet.columns.names, sheet.context)
        let fields = (0..<row.count).map(row.text)
        func fail(_ message: LocalizedText, hints: [String] = []) {
            context.error(line: row.line, column: 1, message, hints: hints)
        }
        func warn(_ message: LocalizedText) {
            context.warning(line: row.line, column: 1, message)
        }
        let stray = fields.enumerated().first { index, text in
            (index >= header.count || sheet.columns.isNameless(index)) && !text.allSatisfy(\.isWhitespace)
        }
        if let stray {
            let text = "\"\(printable(stray.element))\""
            return fail(
                "field \(stray.offset + 1) is \(text), but the first line names no such column; are quotes around a text missing?"
            )
        }
        var field: [String: String] = [:]
        for (name, text) in zip(header, fields) where !name.isEmpty { field[name] = text.trimmed }
        if field["name", default: ""].isEmpty, let unit = field[RecipientColumns.unit] { field["name"] = unit }
        let given = field["id"] ?? ""
        let made = given.isEmpty ? sheet.namesakes.id(of: field) { isFree($0) } : nil
        let id = made ?? given
        guard Identifier.isValid(id) else {
            return fail(
                "a recipient's id is \"\(printable(id))\"; allowed: \(Identifier.allowed)",
                hints: problems.areHintsWanted ? Identifier.suggestion(for: id).map { [$0] } ?? [] : [])
        }
        guard define(id, at: Problem.Place(file: context.file, line: row.line, column: 1), report: { fail($0) }) else { return }
        let damage = field["name"].flatMap(LegacyText.find)
        if let damage {
            let reading: LocalizedText = damage.reading.map { "; it reads \"\(printable($0))\"" } ?? ""
            warn("the name \(damage.words)\(reading)")
        }
        // In the old encoding TCVN3, the byte of the soft hyphen (0xAD) is the letter ư. Damaged
        // text may therefore contain the soft hyphen.
        let isAllowed = { (scalar: Unicode.Scalar) in isShowable(scalar) || scalar == "\u{AD}" && damage?.reading != nil }
        if let bad = field.values.first(where: { !$0.unicodeScalars.allSatisfy(isAllowed) }) {
            return fail("\"\(printable(bad))\" holds a character that is not allowed")
        }
        func words(_ name: String) -> [String] {
            (field[name] ?? "").split { $0 == " " || $0 == "," || $0 == ";" }.map(String.init).filter { word in
                if channelNames.contains(word) { return true }
                fail(unknownChannel(word, LocalizedText(verbatim: name)), hints: nearestChannel(word))
                return false
            }
        }
        let via = field["via", default: ""].isEmpty ? sheet.via : words("via")
        let otherwise = words("otherwise")
        if via.isEmpty, field["via", default: ""].isEmpty { fail("recipient \(id) has an empty \"via\"") }
        let needed = Set((via + otherwise).compactMap { addressKinds[$0] })
        guard let addresses = addresses(field, of: id, needed: needed, fail, warn) else { return }
        definedAt[id] = nil
        claim(former: field["formerly"] ?? "", of: id, row.line, context)
        if made != nil {
            sheet.made.append((id, row.line))
            csv.madeIDs.insert(UInt32(recipients.count))
        }
        append(
            Recipient(
                id: id, name: field["name"].flatMap { $0.isEmpty ? nil : $0 } ?? id, addresses: addresses,
                language: language(field["language"] ?? "", fail), salutation: salutation(field["salutation"] ?? "", fail),
                via: via, otherwise: otherwise), line: row.line)
        join(groups: [sheet.group] + sheet.columns.groups(field["group"] ?? ""), fail)
    }

    /// Records the former ids of the recipient that is added next.
    private func claim(former ids: String, of id: String, _ line: Int, _ context: YAMLContext) {
        let report = { (message: LocalizedText) in context.error(line: line, column: 1, message) }
        for old in ids.split(separator: " ").map(String.init) {
            guard Identifier.isValid(old) else {
                report("a former id of a recipient is \"\(printable(old))\"; allowed: \(Identifier.allowed)")
                continue
            }
            if former.names.claim(old, of: id, report) { former.ids[old] = UInt32(recipients.count) }
        }
    }

    /// Returns the addresses of a row; nil after reporting an error.
    private func addresses(
        _ field: [String: String], of id: String, needed: Set<AddressKind>, _ fail: (LocalizedText, [String]) -> Void,
        _ warn: (LocalizedText) -> Void
    ) -> Addresses? {
        var addresses = Addresses()
        for kind in AddressKind.allCases {
            let text = AddressReader.kinds.contains(kind) ? field[kind.rawValue] ?? "" : ""
            guard !text.isEmpty else {
                guard needed.contains(kind) else { continue }
                fail("recipient \(id) has no \(kind.rawValue), and uses a \(kind.channelWord) channel", [])
                return nil
            }
            do throws(AddressRefusal) {
                let read = try AddressReader.read(text, kind)
                if let warning = read.warning { warn("\(kind.rawValue) \"\(printable(text))\" of \(id): \(warning)") }
                addresses[kind] = read.text
            } catch {
                fail("\(kind.rawValue) \"\(printable(text))\" of \(id): \(error)", [])
                return nil
            }
        }
        return addresses
    }

    private func salutation(_ text: String, _ fail: (LocalizedText, [String]) -> Void) -> String? {
        guard text.count > RecipientReader.salutationLimit else { return text.isEmpty ? nil : text }
        fail("salutation has \(text.count) characters; allowed: at most \(RecipientReader.salutationLimit)", [])
        return nil
    }

    private func language(_ text: String, _ fail: (LocalizedText, [String]) -> Void) -> Language? {
        guard !text.isEmpty else { return nil }
        if let language = Language(rawValue: text) { return language }
        if let language = RecipientColumns.languages[Spelling.withoutAccents(text)] { return language }
        let meant = Language(rawValue: text.lowercased()) ?? (text.lowercased() == "vn" ? .vi : nil)
        fail("language is \"\(printable(text))\"; allowed: vi, en", meant.map { [$0.rawValue] } ?? [])
        return nil
    }

    /// Adds the last recipient that was read to these groups.
    private func join(groups joined: [String], _ fail: (LocalizedText, [String]) -> Void) {
        let position = UInt32(recipients.count - 1)
        for group in joined {
            guard Identifier.isValid(group), isFreeOrGroup(group) else {
                fail("group is \"\(printable(group))\", which cannot name a group", [])
                continue
            }
            groups[group, default: RecipientDirectory.Members()].recipients.append(position)
        }
    }

    private func isFree(_ id: String) -> Bool {
        groups[id] == nil && definedAt[id] == nil && recipients.position(of: id) == nil
    }

    private func isFreeOrGroup(_ id: String) -> Bool {
        groups[id] != nil || definedAt[id] == nil && recipients.position(of: id) == nil
    }
}
