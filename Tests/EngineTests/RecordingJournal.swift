import Synchronization

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Records the kinds of journal entries that the tests check, each as a short string.
final class RecordingJournal: Journal {
    private let lines = Mutex<[String]>([])

    func write(_ entry: Entry) {
        let word: String? =
            switch entry {
            case .breakerOpened(let channel, _): "opened \(channel)"
            case .breakerClosed(let channel): "closed \(channel)"
            case .failedOver(let reader, let channels): "\(reader.recipient) by \(channels.joined(separator: ","))"
            case .unreachable(let reader): "\(reader.recipient) unreachable"
            case .cancelled(_, let why): why.rawValue
            case .withdrawn(_, let why, let count): "withdrawn \(count): \(why.rawValue)"
            case .withdrawnFromChannel(_, let why, let count): "withdrawn \(count): \(why.rawValue)"
            case .toppedUp(_, let count): "added \(count)"
            case .alreadyRecorded(let reminder): "already recorded \(reminder.key.lead)"
            case .interrupted(let claim, _): "interrupted \(claim.recipient)"
            case .expired(let claim): "expired \(claim.recipient)"
            case .pruned(let deliveries, _): "forgot \(deliveries)"
            case .foundRefused(let claim, _): "refused \(claim.recipient)"
            case .endpointGone(let channel, _): "gone \(channel)"
            case .channelAnswered(let channel): "answered \(channel)"
            default: nil
            }
        if let word { lines.withLock { $0.append(word) } }
    }

    var entries: [String] { lines.withLock { $0 } }
}
