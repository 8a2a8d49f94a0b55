import Plans
import Scheduler

/// The deliveries of a reminder, in the order of the recipients' ids, then of the channels.
///
/// Reminders to the same recipients share one list. A list may therefore be used as the key of a
/// cache. An entry uses six bytes. The texts are read from the table of recipients.
package final class DeliveryList: RandomAccessCollection, Codable, Sendable {
    package struct Delivery: Codable, Hashable, Sendable {
        /// The recipient's id.
        package let recipient: String
        package let channel: String
        /// The recipient's language; nil if the message is in the plan's language.
        package let language: Language?
    }

    private let recipients: RecipientTable
    private let positions: [UInt32]
    private let channelNumbers: [UInt16]
    private let channels: [String]
    /// The languages of the recipients, each with the index of its first delivery, in the order of
    /// these deliveries.
    let languages: [(language: Language?, first: Int)]

    /// Lists the deliveries of a reminder to a set of recipients.
    init(to set: RecipientSet, in directory: RecipientDirectory) {
        recipients = directory.recipients
        var entries: [(id: String, channel: String, position: UInt32)] = []
        directory.forEachDelivery(to: set) { position, channel in
            entries.append((directory.recipients.id(at: position), channel, UInt32(position)))
        }
        entries.sort { ($0.id, $0.channel) < ($1.id, $1.channel) }
        positions = entries.map(\.position)
        (channels, channelNumbers) = DeliveryList.numbered(entries.lazy.map(\.channel))
        languages = DeliveryList.firsts(positions, recipients)
    }

    /// Numbers the channels in the order of their first delivery.
    private static func numbered(_ channels: some Sequence<String>) -> (names: [String], numbers: [UInt16]) {
        var names: [String] = []
        var known: [String: UInt16] = [:]
        let numbers = channels.map { channel in
            if let number = known[channel] { return number }
            let number = UInt16(names.count)
            names.append(channel)
            known[channel] = number
            return number
        }
        return (names, numbers)
    }

    private static func firsts(_ positions: [UInt32], _ recipients: RecipientTable) -> [(language: Language?, first: Int)] {
        var found: [(language: Language?, first: Int)] = []
        for (index, position) in positions.enumerated() {
            let language = recipients.reach(at: Int(position)).language
            if !found.contains(where: { $0.language == language }) { found.append((language, index)) }
            // All languages, and none.
            if found.count > Language.allCases.count { break }
        }
        return found
    }

    // MARK: Reading

    package var startIndex: Int { 0 }
    package var endIndex: Int { positions.count }

    package subscript(index: Int) -> Delivery {
        let position = Int(positions[index])
        return Delivery(
            recipient: recipients.id(at: position), channel: channels[Int(channelNumbers[index])],
            language: recipients.reach(at: position).language)
    }

    /// Returns the recipient of a delivery.
    func recipient(_ index: Int) -> Recipient { recipients[Int(positions[index])] }

    // MARK: Coding

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for delivery in self { try container.encode(delivery) }
    }

    package init(from decoder: any Decoder) throws {
        let deliveries = try [Delivery](from: decoder)
        recipients = RecipientTable(
            deliveries.lazy.map {
                Recipient(
                    id: $0.recipient, name: $0.recipient, email: nil, language: $0.language, via: [$0.channel], otherwise: [])
            })
        positions = deliveries.indices.map { UInt32($0) }
        (channels, channelNumbers) = DeliveryList.numbered(deliveries.lazy.map(\.channel))
        languages = DeliveryList.firsts(positions, recipients)
    }
}
