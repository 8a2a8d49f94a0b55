import Dates
import Plans
import Scheduler

/// A reminder that a simulation sends: its dates, its subjects and its deliveries.
package struct ReminderReport: Codable, Sendable {
    /// The subject of a reminder's messages in one language.
    package struct Subject: Codable, Hashable, Sendable {
        package let language: Language
        package let text: String
    }

    package let plan: String
    package let campaign: String
    /// The campaign's title.
    package let title: String
    package let occurrence: String
    package let lead: String
    package let anchor: Day
    /// The first day of the occurrence.
    package let start: Day
    /// The last day of the occurrence.
    package let end: Day
    package let due: LocalTime
    /// The plan's language. Recipients without a language get their messages in it.
    package let language: Language
    /// The subjects in the languages of the recipients, in the order of `Language.allCases`.
    ///
    /// Each is the subject of the first delivery in its language.
    package let subjects: [Subject]
    package let deliveries: DeliveryList

    /// Returns the subject of messages to recipients with this language.
    ///
    /// - Parameter language: nil for recipients who have none.
    /// - Returns: nil if no message is in this language.
    package func subject(in language: Language?) -> String? {
        let language = language ?? self.language
        return subjects.first { $0.language == language }?.text
    }
}
