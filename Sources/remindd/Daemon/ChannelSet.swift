import Scheduler

/// The channels in use, and replaced channels that still have attempts under way.
struct ChannelSet {
    private(set) var current: [any Announcing]
    private var retired: [any Channel] = []

    init(_ channels: [any Announcing]) {
        current = channels
    }

    var names: [String] { current.map(\.name) }

    func channel(named name: String) -> (any Announcing)? { current.first { $0.name == name } }

    mutating func replace(with renewed: [any Announcing]) {
        retired += current
        current = renewed
    }

    /// Stops replaced channels that have no delivery, alert or test message under way.
    mutating func stopRetired() {
        let unused = retired.filter(\.isIdle)
        guard !unused.isEmpty else { return }
        for channel in unused { channel.stop(grace: .zero) }
        retired.removeAll { channel in unused.contains { $0 === channel } }
    }

    /// Stops all channels and aborts their attempts under way.
    func stopAll() {
        for channel in current + retired { channel.stop(grace: .zero) }
    }
}
