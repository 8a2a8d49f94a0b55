import Dates
import Messages
import Plans
import Scheduler

/// A reminder that a simulation sends, with its dates, its subjects and its deliveries.
package struct ReminderReport: Codable, Sendable {
    /// The subject of a reminder's messages in one language.
    package struct Subject: Codable, Hashable, Sendable {
        package let language: Language
        /// The pieces of the subject. The recipient's name belongs between every two of them.
        package let pieces: [String]

        /// Whether the subject has the recipient's name.
        package var namesRecipient: Bool { pieces.count > 1 }

        /// Returns the subject of the message to a recipient.
        ///
        /// - Parameter name: the recipient's name.
        package func text(for name: String) -> String {
            RenderedTemplate.subject(of: pieces, with: TemplateContext.clean(name))
        }
    }

    /// A phrase in each language.
    package struct Phrase: Codable, Hashable, Sendable {
        package let english: String
        package let vietnamese: String

        package subscript(language: Language) -> String {
            switch language {
            case .vi: vietnamese
            case .en: english
            }
        }
    }

    package let plan: String
    package let campaign: String
    /// The campaign's title.
    package let title: String
    package let occurrence: String
    package let lead: String
    /// The phrase of the lead in each language, without its time of day.
    package let phrase: Phrase
    package let anchor: Day
    /// The first day of the occurrence.
    package let start: Day
    /// The last day of the occurrence.
    package let end: Day
    package let due: LocalTime
    /// The plan's language, used for recipients without a language of their own.
    package let language: Language
    /// The subject in each language of the recipients, in the order of `Language.allCases`.
    ///
    /// Each subject is that of the first delivery in its language.
    package let subjects: [Subject]
    package let deliveries: DeliveryList

    /// Returns the subject of the messages to recipients with this language; nil if there are none.
    ///
    /// - Parameter language: the recipients' language; nil for recipients without a language.
    package func subject(in language: Language?) -> Subject? {
        let language = language ?? self.language
        return subjects.first { $0.language == language }
    }
}
