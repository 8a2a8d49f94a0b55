/// The names of the configured channels, present and former.
struct ChannelNames {
    private let configured: Set<String>
    /// The present name of a channel, by each of its former names.
    private let present: [String: String]

    init(_ routes: [Dispatcher.Route]) {
        configured = Set(routes.map(\.channel.name))
        var present: [String: String] = [:]
        for route in routes {
            for former in route.formerly where present[former] == nil { present[former] = route.channel.name }
        }
        self.present = present
    }

    /// Returns the names under which deliveries of a channel are stored in the ledger.
    func stored(_ channel: String) -> [String] {
        [channel] + present.filter { $0.value == channel && !configured.contains($0.key) }.keys.sorted()
    }

    /// Returns the channel that deliveries with this name belong to; nil if it is no longer
    /// configured.
    func channel(stored name: String) -> String? {
        configured.contains(name) ? name : present[name]
    }
}
