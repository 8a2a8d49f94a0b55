import Dates
import Scheduler

/// A problem that the operators of remindd should know about: an event, or a condition that lasts.
package enum Alert: Hashable, Sendable {
    /// A delivery failed for good and is not tried again.
    case dead(Reminder, channel: String, Person, why: Cause)
    /// It is unknown whether a message arrived. The message is not sent again automatically.
    case unknown(Reminder, channel: String, Person)
    /// No channel could deliver this reminder to this recipient.
    case unreachable(Reminder, Person, channels: [String])
    /// A channel's breaker opened, so nothing is sent through the channel for a while.
    case channelFails(String, why: Cause)
    /// The server refuses remindd itself, not a recipient.
    ///
    /// Examples are a refused login, a refused certificate, and the status 401.
    case refusesUs(channel: String, why: Cause)
    /// No delivery through the channel succeeded for an hour.
    case silentChannel(String, why: Cause)
    /// The channel's endpoint is gone. Nothing is sent to it until a reload.
    case endpointGone(String, why: Cause)
    case missed(Reminder, due: Instant)
    /// A reminder fell due and has no recipients.
    case namesNobody(Reminder)
    /// A template from the configuration failed. The built-in text was sent instead.
    case unrenderable(Reminder, why: String)
    case clockHeld(ClockComplaint)
    /// The ledger is a restored copy. The reminders due between `from` and `until` are held.
    case ledgerHeld(from: Instant, until: Instant)
    case ledgerFull
    case reloadRefused(problems: [String])
    /// The files could not be used at the start, so the last accepted configuration is in use.
    case acceptedCopyRuns(problems: [String])
    /// One evaluation cancelled more than `AlertingJournal.fewCancelled` pending deliveries for one
    /// reason.
    case withdrawn(Withdrawal)
    /// A new reminder was not sent, because the ledger already has a reminder with this identity.
    case alreadyRecorded(Reminder)
    /// A group lost its last member in a reload.
    case emptyGroup(String)
    /// Commands and monitoring cannot reach the daemon through its control socket.
    ///
    /// For example, another process uses the path of the socket, or the folder of the socket is
    /// missing.
    case noControlSocket(String, why: String)
    /// remindd stopped without a request to stop.
    case stopped(why: String)

    /// A reminder, described for people who know the plan but not the program.
    package struct Reminder: Hashable, Sendable {
        let plan: String
        let campaign: String
        let occurrence: String
        let lead: String
        /// The campaign's title; empty if it has none.
        let title: String
        let start: Day
        let end: Day
    }

    /// The deliveries that one evaluation cancelled for one reason.
    package struct Withdrawal: Hashable, Sendable {
        package enum Subject: Hashable, Sendable {
            case campaign(plan: String, campaign: String, title: String)
            case channel(String)

            var id: String {
                switch self {
                case .campaign(let plan, let campaign, _): "\(plan)/\(campaign)"
                case .channel(let name): name
                }
            }
        }

        let why: WithdrawalReason
        /// The number of the evaluation in this process.
        ///
        /// Alerts of different evaluations therefore have different keys.
        let evaluation: Int
        var deliveries = 0
        /// The campaigns or channels of the cancelled deliveries, at most `listed`.
        var subjects: [Subject] = []
        var moreSubjects = 0

        static let listed = 10
    }

    /// A recipient whom a reminder may not have reached, and the delivery.
    package struct Person: Hashable, Sendable {
        let recipient: String
        /// The id of the delivery; empty if there is no delivery.
        let delivery: String
    }

    /// Identifies the subject of the alert. Alerts with equal keys are reported once a day.
    ///
    /// The recipient is part of the key only if the server refused the recipient's address. Then
    /// the reminder is not. One message lists all recipients, or all reminders, of alerts with
    /// equal keys.
    package var key: String {
        switch self {
        case .dead(_, let channel, let person, .addressRefused): "\(kind) address \(channel) \(person.recipient)"
        case .dead(let reminder, let channel, _, _), .unknown(let reminder, let channel, _):
            "\(kind) \(Alert.name(reminder)) \(channel)"
        case .unreachable(let reminder, _, _), .missed(let reminder, _), .namesNobody(let reminder):
            "\(kind) \(Alert.name(reminder))"
        case .unrenderable(let reminder, _): "\(kind) \(Alert.name(reminder))"
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _),
            .endpointGone(let channel, _):
            Alert.key(ofChannel: channel, kind)
        case .emptyGroup(let group): "\(kind) \(group)"
        case .withdrawn(let withdrawal): "\(kind) \(withdrawal.why.rawValue) \(withdrawal.evaluation)"
        case .alreadyRecorded(let reminder): "\(kind) \(Alert.name(reminder))"
        // The problems are part of the key. A reload that is refused because of other problems is
        // thus a new alert.
        case .reloadRefused(let problems): "\(kind) \(problems.joined(separator: "\n"))"
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .noControlSocket, .stopped: kind
        }
    }

    static func name(_ reminder: Reminder) -> String {
        [reminder.plan, reminder.campaign, reminder.occurrence, reminder.lead].joined(separator: "\n")
    }

    /// The recipient of the delivery that the alert is about; nil if it is not about a delivery.
    var person: Person? {
        switch self {
        case .dead(_, _, let person, _), .unknown(_, _, let person), .unreachable(_, let person, _): person
        default: nil
        }
    }

    /// The reminder that the alert is about; nil if it is not about a reminder.
    var reminder: Reminder? {
        switch self {
        case .dead(let reminder, _, _, _), .unknown(let reminder, _, _), .unreachable(let reminder, _, _),
            .missed(let reminder, _), .namesNobody(let reminder), .unrenderable(let reminder, _), .alreadyRecorded(let reminder):
            reminder
        default: nil
        }
    }

    static func key(ofChannel channel: String, _ kind: String) -> String { "\(kind) \(channel)" }

    /// The kinds of alerts about a channel as a whole. These alerts end when the channel recovers.
    static let channelKinds = ["breaker", "refused us", "silent channel", "endpoint gone"]

    var kind: String {
        switch self {
        case .dead: "dead"
        case .unknown: "unknown"
        case .unreachable: "unreachable"
        case .channelFails: "breaker"
        case .refusesUs: "refused us"
        case .silentChannel: "silent channel"
        case .endpointGone: "endpoint gone"
        case .missed: "missed"
        case .namesNobody: "names nobody"
        case .unrenderable: "template"
        case .clockHeld: "clock"
        case .ledgerHeld: "ledger copy"
        case .ledgerFull: "disk full"
        case .reloadRefused: "reload"
        case .acceptedCopyRuns: "accepted copy"
        case .emptyGroup: "empty group"
        case .withdrawn: "cancelled"
        case .alreadyRecorded: "already recorded"
        case .noControlSocket: "control socket"
        case .stopped: "stopped"
        }
    }

    /// Whether the alert is about a condition that lasts until it is cleared. It is repeated daily.
    var lasts: Bool {
        switch self {
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .noControlSocket, .channelFails, .refusesUs, .silentChannel,
            .endpointGone:
            true
        default: false
        }
    }

    /// Whether remindd sends no reminders while the alert lasts. The heartbeat then stops too.
    var stopsEverything: Bool {
        switch self {
        case .clockHeld, .ledgerHeld, .ledgerFull, .stopped: true
        default: false
        }
    }

    /// The channel that the alert is about; nil if it is not about a channel.
    ///
    /// The operators are notified through other channels first.
    var channel: String? {
        switch self {
        case .dead(_, let channel, _, _), .unknown(_, let channel, _): channel
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _),
            .endpointGone(let channel, _):
            channel
        default: nil
        }
    }
}
