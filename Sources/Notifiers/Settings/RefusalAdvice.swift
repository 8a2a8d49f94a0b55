import Diagnostics
import Scheduler

/// Suggests to users of `send-test` which key of the configuration to change after a refusal.
///
/// The key depends on what the refusal is about: one recipient, this client, load or the server.
package enum RefusalAdvice {
    /// Returns the advice; nil if the message was delivered or no change of a key would help.
    package static func words(_ receipt: Receipt, channel: ConfiguredChannel, recipient: String) -> LocalizedText? {
        guard receipt.outcome != .delivered else { return nil }
        let refusal = RefusedMessage(receipt: receipt, channel: channel.name, recipient: recipient)
        if refusal.says("allow_networks") {
            return "channels.\(channel.name).allow_networks: add the server's network"
        }
        // The reply already names the key to change.
        if receipt.reply.contains("write server: ") || receipt.reply.contains("write auth: ") { return nil }
        if refusal.isAboutTLS { return tls(refusal, channel.settings) }
        return channel.settings.advice(on: refusal)
    }

    private static func tls(_ refusal: RefusedMessage, _ settings: any ChannelSettings) -> LocalizedText {
        let name = refusal.channel
        if refusal.says("subject name", "does not match", "host name") {
            return
                "channels.\(name): the server's certificate has another name; use the name in it (\(type(of: settings).destinationKey))"
        }
        if refusal.says("wrong version number", "starttls", "try_ssl", "ssl level", "requires ssl") {
            return "channels.\(name).\(settings.tlsAdvice)"
        }
        return "channels.\(name).ca: the certificate authority of the server, where it is not one of the system's"
    }
}
