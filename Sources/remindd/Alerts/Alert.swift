import Scheduler

/// Something that whoever runs remindd should hear of.
enum Alert: Hashable, Sendable {
    /// A delivery was given up, with the server's words.
    case dead(Delivery, why: String)
    /// A mail may or may not have arrived, and is not sent again by itself.
    case unknown(Delivery)
    /// No channel reaches this reader of this reminder.
    case unreachable(reminder: String, recipient: String, channels: [String])
    /// A channel's breaker opened: it is left alone for a while.
    case channelFails(String, why: String)
    /// The server refuses us, not a recipient: login, certificate, 401 and the like.
    case refusesUs(channel: String, why: String)
    /// Nothing got through a channel for an hour.
    case silentChannel(String, why: String)
    case missed(reminder: String, due: Instant)
    /// A reminder fell due that names nobody.
    case namesNobody(reminder: String)
    /// A text of the user's could not be used; the built-in one went out.
    case unrenderable(reminder: String, why: String)
    case clockHeld(why: String)
    /// The ledger is a copy put back; what was due in between waits.
    case ledgerHeld(from: Instant, until: Instant)
    case ledgerFull
    case reloadRefused(problems: [String])
    /// The files could not be used at the start: the state accepted last runs.
    case acceptedCopyRuns(problems: [String])
    /// More than a few waiting deliveries of a campaign, or on a channel, were cancelled.
    case withdrawn(subject: String, count: Int, why: WithdrawalReason)
    /// A reminder was to fire whose identity the ledger has already: nobody got it.
    case alreadyRecorded(reminder: String)
    /// A group that has lost its last member in a reload.
    case emptyGroup(String)
    /// remindd ended by itself.
    case stopped(why: String)

    struct Delivery: Hashable, Sendable {
        let id: String
        let reminder: String
        let recipient: String
        let channel: String
    }

    /// What it is about: the same thing is told once a day. Recipients of one reminder by one channel are one thing.
    var key: String {
        switch self {
        case .dead(let delivery, _), .unknown(let delivery): "\(kind) \(delivery.reminder) \(delivery.channel)"
        case .unreachable(let reminder, _, _), .missed(let reminder, _), .namesNobody(let reminder):
            "\(kind) \(reminder)"
        case .unrenderable(let reminder, _): "\(kind) \(reminder)"
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _):
            Alert.key(ofChannel: channel, kind)
        case .emptyGroup(let group): "\(kind) \(group)"
        case .withdrawn(let subject, _, let why): "\(kind) \(subject) \(why.rawValue)"
        case .alreadyRecorded(let reminder): "\(kind) \(reminder)"
        // Another refusal than the last is news; the same file refused again is not.
        case .reloadRefused(let problems): "\(kind) \(problems.joined(separator: "\n"))"
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .stopped: kind
        }
    }

    static func key(ofChannel channel: String, _ kind: String) -> String { "\(kind) \(channel)" }

    /// The kinds that are about a channel as a whole, and end when it answers again.
    static let channelKinds = ["breaker", "refused us", "silent channel"]

    var kind: String {
        switch self {
        case .dead: "dead"
        case .unknown: "unknown"
        case .unreachable: "unreachable"
        case .channelFails: "breaker"
        case .refusesUs: "refused us"
        case .silentChannel: "silent channel"
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
        case .stopped: "stopped"
        }
    }

    /// A state that lasts until something ends it: told again every day until then.
    var lasts: Bool {
        switch self {
        case .clockHeld, .ledgerHeld, .ledgerFull, .acceptedCopyRuns, .channelFails, .refusesUs, .silentChannel: true
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
        case .dead(let delivery, _), .unknown(let delivery): delivery.channel
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _): channel
        default: nil
        }
    }
}
