import Dates
import Diagnostics
import Documents
import Foundation
import Notifiers
import Scheduler
import Transport

/// Reads `remindd.yaml`.
///
/// Every problem is reported with its place. A value with a problem is left out, and reading
/// continues.
package struct ConfigurationReader {
    package let problems: Problems
    package let zones: SystemZones
    package var places: SourceMap?
    package var files = UserFiles()
    /// The kinds of channel that the configuration may use.
    package var channels = Channels.registered

    package static let keys = keys(with: .registered)

    /// - Parameter channels: the kinds of channel that the configuration may use.
    package static func keys(with channels: Channels) -> Keys {
        Keys([
            .required(
                "channels", .orEmpty(.map(.table(channels.keys), keys: Identifier.pattern)),
                "How messages are sent: a name that you choose, and the kind under it."),
            .required("recipients", .orEmpty(.list(.table(RecipientReader.keys))), "Who can get reminders."),
            .optional("timezone", .text(), "Zone of plans that name none. Default: Asia/Ho_Chi_Minh."),
            .optional(
                "plans", .either([.path, .list(.path)]),
                "Folder of plan files, or a list of files and folders. Default: plans/ beside this file."),
            .optional("working_days", .path, "Working calendar. Default: Vietnam's, compiled in."),
            .optional("templates", .path, "Folder with texts that replace the built-in ones of the same name."),
            .optional(
                "ledger", .text(pattern: "^sqlite:."), "The record of sent and waiting messages. Default: in the state folder."),
            .optional("socket", .path, "The socket for commands. Default: in the runtime folder."),
            .optional(
                "catch_up", .choice(CatchUp.allCases.map(\.rawValue) + ["mới nhất", "không"]),
                "Reminders overdue after a standstill: one late reminder each, or none. Default: latest."),
            .optional("contact", .text(most: 300), "Whom to ask; printed in every message."),
            .optional("alerts", .table(alertKeys), "Who gets alerts about failures."),
            .optional("heartbeat", .table(heartbeatKeys), "Dead-man's switch: called as long as remindd works."),
            .optional("via", .ids, "Channels of recipients that name none."),
            .optional(
                "groups", .orEmpty(.map(.either([.ids, .table(RecipientReader.groupKeys)]), keys: Identifier.pattern)),
                "Recipients and groups under one name, or a CSV file of recipients."),
            .optional("sheet", .table(SheetSettings.keys), "Head and signatures of the printed year (remindd year)."),
        ])
    }
    package static let alertKeys = Keys([
        .required("to", .ids, "Recipients and groups."),
        .optional(
            "weekly", .text(pattern: "^[^0-9]+ +([2-7] +)?[^0-9]*[0-9]{1,2}:[0-9]{2}$"),
            "When the weekly summary is sent: Monday 08:00 or thứ hai 08:00."),
    ])
    package static let heartbeatKeys = Keys(
        [
            .required("url", .either([.text(most: 2_000), .table(SecretReader.keys)]), "The address to call."),
            .optional(
                "every", .text(pattern: "^[0-9]+ (second|minute|hour|day)s?$"), "10 seconds to 24 hours. Default: 5 minutes."),
            .optional("insecure", .flag, "Accept http:// beyond loopback. Default: false."),
            .optional(
                "allow_networks", .networks,
                "Private ranges that the address may be in. Default: all for https://, none for http:// beyond loopback."),
        ], holdsSecrets: true)
    package static let defaultZone = "Asia/Ho_Chi_Minh"

    /// Returns the value of one top-level key as text, without a check of the other keys.
    ///
    /// Returns nil if the key is missing or the file is unreadable.
    package static func text(of key: String, in file: String) -> String? {
        guard case .success(let bytes) = TextFile.read(file, limit: YAMLFile.byteLimit) else { return nil }
        let problems = Problems()
        if let yaml = YAMLFile(bytes: bytes, name: file, source: .configuration, vocabulary: .all, problems: problems) {
            return yaml.root.table("the configuration", keys: ConfigurationReader.keys)?[key]?.text(LocalizedText(verbatim: key))
        }
        // The file is not valid YAML, so this loop searches for the line of the key. With nil, the
        // caller would use a default value instead of the user's.
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where line.hasPrefix("\(key):") {
            let value = line.dropFirst(key.count + 1).components(separatedBy: " #")[0]
            let text = value.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
            return text.isEmpty ? nil : text
        }
        return nil
    }

    /// Reads the file at `path`, and adds its mistakes to `problems`.
    ///
    /// Returns nil if the file cannot be used at all.
    package func read(path: String) -> Configuration? {
        let bytes: [UInt8]
        switch files.read(path, limit: YAMLFile.byteLimit) {
        case .success(let content): bytes = content
        case .failure(let failure):
            let context = YAMLContext(file: path, source: .configuration, problems: problems)
            context.error(line: 1, column: 1, "cannot read the configuration: \(failure)")
            return nil
        }
        let keys = ConfigurationReader.keys(with: channels)
        guard
            let file = YAMLFile(
                bytes: bytes, name: path, source: .configuration, vocabulary: .all(with: channels), problems: problems),
            !file.isMistaken(for: "a configuration", keys, actual: "a plan", PlanReader.keys),
            let table = file.root.table("the configuration", keys: keys)
        else { return nil }
        let folder = Paths.folder(of: path)
        return configuration(table, folder: folder, file: path)
    }

    package func configuration(_ table: YAMLTable, folder: String, file: String) -> Configuration {
        let (channels, names) = ChannelReader(folder: folder, channels: channels).read(table["channels"])
        let people = RecipientReader(
            folder: folder, problems: problems, channels: channels, channelNames: names, places: places,
            files: files)
        let zone = zone(table["timezone"]) ?? (table["timezone"] == nil ? defaultZone(for: file) : .utc)
        var configuration = Configuration(
            timezone: zone, plans: plans(table["plans"], folder: folder), workingDays: nil,
            templates: nil, ledger: nil, socket: nil, catchUp: .latest, contact: nil, alerts: nil, heartbeat: nil,
            channels: channels, directory: people.directory(table["recipients"], table["groups"], via: table["via"]),
            file: file)
        configuration.places = table.values.mapValues(\.place)
        configuration.workingDays = path(table["working_days"], "working_days", folder)
        configuration.templates = path(table["templates"], "templates", folder)
        configuration.ledger = ledger(table["ledger"], folder: folder)
        configuration.socket = path(table["socket"], "socket", folder)
        configuration.contact = table["contact"]?.text("contact", isProse: true, maxCharacters: 300)
        if let catchUp = table["catch_up"]?.choice("catch_up", CatchUp.self, also: [("mới nhất", .latest), ("không", .none)]) {
            configuration.catchUp = catchUp
        }
        configuration.alerts = alerts(table["alerts"], configuration.directory)
        configuration.heartbeat = heartbeat(table["heartbeat"], folder: folder)
        configuration.sheet = SheetSettings(table["sheet"])
        return configuration
    }

    package func zone(_ value: YAMLValue?) -> Zone? {
        guard let value, let name = value.text("timezone") else { return nil }
        switch zones.zone(name) {
        case .success(let zone):
            if let (message, hints) = zones.warning(of: name) { value.warning(message, hints: hints) }
            return zone
        case .failure(.unknown(let nearest)):
            value.error("timezone \(value.shown) is not in the system's list", hints: nearest.map { [$0] } ?? [])
        case .failure(.unreadable(let why)):
            value.error("timezone \(value.shown) cannot be read: \(why)")
        }
        return nil
    }

    /// Returns the default zone, for a configuration that names no zone.
    ///
    /// If the system does not have this zone, reports an error and returns UTC.
    package func defaultZone(for file: String) -> Zone {
        let name = ConfigurationReader.defaultZone
        switch zones.zone(name) {
        case .success(let zone): return zone
        case .failure(let failure):
            let why: LocalizedText =
                if case .unreadable(let what) = failure { what } else { "it is not in the system's list; install tzdata" }
            let context = YAMLContext(file: file, source: .configuration, problems: problems)
            context.error(line: 1, column: 1, "the default timezone \(name) cannot be read: \(why)")
            return .utc
        }
    }

    private func plans(_ value: YAMLValue?, folder: String) -> [String] {
        guard let value else { return [Paths.join(folder, "plans")] }
        if case .sequence = value.node {
            return value.list("plans")?.compactMap { path($0, "an item of plans", folder) } ?? []
        }
        return path(value, "plans", folder).map { [$0] } ?? []
    }

    private func path(_ value: YAMLValue?, _ what: LocalizedText, _ folder: String) -> String? {
        value?.path(what, in: folder)
    }

    private func ledger(_ value: YAMLValue?, folder: String) -> String? {
        guard let value, let text = value.text("ledger") else { return nil }
        guard text.hasPrefix("sqlite:"), text.count > "sqlite:".count else {
            value.error("ledger is \(value.shown); allowed: sqlite:PATH", hints: text.contains(":") ? [] : ["sqlite:" + text])
            return nil
        }
        return Paths.existing(Paths.join(folder, String(text.dropFirst("sqlite:".count))))
    }

    private func alerts(_ value: YAMLValue?, _ directory: RecipientDirectory) -> Configuration.Alerts? {
        guard let table = value?.table("alerts", keys: ConfigurationReader.alertKeys) else { return nil }
        let to = table["to"]?.texts("alerts.to") ?? []
        let known = KnownNames(directory)
        for (id, place) in to { known.check(id, place, in: "alerts") }
        var weekly: Configuration.Alerts.Weekly?
        if let when = table["weekly"], let text = when.text("weekly") {
            // `lúc` and `at` may stand before the time.
            let words = text.split(separator: " ").map(String.init).filter { !["lúc", "at"].contains($0.lowercased()) }
            let name = words.dropLast().joined(separator: " ")
            if let day = Weekday(name: name), let at = words.last.flatMap({ TimeOfDay($0) }) {
                weekly = .init(day: day, at: at)
            } else {
                when.error(
                    "weekly is \(when.shown); allowed: a weekday and a time",
                    hints: [name.utf8.allSatisfy { $0 < 0x80 } ? "Monday 08:00" : "thứ hai 08:00"])
            }
        }
        return Configuration.Alerts(to: to.map(\.text), weekly: weekly)
    }

    private func heartbeat(_ value: YAMLValue?, folder: String) -> Configuration.Heartbeat? {
        guard let table = value?.table("heartbeat", keys: ConfigurationReader.heartbeatKeys),
            let place = table["url"],
            let url = SecretReader(folder: folder).text(place, "heartbeat.url", inline: true)
        else { return nil }
        let settings = ChannelTable(name: "heartbeat", folder: folder, table: table)
        let networks = table["allow_networks"] == nil ? nil : settings.networks("allow_networks")
        let allowed = WebhookPolicy.Allowed.heartbeat(insecure: settings.flag("insecure"), networks: networks)
        if case .inline(let text) = url, !WebhookPolicy.check(text, place, "heartbeat.url", allowed) { return nil }
        var every = TimeSpan.minutes(5)
        if let value = table["every"], let text = value.text("every") {
            if let span = Units.span(text), span >= .seconds(10), span <= .days(1) {
                every = span
            } else {
                value.error("every is \(value.shown); allowed: 10 seconds to 24 hours", hints: ["5 minutes"])
            }
        }
        return Configuration.Heartbeat(url: url, every: every, allowed: allowed)
    }
}

/// Parses and formats lengths of time and rates in words.
package enum Units {
    private static let lengths: [(singular: String, span: TimeSpan)] = [
        ("second", .seconds(1)), ("minute", .minutes(1)), ("hour", .hours(1)), ("day", .days(1)),
    ]

    /// Returns the number in a string that consists only of digits; nil for any other string.
    ///
    /// `Int` also accepts a sign, which the schema does not allow.
    package static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// Returns the time span of a string such as `5 minutes` or `1 hour`; nil for any other string.
    package static func span(_ text: String) -> TimeSpan? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2, let count = number(words[0]), (1...100_000).contains(count),
            let unit = lengths.first(where: { words[1] == $0.singular || words[1] == $0.singular + "s" })
        else { return nil }
        return TimeSpan(milliseconds: unit.span.milliseconds * Int64(count))
    }

    /// Returns the rate of a string such as `100 per minute`; nil for any other string.
    package static func rate(_ text: String) -> Rate? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 3, words[1] == "per", let count = number(words[0]), (1...1_000_000).contains(count),
            let unit = lengths.dropLast().first(where: { words[2] == $0.singular })
        else { return nil }
        return Rate(count: count, per: unit.span)
    }

    package static func words(_ rate: Rate) -> LocalizedText {
        let unit = lengths.first { $0.span == rate.per }?.singular ?? "\(rate.per.milliseconds) ms"
        return "\(rate.count) per \(LocalizedText(lookedUp: unit))"
    }
}

extension KeyVocabulary {
    /// The keys of all YAML files, including those of every registered channel.
    package static let all = all(with: .registered)

    /// - Parameter channels: the kinds of channel that the configuration may use.
    package static func all(with channels: Channels) -> KeyVocabulary {
        let tables = [ConfigurationReader.keys(with: channels), PlanReader.keys, WorkingDaysReader.keys]
        return KeyVocabulary(
            keys: tables.reduce(into: []) { $0.formUnion($1.names) }, secret: channels.secretKeys,
            secretSources: SecretReader.keys.all)
    }
}
