/// The current and former names of the configured channels.
struct ChannelNames {
    private let configured: Set<String>
    /// The current name of a channel, keyed by each of its former names.
    private let present: [String: String]

    init(_ routes: [Dispatcher.Route]) {
        configured = Set(routes.map(\.channel.name))
        var present: [String: String] = [:]
        for route in routes {
            for former in route.formerly where present[former] == nil { present[former] = route.channel.name }
        }
        self.present = present
    }

    /// Returns all names under which deliveries of a channel may be stored in the ledger.
    func stored(_ channel: String) -> [String] {
        [channel] + present.filter { $0.value == channel && !configured.contains($0.key) }.keys.sorted()
    }

    /// Returns the current name of a channel that is stored under `name`.
    ///
    /// Returns nil if the channel is no longer configured.
    func channel(stored name: String) -> String? {
        configured.contains(name) ? name : present[name]
    }
}
