import Dates
import Diagnostics
import JSON
import Notifiers
import Plans
import Scheduler

// A row has three pieces:
//
//     1. {"due":"2027-10-16T08:00:00+07:00","plan":"p","campaign":"c","occurrence":"2027",
//        "lead":"30 days before","anchor":"2027-11-15",
//     2. "recipient":"an","channel":"mail",
//     3. "start":"2027-11-15","end":"2027-12-15","subject":"…"}
//
// The first piece belongs to the reminder. The last piece belongs to the reminder in one language.
// The middle piece is the same for all reminders to the same recipients. Each piece is therefore
// made once, and a row is three copies of bytes.

/// Writes the rows of simulated reminders, one for each delivery.
///
/// Rows are in the order of the recipients' ids, then of the channels. Reminders with the same due
/// time are ordered by identity.
struct SimulatedRows {
    private let accepted: ActiveConfiguration
    private let subjects: Subjects
    private let format: OutputFormat
    /// Cached rows for each set of recipients, because plans often name the same few sets.
    private var rolls: [RecipientSet: RecipientRows] = [:]
    private var rollCount = 0

    /// Maximum number of rows to keep in `rolls`.
    private static let keptRows = 2_000_000

    init(accepted: ActiveConfiguration, subjects: Subjects, format: OutputFormat) {
        self.accepted = accepted
        self.subjects = subjects
        self.format = format
    }

    /// - Parameters:
    ///   - fired: when the reminder would be sent, and when the previous evaluation was. nil if the
    ///     reminder is on time.
    ///   - kind: the value of the key `kind` at the start of a JSON row; nil for rows without this
    ///     key.
    mutating func write(
        _ simulated: ActiveConfiguration.SimulatedReminder, fired: (at: Instant, lookedBefore: Instant)? = nil,
        kind: String? = nil,
        to lines: inout LineBuffer
    ) {
        let notice = accepted.notice(of: simulated.scheduled, fired: fired)
        let roll = roll(of: simulated.recipients)
        let head = head(simulated.scheduled.reminder, notice.plan.zone, kind)
        var tails: [Language: [UInt8]] = [:]
        var (language, tail): (Language?, [UInt8]) = (nil, [])
        roll.pieces.withUnsafeBufferPointer { pieces in
            var start = 0
            for (index, end) in roll.ends.enumerated() {
                let own = roll.language(index) ?? notice.plan.language
                if own != language {
                    let known = tails[own] ?? self.tail(of: notice, roll, index)
                    (tails[own], language, tail) = (known, own, known)
                }
                lines.add(head)
                lines.add(UnsafeBufferPointer(rebasing: pieces[start..<Int(end)]))
                lines.add(tail)
                lines.endLine()
                start = Int(end)
            }
        }
    }

    /// Returns the subject of the first row, the number of rows and the first recipients.
    ///
    /// nil if there are no rows.
    mutating func summary(
        of simulated: ActiveConfiguration.SimulatedReminder, fired: (at: Instant, lookedBefore: Instant)?
    ) -> (subject: String, count: Int, first: [String])? {
        let roll = roll(of: simulated.recipients)
        guard !roll.ends.isEmpty else { return nil }
        let subject = subject(of: accepted.notice(of: simulated.scheduled, fired: fired), roll, 0)
        let first = roll.positions.indices.prefix(SimulatedRows.named).map { index in
            "\(accepted.directory.recipients.id(at: Int(roll.positions[index]))) (\(roll.channels[Int(roll.channelNumbers[index])]))"
        }
        return (subject, roll.ends.count, first)
    }

    static let named = 3

    private func head(_ reminder: Reminder, _ zone: Zone, _ kind: String?) -> [UInt8] {
        let due = zone.rfc3339(reminder.due)
        guard format == .json else { return Array("\(due.prefix(10)) \(due.dropFirst(11).prefix(5))  ".utf8) }
        var line = JSONObject(escaping: .invisibles)
        if let kind { line.add("kind", kind) }
        line.add("due", due)
        line.add("plan", reminder.key.plan)
        line.add("campaign", reminder.key.campaign)
        line.add("occurrence", reminder.occurrence)
        line.add("lead", reminder.key.lead)
        line.add("anchor", reminder.key.anchor.description)
        return [UInt8(ascii: "{")] + line.innerBytes + [UInt8(ascii: ",")]
    }

    private func tail(of notice: ReminderContent, _ roll: RecipientRows, _ index: Int) -> [UInt8] {
        let subject = subject(of: notice, roll, index)
        guard format == .json else { return Array("  \(printable(subject, limit: 300))".utf8) }
        var line = JSONObject(escaping: .invisibles)
        line.add("start", notice.reminder.start.description)
        line.add("end", notice.reminder.end.description)
        line.add("subject", subject)
        return [UInt8(ascii: ",")] + line.innerBytes + [UInt8(ascii: "}")]
    }

    private func subject(of notice: ReminderContent, _ roll: RecipientRows, _ index: Int) -> String {
        subjects.subject(
            of: notice, accepted.directory.recipients[Int(roll.positions[index])],
            roll.channels[Int(roll.channelNumbers[index])])
    }

    // MARK: Recipient rows

    /// The second pieces of the rows for one set of recipients, and their recipients and channels.
    private struct RecipientRows {
        var positions: [UInt32] = []
        var channelNumbers: [UInt16] = []
        var channels: [String] = []
        /// The pieces, concatenated. `ends` has the end of each.
        var pieces: [UInt8] = []
        var ends: [UInt32] = []
        /// The language of each row.
        ///
        /// 0 is the plan's language, and n is element n - 1 of `Language.allCases`.
        var languages: [UInt8] = []

        func language(_ index: Int) -> Language? {
            languages[index] == 0 ? nil : Language.allCases[Int(languages[index]) - 1]
        }
    }

    private mutating func roll(of recipients: RecipientSet) -> RecipientRows {
        if let known = rolls[recipients] { return known }
        let roll = made(of: recipients)
        if rollCount > SimulatedRows.keptRows {
            rolls.removeAll()
            rollCount = 0
        }
        rolls[recipients] = roll
        rollCount += roll.ends.count
        return roll
    }

    private func made(of recipients: RecipientSet) -> RecipientRows {
        let people = accepted.directory.recipients
        var numbers: [String: UInt16] = [:]
        var entries: [(id: String, channel: String, position: UInt32)] = []
        accepted.directory.forEachDelivery(to: recipients) { position, channel in
            entries.append((people.id(at: position), channel, UInt32(position)))
        }
        entries.sort { ($0.id, $0.channel) < ($1.id, $1.channel) }
        var roll = RecipientRows()
        for entry in entries {
            if numbers[entry.channel] == nil {
                numbers[entry.channel] = UInt16(roll.channels.count)
                roll.channels.append(entry.channel)
            }
            roll.positions.append(entry.position)
            roll.channelNumbers.append(numbers[entry.channel]!)
            let language = people.reach(at: Int(entry.position)).language
            roll.languages.append(UInt8((language.flatMap(Language.allCases.firstIndex) ?? -1) + 1))
            roll.pieces += piece(entry.id, entry.channel).utf8
            roll.ends.append(UInt32(roll.pieces.count))
        }
        return roll
    }

    private func piece(_ recipient: String, _ channel: String) -> String {
        guard format == .json else { return "\(recipient) (\(channel))" }
        var line = JSONObject(escaping: .invisibles)
        line.add("recipient", recipient)
        line.add("channel", channel)
        return String(decoding: line.innerBytes, as: UTF8.self)
    }
}
