import Scheduler

/// The policies of the two kinds of channel, for tests that have no channel of these kinds.
extension ChannelPolicy {
    public static let webhook = ChannelPolicy(onUnknown: .retry, refusesForAll: false, loadHoldsChannel: true)

    public static func email(onUnknown: UnknownOutcome) -> ChannelPolicy {
        ChannelPolicy(onUnknown: onUnknown, refusesForAll: true, loadHoldsChannel: false)
    }
}
