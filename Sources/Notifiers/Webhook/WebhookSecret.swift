import CCrypto
import Foundation
import Transport

/// A signing secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64.
///
/// The form is defined in the specification 1.0, "Signature scheme". `description` does not contain
/// the secret, so that logging a value by mistake does not expose the secret.
public struct WebhookSecret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    private let key: [UInt8]

    /// - Throws: the reason why the text is not a signing secret. The reason does not repeat the
    ///   text.
    public init(_ text: String) throws(SettingRefusal) {
        let prefix = "whsec_"
        guard text.hasPrefix(prefix) else { throw SettingRefusal("a webhook secret begins with whsec_") }
        guard let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))) else {
            throw SettingRefusal("a webhook secret is whsec_ and base64")
        }
        guard (24...64).contains(bytes.count) else { throw SettingRefusal("a webhook secret has 24 to 64 bytes") }
        key = Array(bytes)
    }

    public static func == (a: WebhookSecret, b: WebhookSecret) -> Bool {
        a.key.count == b.key.count && crypto_is_equal(a.key, b.key, a.key.count) == 1
    }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Returns `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        let mac = [UInt8](unsafeUninitializedCapacity: 32) { mac, count in
            crypto_hmac_sha256(key, key.count, signed, signed.count, mac.baseAddress)
            count = 32
        }
        return "v1," + Base64.text(mac)
    }
}
