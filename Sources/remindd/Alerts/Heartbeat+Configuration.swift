import Config
import Logging
import Notifiers

extension Heartbeat {
    /// Makes the heartbeat with its resolved URL. Returns nil if none is configured.
    static func configured(_ configuration: Configuration, logger: Logger) throws(ChannelFactory.Failure) -> Heartbeat? {
        guard let settings = configuration.heartbeat else { return nil }
        return Heartbeat(
            url: try address(of: settings), every: settings.every, transfers: ChannelFactory.transfers, logger: logger)
    }

    static func address(of heartbeat: Configuration.Heartbeat) throws(ChannelFactory.Failure) -> WebhookURL {
        do throws(SettingRefusal) {
            let written = try heartbeat.url.resolved("url")
            if let refusal = WebhookPolicy.refusal(of: written, .heartbeat) { throw SettingRefusal("url: \(refusal)") }
            return try WebhookURL(written)
        } catch {
            throw ChannelFactory.Failure(description: "heartbeat: \(error)")
        }
    }
}
