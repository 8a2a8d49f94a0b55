import Diagnostics
import JSON
import Plans
import Reports

// A row has three pieces:
//
//     1. {"due":"2027-10-16T08:00:00+07:00","plan":"p","campaign":"c","occurrence":"2027",
//        "lead":"30 days before","anchor":"2027-11-15",
//     2. "recipient":"an","channel":"mail",
//     3. "start":"2027-11-15","end":"2027-12-15","subject":"…","title":"…","kind":"lead",
//        "goes":"2027-10-16T08:00:00+07:00"}
//
// The first piece is the same for all deliveries of a reminder. The last piece also depends on the
// language, and on the recipient if the subject has the recipient's name. The middle piece is the
// same for all reminders to the same recipients. Each piece is made once, and a row is a copy of
// three pieces.

/// Writes the rows of simulated reminders, one for each delivery.
struct ReminderRows {
    private let format: OutputFormat
    /// For each list of deliveries, the middle pieces of its rows.
    private var rolls: [ObjectIdentifier: DeliveryPieces] = [:]
    private var rollCount = 0

    /// Maximum number of rows to keep in `rolls`.
    private static let keptRows = 2_000_000

    init(format: OutputFormat) {
        self.format = format
    }

    /// Writes the rows of one reminder.
    ///
    /// - Parameter listing: the value of the key `kind` in a JSON row of `check`, which lists the
    ///   reminders by when they go out. If it is nil, `kind` is that of the reminder.
    mutating func write(_ reminder: ReminderReport, listing: String? = nil, to lines: inout LineBuffer) {
        let roll = roll(of: reminder.deliveries)
        let head = head(of: reminder, listing)
        // A list has no row in a language for which the reminder has no subject.
        let subjects = DeliveryPieces.languages.map(reminder.subject(in:))
        // The last pieces that are equal for all recipients with one language.
        let tails = subjects.map { $0.map { $0.namesRecipient ? [] : tail(of: reminder, $0.text(for: ""), listing) } ?? [] }
        roll.pieces.withUnsafeBufferPointer { pieces in
            var start = 0
            for (index, end) in roll.ends.enumerated() {
                lines.add(head)
                lines.add(UnsafeBufferPointer(rebasing: pieces[start..<Int(end)]))
                let language = Int(roll.languageNumbers[index])
                if let subject = subjects[language], subject.namesRecipient {
                    lines.add(tail(of: reminder, subject.text(for: roll.list.recipient(index).name), listing))
                } else {
                    lines.add(tails[language])
                }
                lines.endLine()
                start = Int(end)
            }
        }
    }

    private func head(of reminder: ReminderReport, _ listing: String?) -> [UInt8] {
        guard format == .json else { return Array("\(reminder.due.toTheMinute)  ".utf8) }
        var line = JSONObject(escaping: .invisibles)
        if let listing { line.add("kind", listing) }
        line.add("due", reminder.due.rfc3339)
        line.add("plan", reminder.plan)
        line.add("campaign", reminder.campaign)
        line.add("occurrence", reminder.occurrence)
        line.add("lead", reminder.lead)
        line.add("anchor", reminder.anchor.description)
        return [UInt8(ascii: "{")] + line.innerBytes + [UInt8(ascii: ",")]
    }

    private func tail(of reminder: ReminderReport, _ subject: String, _ listing: String?) -> [UInt8] {
        guard format == .json else { return Array("  \(printable(subject, limit: 300))".utf8) }
        var line = JSONObject(escaping: .invisibles)
        line.add("start", reminder.start.description)
        line.add("end", reminder.end.description)
        line.add("subject", subject)
        line.add("title", reminder.title)
        if listing == nil {
            // The due time of a lead is also the time at which its messages go out.
            line.add("kind", "lead")
            line.add("goes", reminder.due.rfc3339)
        }
        return [UInt8(ascii: ",")] + line.innerBytes + [UInt8(ascii: "}")]
    }

    // MARK: Deliveries

    /// The middle pieces of the rows for one list of deliveries.
    private struct DeliveryPieces {
        static let languages = [nil] + Language.allCases

        /// The list. It is retained, so that no new list can have the same `ObjectIdentifier`.
        let list: DeliveryList
        /// The pieces, concatenated. `ends` contains the offset at which each piece ends.
        var pieces: [UInt8] = []
        var ends: [UInt32] = []
        /// For each row, the index of its language in `languages`.
        var languageNumbers: [UInt8] = []
    }

    private mutating func roll(of list: DeliveryList) -> DeliveryPieces {
        if let known = rolls[ObjectIdentifier(list)] { return known }
        let roll = made(of: list)
        if rollCount > ReminderRows.keptRows {
            rolls.removeAll()
            rollCount = 0
        }
        rolls[ObjectIdentifier(list)] = roll
        rollCount += roll.ends.count
        return roll
    }

    private func made(of list: DeliveryList) -> DeliveryPieces {
        var roll = DeliveryPieces(list: list)
        for delivery in list {
            roll.pieces += piece(of: delivery).utf8
            roll.ends.append(UInt32(roll.pieces.count))
            roll.languageNumbers.append(UInt8(DeliveryPieces.languages.firstIndex(of: delivery.language) ?? 0))
        }
        return roll
    }

    private func piece(of delivery: DeliveryList.Delivery) -> String {
        guard format == .json else { return delivery.text }
        var line = JSONObject(escaping: .invisibles)
        line.add("recipient", delivery.recipient)
        line.add("channel", delivery.channel)
        return String(decoding: line.innerBytes, as: UTF8.self)
    }
}

extension DeliveryList.Delivery {
    /// The recipient and the channel, such as `an (mail)`.
    var text: String { "\(recipient) (\(channel))" }
}
