import Foundation

@testable import Config
@testable import Dates
@testable import Diagnostics
@testable import Documents
@testable import Listener
@testable import Messages
@testable import Notifiers
@testable import Plans
@testable import Scheduler
@testable import Transport

/// The fuzz targets. The environment variable FUZZ_TARGET selects the target of this process.
enum Target: String, CaseIterable {
    case plan, configuration, csv, phrase, tzif, address, url, template, request
    case retryAfter = "retry-after"
    case smtpReply = "smtp-reply"

    /// Runs one input. Stops the process if the parser breaks one of its guarantees.
    func run(_ bytes: [UInt8]) {
        switch self {
        case .plan: plan(bytes)
        case .configuration: configuration(bytes)
        case .csv: people(bytes)
        case .phrase: phrase(text(bytes))
        case .tzif: tzif(bytes)
        case .address: address(text(bytes))
        case .url: url(text(bytes))
        case .retryAfter: wait(text(bytes))
        case .smtpReply: smtpReply(bytes)
        case .template: template(text(bytes))
        case .request: request(bytes)
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func plan(_ bytes: [UInt8]) {
        let problems = Problems()
        let reader = PlanReader(
            problems: problems, zones: Kept.zones, defaultZone: .utc, directory: nil, workingDays: .mondayToFriday)
        let plan = reader.read(bytes: bytes, name: "plan.yaml")
        precondition(plan != nil || problems.hasErrors, "a plan was refused without a message")
        checkWords(problems)
        guard let plan, !problems.hasErrors else { return }
        let span = Day(2026, 1, 1)!...Day(2026, 12, 31)!
        for campaign in plan.campaigns.prefix(4) { _ = campaign.occurrences(overlapping: span, workingDays: .mondayToFriday) }
    }

    private func configuration(_ bytes: [UInt8]) {
        let problems = Problems()
        let file = YAMLFile(bytes: bytes, name: "remindd.yaml", source: .configuration, vocabulary: .all, problems: problems)
        guard let table = file?.root.table("the configuration", keys: ConfigurationReader.keys) else {
            precondition(problems.hasErrors, "a file was refused without a message")
            return
        }
        let reader = ConfigurationReader(problems: problems, zones: Kept.zones)
        let directory = reader.configuration(table, folder: "/nowhere", file: "remindd.yaml").directory
        let all = directory.resolve(directory.groupNames)
        let empty = directory.emptyGroups
        let reaching = directory.groupNames.filter { !empty.contains($0) }
        precondition(directory.resolve(reaching) == all, "a group that reaches someone counts as empty")
        checkWords(problems)
    }

    private func people(_ bytes: [UInt8]) {
        let problems = Problems()
        let reader = RecipientReader(folder: "/nowhere", problems: problems, channels: [], channelNames: ["hub", "mail"])
        guard let file = CSVFile(bytes: bytes, name: "people.csv", problems: problems) else {
            return precondition(problems.hasErrors, "a table was refused without a message")
        }
        reader.readRows(file, path: "people.csv", group: "all")
        checkWords(problems)
    }

    private func wait(_ text: String) {
        guard case .retryAfter(let span) = WebhookOutcome.wait(text, now: Instant(seconds: 1_800_000_000)) else { return }
        precondition(span >= .seconds(1) && span <= .days(1), "waits \(span)")
    }

    /// Checks that all problems of a file are safe to print and have a place.
    private func checkWords(_ problems: Problems) {
        for problem in problems.all {
            precondition(problem.place.line >= 1 && problem.place.column >= 1, "a problem without a place")
            precondition(
                problem.description.unicodeScalars.allSatisfy(isShowable),
                "a message with unsafe characters: \(problem.description)")
        }
    }

    private func phrase(_ text: String) {
        if let recurrence = try? Recurrence(phrase: text) {
            precondition(
                (try? Recurrence(phrase: recurrence.phrase)) == recurrence, "changed by reading it again: \(recurrence.phrase)")
            _ = recurrence.occurrences(overlapping: Day(2026, 1, 1)!...Day(2027, 12, 31)!, workingDays: .mondayToFriday)
        }
        if let phrase = try? WhenPhrase(phrase: text) {
            for spelled in [phrase.phrase, phrase.vietnamesePhrase] {
                precondition((try? WhenPhrase(phrase: spelled)) == phrase, "changed by reading it again: \(spelled)")
            }
        }
        if let time = try? EventTime(phrase: text) {
            precondition(
                (try? EventTime(phrase: time.description)) == time && EventTime(stored: time.stored) == time,
                "changed by reading it again: \(time)")
        }
        if let lead = try? LeadPhrase(phrase: text) {
            precondition((try? LeadPhrase(phrase: lead.phrase)) == lead, "changed by reading it again: \(lead.phrase)")
        }
        _ = try? YearsPhrase(phrase: text)
    }

    private func tzif(_ bytes: [UInt8]) {
        guard let zone = try? Zone(name: "Fuzz/Zone", tzif: bytes) else { return }
        for year in [1970, 2026, 2037, 2038, 2199] {
            let day = Day(year, 3, 29)!
            _ = zone.rfc3339(zone.instant(day, TimeOfDay(hour: 2, minute: 30)!))
            _ = zone.startOfDay(day)
        }
    }

    private func address(_ text: String) {
        guard let address = try? EmailAddress(text) else { return }
        let harmless = address.ascii.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>,;:\"()[]\\".utf8.contains($0) }
        precondition(harmless && address.ascii.utf8.count <= 254, "an address with unsafe characters: \(address.ascii)")
        precondition((try? EmailAddress(address.ascii))?.ascii == address.ascii, "changed by reading it again: \(address.ascii)")
        _ = try? Mailbox(text)
    }

    private func url(_ text: String) {
        let allowed = WebhookPolicy.Allowed(insecure: true, networks: [], isProxied: false)
        guard WebhookPolicy.refusal(of: text, allowed) == nil, let url = try? WebhookURL(text) else { return }
        precondition(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a URL with unsafe characters")
        // libcurl must read the same host as remindd, because the check of the address depends on
        // it.
        guard let seen = CurlURL.host(of: text)?.lowercased() else { return }
        let bare = seen.hasPrefix("[") ? String(seen.dropFirst().dropLast()) : seen
        precondition(
            IPAddress(bare) == IPAddress(url.host) && (bare == url.host || IPAddress(bare) != nil),
            "read differently: \(seen), \(url.host)")
    }

    private func smtpReply(_ bytes: [UInt8]) {
        var dialogue = SMTPDialogue()
        dialogue.beginTransaction()
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            Array(line).withUnsafeBytes { dialogue.take($0) }
        }
        if let code = dialogue.code { precondition((0...999).contains(code)) }
        precondition(dialogue.words.utf8.count <= bytes.count * 3 + 16, "the reply is longer than the input")
    }

    private func template(_ text: String) {
        for name in ["vi/subject", "vi/text", "vi/html"] {
            let (wording, problems) = Wording.reading([name: text])
            guard problems.isEmpty else { continue }
            let texts = wording.render(Kept.message)
            precondition(!texts.subject.contains("\n"), "a subject of two lines")
            if name == "vi/html" { precondition(!texts.html.contains(Kept.canary), "a value was not escaped") }
        }
    }

    /// Checks that dividing a client's bytes into pieces does not change requests and responses.
    private func request(_ bytes: [UInt8]) {
        let whole = Dialogue(bytes[...], cut: bytes.count)
        let cut = Dialogue(bytes[...], cut: 1 + Int(bytes.first ?? 0) % 97)
        precondition(whole.answers == cut.answers && whole.isOpen == cut.isOpen, "the result depends on the pieces")
        precondition(whole.isWhole, "an incomplete response")
        precondition(whole.requests.allSatisfy(isHarmless), "a request that should have been refused")
        // Only the last response may be a refusal. Every other response belongs to a request.
        let refused = whole.statuses.count { $0 != 200 }
        precondition(refused <= 1 && whole.requests.count == whole.statuses.count - refused, "one answer too many")
    }

    private func isHarmless(_ request: Request) -> Bool {
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPath = request.path.hasPrefix("/") && !segments.contains { $0 == "." || $0 == ".." } && !request.path.contains("//")
        let text = request.query.flatMap { [$0.name, $0.value] }.joined()
        return isPath && request.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"%\\\"<>?#".utf8.contains($0) }
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && (request.method == .post || request.body.isEmpty)
            && request.body.count <= Dialogue.limits.request.body
    }
}
