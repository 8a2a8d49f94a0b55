import Dates
import Scheduler

/// Something that whoever runs remindd should hear of.
enum Alert: Hashable, Sendable {
    /// A delivery was given up, with the server's words.
    case dead(Reminder, channel: String, Person, why: String)
    /// A mail may or may not have arrived, and is not sent again by itself.
    case unknown(Reminder, channel: String, Person)
    /// No channel reaches this recipient of this reminder.
    case unreachable(Reminder, Person, channels: [String])
    /// A channel's breaker opened: it is left alone for a while.
    case channelFails(String, why: String)
    /// The server refuses us, not a recipient: login, certificate, 401 and the like.
    case refusesUs(channel: String, why: String)
    /// Nothing got through a channel for an hour.
    case silentChannel(String, why: String)
    /// The endpoint is gone: nothing goes there until the configuration is loaded again.
    case endpointGone(String, why: String)
    case missed(Reminder, due: Instant)
    /// A reminder fell due that names nobody.
    case namesNobody(Reminder)
    /// A text of the user's could not be used; the built-in one went out.
    case unrenderable(Reminder, why: String)
    case clockHeld(ClockComplaint)
    /// The ledger is a copy put back; what was due in between waits.
    case ledgerHeld(from: Instant, until: Instant)
    case ledgerFull
    case reloadRefused(problems: [String])
    /// The files could not be used at the start: the state accepted last runs.
    case acceptedCopyRuns(problems: [String])
    /// More than a few waiting deliveries were cancelled for one reason.
    case withdrawn(Withdrawal)
    /// A reminder was to fire whose identity the ledger has already: nobody got it.
    case alreadyRecorded(Reminder)
    /// A group that has lost its last member in a reload.
    case emptyGroup(String)
    /// Commands and monitoring cannot reach the daemon: another process has its socket, or the folder is missing.
    case noControlSocket(String, why: String)
    /// remindd ended by itself.
    case stopped(why: String)

    /// What fell due, for people who know the plan and not the program.
    struct Reminder: Hashable, Sendable {
        let plan: String
        let campaign: String
        let occurrence: String
        let lead: String
        /// The campaign's title; may be empty.
        let title: String
        let start: Day
        let end: Day
    }

    /// What one evaluation cancelled for one reason.
    struct Withdrawal: Hashable, Sendable {
        enum Subject: Hashable, Sendable {
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
        /// A number of this process: each evaluation that cancels much is news.
        let evaluation: Int
        var deliveries = 0
        /// Whose deliveries they were, in the order they came: at most `listed`.
        var subjects: [Subject] = []
        var moreSubjects = 0

        static let listed = 10
    }

    /// Whom it did not reach, and by which delivery.
    struct Person: Hashable, Sendable {
        let recipient: String
        /// Its id; empty where there is none.
        let delivery: String
    }

    /// What it is about: the same thing is told once a day. Recipients of one reminder by one channel are one thing, with all their names.
    var key: String {
        switch self {
        case .dead(let reminder, let channel, _, _), .unknown(let reminder, let channel, _):
            "\(kind) \(name(reminder)) \(channel)"
        case .unreachable(let reminder, _, _), .missed(let reminder, _), .namesNobody(let reminder):
            "\(kind) \(name(reminder))"
        case .unrenderable(let reminder, _): "\(kind) \(name(reminder))"
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _),
            .endpointGone(let channel, _):
            Alert.key(ofChannel: channel, kind)
        case .emptyGroup(let group): "\(kind) \(group)"
        case .withdrawn(let withdrawal): "\(kind) \(withdrawal.why.rawValue) \(withdrawal.evaluation)"
        case .alreadyRecorded(let reminder): "\(kind) \(name(reminder))"
        // Another refusal than the last is news; the same file refused again is not.
        case .reloadRefused(let problems): "\(kind) \(problems.joined(separator: "\n"))"
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .noControlSocket, .stopped: kind
        }
    }

    private func name(_ reminder: Reminder) -> String {
        [reminder.plan, reminder.campaign, reminder.occurrence, reminder.lead].joined(separator: "\n")
    }

    /// The one recipient that this is about; nil where it is about something else.
    var person: Person? {
        switch self {
        case .dead(_, _, let person, _), .unknown(_, _, let person), .unreachable(_, let person, _): person
        default: nil
        }
    }

    /// The reminder that this is about; nil where it is about something else.
    var reminder: Reminder? {
        switch self {
        case .dead(let reminder, _, _, _), .unknown(let reminder, _, _), .unreachable(let reminder, _, _),
            .missed(let reminder, _), .namesNobody(let reminder), .unrenderable(let reminder, _), .alreadyRecorded(let reminder):
            reminder
        default: nil
        }
    }

    static func key(ofChannel channel: String, _ kind: String) -> String { "\(kind) \(channel)" }

    /// The kinds that are about a channel as a whole, and end when it answers again.
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

    /// A state that lasts until something ends it: told again every day until then.
    var lasts: Bool {
        switch self {
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .noControlSocket, .channelFails, .refusesUs, .silentChannel,
            .endpointGone:
            true
        default: false
        }
    }

    /// While it lasts, nothing is sent: the heartbeat is silent too.
    var stopsEverything: Bool {
        switch self {
        case .clockHeld, .ledgerHeld, .ledgerFull, .stopped: true
        default: false
        }
    }

    /// The channel that this is about, which is not the first to be tried with the news.
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
