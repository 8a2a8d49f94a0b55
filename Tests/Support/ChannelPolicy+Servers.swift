import Scheduler

/// The policies of webhook and mail channels, for tests that use neither kind of channel.
extension ChannelPolicy {
    public static let webhook = ChannelPolicy(onUnknown: .retry, refusesForAll: false, loadHoldsChannel: true)

    public static func email(onUnknown: UnknownOutcome) -> ChannelPolicy {
        ChannelPolicy(onUnknown: onUnknown, refusesForAll: true, loadHoldsChannel: false)
    }
}
