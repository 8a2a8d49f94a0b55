import Diagnostics
import Documents
import Notifiers
import Plans
import Scheduler
import Transport

/// Reads the keys `recipients:` and `groups:`, including the recipients in CSV files.
package final class RecipientReader {
    /// The places of the recipients in the CSV files.
    private struct CSVPlaces {
        /// The line of each recipient in its CSV file; 0 for recipients in the configuration.
        var lines: [UInt32] = []
        /// The path of each CSV file, with the position of its first recipient.
        var sheets: [(first: Int, path: String)] = []
    }

    private let folder: String
    private let problems: Problems
    private let files: UserFiles
    /// The names of all channels in the order of the configuration.
    private let listedChannels: [String]
    private let channelNames: Set<String>
    private let places: SourceMap?
    private let limit: Int
    /// The kind of address that each channel needs, by its name.
    private let addressKinds: [String: AddressKind]
    /// The former names of each channel, keyed by its current name.
    private let formerChannels: [String: [String]]
    private var recipients = RecipientTable()
    private var groups: [String: RecipientDirectory.Members] = [:]
    /// The place where each id was first defined, for messages.
    ///
    /// A CSV recipient has an entry only while its row is being read, or if the row was left out.
    private var definedAt: [String: Problem.Place] = [:]
    private var csv = CSVPlaces()
    private var formerNames = FormerNames()
    /// The positions of recipients in the table, keyed by former id.
    private var formerIDs: [String: UInt32] = [:]

    package static let keys = Keys([
        .required("id", .id, "Unique among recipients and groups."),
        .required("via", .ids, "Channels used, all of them, at once."),
        .optional("name", .text(most: 200), "Shown in the message: whose reminder it is."),
        .optional("email", .text(most: 320, pattern: "@"), "Address for email channels."),
        .optional("language", .choice(Language.allCases.map(\.rawValue)), "Default: the plan's."),
        .optional("salutation", .text(most: salutationLimit), "Stands before the name in a letter: đồng chí, bà, Quý cơ quan."),
        .optional("otherwise", .ids, "Channels used when every via delivery is dead, or none was accepted in time."),
        .optional("formerly", FormerNames.shape, "Earlier ids, newest first. Reminders sent under them count as sent."),
    ])
    package static let groupKeys = Keys([
        .required("file", .path, "A CSV file: id,name,email,via,otherwise,language,group,formerly,salutation.")
    ])
    package static let columns = ["id", "name", "email", "via", "otherwise", "language", "group", "formerly", "salutation"]
    package static let salutationLimit = 60
    /// The maximum number of recipients in all files together.
    package static let recipientLimit = 1_000_000

    /// - Parameter channelNames: the names of all channels, including those that could not be read.
    package init(
        folder: String, problems: Problems, channels: [ConfiguredChannel], channelNames: [String], places: SourceMap? = nil,
        files: UserFiles = UserFiles(), limit: Int = recipientLimit
    ) {
        self.limit = limit
        self.folder = folder
        self.problems = problems
        self.files = files
        listedChannels = channelNames
        self.channelNames = Set(channelNames)
        self.places = places
        addressKinds = Dictionary(
            channels.compactMap { channel in channel.addressKind.map { (channel.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        formerChannels = Dictionary(
            channels.filter { !$0.formerly.isEmpty }.map { ($0.name, $0.formerly) }, uniquingKeysWith: { first, _ in first })
    }

    package func directory(_ recipientsValue: YAMLValue?, _ groupsValue: YAMLValue?) -> RecipientDirectory {
        if let recipientsValue, !recipientsValue.isNull {
            for value in recipientsValue.list("recipients") ?? [] where !problems.isFull { readInline(value) }
        }
        var members: [Members] = []
        if let groupsValue, !groupsValue.isNull {
            for (id, place, value) in groupsValue.entries("groups") ?? [] where !problems.isFull {
                guard Identifier.check(id, place, "a group's id"), define(id, place) else { continue }
                groups[id] = groups[id] ?? RecipientDirectory.Members()
                if case .mapping = value.node {
                    readFile(value, group: id)
                } else if let listed = value.texts("group \(id)") {
                    members.append(Members(group: id, listed: listed, place: value))
                }
            }
        }
        link(members)
        formerNames.check { recipients.position(of: $0) != nil || groups[$0] != nil || definedAt[$0] != nil }
        recipients.trim()
        places?.take(people: recipients, lines: csv.lines, sheets: csv.sheets)
        return RecipientDirectory(
            recipients: recipients, groups: groups, addressKinds: addressKinds, formerIDs: formerIDs,
            formerChannels: formerChannels)
    }

    /// A group whose members are listed in the configuration.
    private struct Members {
        let group: String
        let listed: [(text: String, value: YAMLValue)]
        let place: YAMLValue
    }

    /// Adds the listed members to their groups.
    ///
    /// A second pass is needed, because members may be defined after the group that names them.
    private func link(_ members: [Members]) {
        var unknown: [(id: String, place: YAMLValue, group: String)] = []
        for member in members {
            for (id, place) in member.listed {
                let (position, isGroup) = (recipients.position(of: id), groups[id] != nil)
                if let position { groups[member.group]?.recipients.append(UInt32(position)) }
                if isGroup { groups[member.group]?.groups.append(id) }
                if position == nil, !isGroup, definedAt[id] == nil, unknown.count < Problems.limit {
                    unknown.append((id, place, member.group))
                }
            }
        }
        if !unknown.isEmpty {
            let known = KnownNames(recipients, groups: groups)
            for (id, place, group) in unknown { known.check(id, place, in: "group \(group)") }
        }
        reportLoops(members)
        for member in members where member.listed.isEmpty {
            member.place.warning("group \(member.group) has no members")
        }
    }

    /// The state of a group in the search for groups that contain themselves.
    private enum Visit {
        /// The group is in the current path of the search. The value is its index in that path.
        case underWay(Int)
        case done
    }

    /// Reports groups that contain themselves. Each loop is reported once.
    ///
    /// The search keeps its path in an array and does not recurse, because groups may be nested
    /// deeply.
    private func reportLoops(_ members: [Members]) {
        let numbers = Dictionary(zip(members.map(\.group), members.indices), uniquingKeysWith: { first, _ in first })
        // Leaves out members that are groups from a CSV file. Such a group contains no groups, so
        // it cannot be part of a loop.
        let held = members.map { (groups[$0.group]?.groups ?? []).compactMap { numbers[$0] } }
        var visits = [Visit?](repeating: nil, count: members.count)
        for start in members.indices where visits[start] == nil {
            var path = [(group: start, next: 0)]
            visits[start] = .underWay(0)
            while let top = path.last {
                guard top.next < held[top.group].count, !problems.isFull else {
                    visits[top.group] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let member = held[top.group][top.next]
                switch visits[member] {
                case .underWay(let first):
                    let loop = path[first...].prefix(RecipientReader.shownOfLoop).map { members[$0.group].group }
                    let cut = path.count - first > loop.count ? ["…"] : []
                    let name = members[member].group
                    let shown = (loop + cut + [name]).joined(separator: " → ")
                    members[member].place.error("group \(name) contains itself: \(shown)")
                case nil:
                    visits[member] = .underWay(path.count)
                    path.append((member, 0))
                case .done: break
                }
            }
        }
    }

    private static let shownOfLoop = 20

    private func define(_ id: String, _ place: YAMLValue) -> Bool {
        define(id, at: place.place) { place.error($0) }
    }

    private func define(_ id: String, at place: Problem.Place, report: (String) -> Void) -> Bool {
        if let first = definedAt[id] ?? recipients.position(of: id).map(written) {
            report("the id \(id) is taken already, at \(first.file):\(first.line); recipients and groups share their ids")
            return false
        }
        definedAt[id] = place
        places?.add(id: id, place)
        return true
    }

    /// Returns the place of a recipient in a CSV file.
    private func written(_ position: Int) -> Problem.Place {
        let sheet = csv.sheets.last { $0.first <= position }
        return Problem.Place(file: sheet?.path ?? "", line: Int(csv.lines[position]), column: 1)
    }

    // MARK: Recipients in the configuration

    private func readInline(_ value: YAMLValue) {
        guard let table = value.table("a recipient", keys: RecipientReader.keys), let idValue = table["id"],
            let id = idValue.text("id"), Identifier.check(id, idValue, "a recipient's id")
        else { return }
        let isFirst = define(id, idValue)
        let via = channelList(table["via"], "via")
        let otherwise = channelList(table["otherwise"], "otherwise")
        var addresses = Addresses()
        for kind in AddressReader.kinds { addresses[kind] = table[kind.rawValue].flatMap { address($0, kind) } }
        for kind in AddressKind.allCases where table[kind.rawValue] == nil {
            guard let channel = (via + otherwise).first(where: { addressKinds[$0] == kind }) else { continue }
            value.error("recipient \(id) has no \(kind.rawValue), and \(channel) is a \(kind.channelWord) channel")
        }
        let formerly = formerNames.read(table["formerly"], of: id, "a recipient")
        guard isFirst else { return }
        for former in formerly { formerIDs[former] = UInt32(recipients.count) }
        append(
            Recipient(
                id: id, name: table["name"]?.text("name", isProse: true, maxCharacters: 200) ?? id, addresses: addresses,
                language: table["language"]?.choice("language", Language.self),
                salutation: table["salutation"]?.text(
                    "salutation", isProse: true, maxCharacters: RecipientReader.salutationLimit),
                via: via, otherwise: otherwise))
    }

    private func address(_ place: YAMLValue, _ kind: AddressKind) -> String? {
        guard let text = place.text(kind.rawValue, maxCharacters: 320) else { return nil }
        do throws(AddressRefusal) {
            let read = try AddressReader.read(text, kind)
            if let warning = read.warning { place.warning("\(kind.rawValue) \(place.shown): \(warning)") }
            return read.text
        } catch {
            place.error("\(kind.rawValue) \(place.shown): \(error)")
            return nil
        }
    }

    private func append(_ recipient: Recipient, line: Int = 0) {
        recipients.append(recipient)
        csv.lines.append(UInt32(clamping: line))
    }

    private func channelList(_ value: YAMLValue?, _ what: String) -> [String] {
        var seen: Set<String> = []
        return (value?.texts(what) ?? []).compactMap { name, place in
            guard !problems.isFull else { return nil }
            guard channelNames.contains(name) else {
                place.error(unknownChannel(name, what), hints: nearestChannel(name))
                return nil
            }
            return seen.insert(name).inserted ? name : nil
        }
    }

    private func unknownChannel(_ name: String, _ what: String) -> String {
        let known = listedChannels.joined(separator: ", ")
        return "\(what) names \"\(printable(name))\", which is no channel; known: \(known.isEmpty ? "none" : known)"
    }

    private func nearestChannel(_ name: String) -> [String] {
        problems.areHintsWanted ? Spelling.nearest(to: name, among: listedChannels).map { [$0] } ?? [] : []
    }

    // MARK: Recipients in CSV files

    private func readFile(_ value: YAMLValue, group: String) {
        guard let table = value.table("group \(group)", keys: RecipientReader.groupKeys), let place = table["file"],
            let path = place.path("file", in: folder)
        else { return }
        switch files.read(path, limit: CSVFile.byteLimit) {
        case .failure(let failure):
            place.error("file \(place.shown) of group \(group) cannot be read: \(failure)")
        case .success(let bytes):
            guard let file = CSVFile(bytes: bytes, name: path, problems: problems) else { return }
            readRows(file, path: path, group: group)
            // Warns of an empty group only if the file has no problem, because the rows with
            // problems may be its members.
            if groups[group]?.recipients.isEmpty != false, !problems.all.contains(where: { $0.place.file == path }) {
                place.warning("group \(group) has no members: file \(place.shown) lists nobody")
            }
        }
    }

    package func readRows(_ file: CSVFile, path: String, group: String) {
        let context = YAMLContext(file: path, source: .data, problems: problems)
        // Columns without a name are accepted here, because spreadsheets often write empty columns.
        // The fields of such columns must be empty.
        for (index, name) in file.header.enumerated() where !name.isEmpty && !RecipientReader.columns.contains(name) {
            guard !problems.isFull else { return }
            let nearest = problems.areHintsWanted ? Spelling.nearest(to: name, among: RecipientReader.columns) : nil
            context.error(
                line: file.headerLine, column: 1,
                "unknown column \"\(printable(name))\" (number \(index + 1)); allowed: \(RecipientReader.columns.joined(separator: ","))",
                hints: nearest.map { [$0] } ?? [])
        }
        for (index, name) in file.header.enumerated() where !name.isEmpty && file.header[..<index].contains(name) {
            context.error(
                line: file.headerLine, column: 1,
                "the column \"\(printable(name))\" stands twice (numbers \(file.header.firstIndex(of: name)! + 1) and \(index + 1)); one of them must go"
            )
            return file.forEachRow { _ in true }
        }
        for required in ["id", "via"] where !file.header.contains(required) {
            context.error(line: file.headerLine, column: 1, "no column \"\(required)\"; the first line must name it")
            // Reads the rows only to report mistakes of the CSV format itself.
            return file.forEachRow { _ in true }
        }
        csv.sheets.append((recipients.count, path))
        recipients.reserve(min(limit, recipients.count + file.lineCount))
        var plain = PlainRows(header: file.header, known: RecipientReader.columns)
        file.forEachRow { row in
            guard recipients.count < limit, recipients.haveRoom else {
                context.error(line: row.line, column: 1, "more than \(recipients.count) recipients; no more are allowed")
                return false
            }
            if !readPlain(row, &plain, group: group) { readRow(row, header: file.header, group: group, context) }
            return !problems.isFull
        }
    }

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

    private func readRow(_ row: CSVFile.Row, header: [String], group: String, _ context: YAMLContext) {
        let fields = (0..<row.count).map(row.text)
        func fail(_ message: String, hints: [String] = []) {
            context.error(line: row.line, column: 1, message, hints: hints)
        }
        func warn(_ message: String) {
            context.warning(line: row.line, column: 1, message)
        }
        let stray = fields.enumerated().first { index, text in
            (index >= header.count || header[index].isEmpty) && !text.allSatisfy(\.isWhitespace)
        }
        if let stray {
            let text = "\"\(printable(stray.element))\""
            return fail(
                "field \(stray.offset + 1) is \(text), but the first line names no such column; are quotes around a text missing?"
            )
        }
        var field: [String: String] = [:]
        for (name, text) in zip(header, fields) { field[name] = text.trimmed }
        let id = field["id"] ?? ""
        guard Identifier.isValid(id) else {
            return fail(
                "a recipient's id is \"\(printable(id))\"; allowed: \(Identifier.allowed)",
                hints: problems.areHintsWanted ? Identifier.suggestion(for: id).map { [$0] } ?? [] : [])
        }
        guard define(id, at: Problem.Place(file: context.file, line: row.line, column: 1), report: { fail($0) }) else { return }
        let damage = field["name"].flatMap(LegacyText.find)
        if let damage {
            let reading = damage.reading.map { "; it reads \"\(printable($0))\"" } ?? ""
            warn("the name \(damage.words)\(reading)")
        }
        // In the old encoding TCVN3, the byte of the soft hyphen (0xAD) is the letter ư. Damaged
        // text may therefore contain the soft hyphen.
        let isAllowed = { (scalar: Unicode.Scalar) in isShowable(scalar) || scalar == "\u{AD}" && damage?.reading != nil }
        if let bad = field.values.first(where: { !$0.unicodeScalars.allSatisfy(isAllowed) }) {
            return fail("\"\(printable(bad))\" holds a character that is not allowed")
        }
        func words(_ name: String) -> [String] {
            (field[name] ?? "").split(separator: " ").map(String.init).filter { word in
                if channelNames.contains(word) { return true }
                fail(unknownChannel(word, name), hints: nearestChannel(word))
                return false
            }
        }
        let via = words("via")
        let otherwise = words("otherwise")
        if via.isEmpty, (field["via"] ?? "").isEmpty { fail("recipient \(id) has an empty \"via\"") }
        let needed = Set((via + otherwise).compactMap { addressKinds[$0] })
        guard let addresses = addresses(field, of: id, needed: needed, fail, warn) else { return }
        definedAt[id] = nil
        for former in (field["formerly"] ?? "").split(separator: " ").map(String.init) {
            guard Identifier.isValid(former) else {
                fail("a former id of a recipient is \"\(printable(former))\"; allowed: \(Identifier.allowed)")
                continue
            }
            let line = row.line
            let report = { (message: String) in context.error(line: line, column: 1, message) }
            if formerNames.claim(former, of: id, report) { formerIDs[former] = UInt32(recipients.count) }
        }
        append(
            Recipient(
                id: id, name: field["name"].flatMap { $0.isEmpty ? nil : $0 } ?? id, addresses: addresses,
                language: language(field["language"] ?? "", fail), salutation: salutation(field["salutation"] ?? "", fail),
                via: via, otherwise: otherwise), line: row.line)
        join(groups: [group] + (field["group"] ?? "").split(separator: " ").map(String.init), fail)
    }

    /// Returns the addresses of a row; nil after reporting an error.
    private func addresses(
        _ field: [String: String], of id: String, needed: Set<AddressKind>, _ fail: (String, [String]) -> Void,
        _ warn: (String) -> Void
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

    private func language(_ text: String, _ fail: (String, [String]) -> Void) -> Language? {
        guard !text.isEmpty else { return nil }
        if let language = Language(rawValue: text) { return language }
        let meant = Language(rawValue: text.lowercased()) ?? (text.lowercased() == "vn" ? .vi : nil)
        fail("language is \"\(printable(text))\"; allowed: vi, en", meant.map { [$0.rawValue] } ?? [])
        return nil
    }

    private func salutation(_ text: String, _ fail: (String, [String]) -> Void) -> String? {
        guard text.count > RecipientReader.salutationLimit else { return text.isEmpty ? nil : text }
        fail("salutation has \(text.count) characters; allowed: at most \(RecipientReader.salutationLimit)", [])
        return nil
    }

    /// Adds the last recipient that was read to these groups.
    private func join(groups joined: [String], _ fail: (String, [String]) -> Void) {
        let position = UInt32(recipients.count - 1)
        for group in joined {
            guard Identifier.isValid(group), isFreeOrGroup(group) else {
                fail("group is \"\(printable(group))\", which cannot name a group", [])
                continue
            }
            groups[group, default: RecipientDirectory.Members()].recipients.append(position)
        }
    }

    private func isFreeOrGroup(_ id: String) -> Bool {
        groups[id] != nil || definedAt[id] == nil && recipients.position(of: id) == nil
    }
}
