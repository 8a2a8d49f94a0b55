import Diagnostics
import Scheduler

/// Suggests which key of a `webhook:` channel to change after a refusal.
extension ConfiguredWebhook {
    package func advice(on refusal: RefusedMessage) -> LocalizedText? {
        let (receipt, name) = (refusal.receipt, refusal.channel)
        return switch (receipt.about, receipt.code) {
        case (.us, .some(401)), (.us, .some(403)):
            "channels.\(name).secret: the endpoint does not take the signature, or url holds an old key"
        case (.us, _), (.endpointGone, _): "channels.\(name).url: the endpoint is not there"
        case (.load, _): "channels.\(name).rate: fewer messages in a time"
        case (.server, _): "channels.\(name).url: host and port; or the endpoint is out of order"
        case (.recipient, _): "the endpoint refuses this message: its own log says why"
        case (.comparison, _), (.nobody, _): nil
        }
    }
}
