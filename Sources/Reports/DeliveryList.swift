import Plans
import Scheduler

/// The deliveries of a reminder, sorted by the recipient's id and then by the channel's name.
///
/// Reminders to the same recipients share one list, so the list's identity can be the key of a
/// cache. A delivery takes six bytes, because its texts are read from the table of recipients.
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
    /// The languages of the recipients, each with the index of the first delivery in that language.
    ///
    /// The list is in the order of these indices.
    let languages: [(language: Language?, first: Int)]

    /// Lists the deliveries of a reminder to the recipients in `set`.
    ///
    /// - Parameter only: the position of the one recipient whose deliveries are listed; nil for
    ///   those of all recipients.
    init(to set: RecipientSet, in directory: RecipientDirectory, only: Int? = nil) {
        recipients = directory.recipients
        var entries: [(id: String, channel: String, position: UInt32)] = []
        directory.forEachDelivery(to: set) { position, channel in
            guard only == nil || only == position else { return }
            entries.append((directory.recipients.id(at: position), channel, UInt32(position)))
        }
        entries.sort { ($0.id, $0.channel) < ($1.id, $1.channel) }
        positions = entries.map(\.position)
        (channels, channelNumbers) = DeliveryList.numbered(entries.lazy.map(\.channel))
        languages = DeliveryList.firsts(positions, recipients)
    }

    /// Returns the channels in the order of their first delivery, and a number for each delivery.
    ///
    /// The number is the index of the delivery's channel in `names`.
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
            // Stops once a recipient of every language and one without a language have been found.
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

    /// Returns the recipient of the delivery at `index`.
    package func recipient(_ index: Int) -> Recipient { recipients[Int(positions[index])] }

    // MARK: Coding

    /// A delivery with the recipient's name, which subjects may contain.
    private struct NamedDelivery: Codable {
        let recipient: String
        let name: String
        let channel: String
        let language: Language?
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for (index, delivery) in enumerated() {
            try container.encode(
                NamedDelivery(
                    recipient: delivery.recipient, name: recipient(index).name, channel: delivery.channel,
                    language: delivery.language))
        }
    }

    package init(from decoder: any Decoder) throws {
        let deliveries = try [NamedDelivery](from: decoder)
        recipients = RecipientTable(
            deliveries.lazy.map {
                Recipient(
                    id: $0.recipient, name: $0.name, email: nil, language: $0.language, via: [$0.channel], otherwise: [])
            })
        positions = deliveries.indices.map { UInt32($0) }
        (channels, channelNumbers) = DeliveryList.numbered(deliveries.lazy.map(\.channel))
        languages = DeliveryList.firsts(positions, recipients)
    }
}
