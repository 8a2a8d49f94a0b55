import Config
import Logging
import Notifiers
import Transport

extension Heartbeat {
    /// Returns the URL of a configured heartbeat with its secret. Throws if the URL is not allowed.
    package static func address(of heartbeat: Configuration.Heartbeat) throws(SettingRefusal) -> WebhookURL {
        do throws(SettingRefusal) {
            let written = try heartbeat.url.resolved("url")
            if let refusal = WebhookPolicy.refusal(of: written, heartbeat.allowed) { throw SettingRefusal("url: \(refusal)") }
            return try WebhookURL(written)
        } catch {
            throw SettingRefusal("heartbeat: \(error)")
        }
    }
}
