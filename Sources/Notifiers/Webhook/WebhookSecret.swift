import Crypto
import Foundation

/// A signing secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64 (specification 1.0, "Signature scheme").
///
/// Its description is empty on purpose: a secret that is logged by mistake stays one.
public struct WebhookSecret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    private let key: SymmetricKey

    /// - Throws: what is wrong with it, without repeating it.
    public init(_ text: String) throws(SettingRefusal) {
        let prefix = "whsec_"
        guard text.hasPrefix(prefix) else { throw SettingRefusal("a webhook secret begins with whsec_") }
        guard let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))) else {
            throw SettingRefusal("a webhook secret is whsec_ and base64")
        }
        guard (24...64).contains(bytes.count) else { throw SettingRefusal("a webhook secret has 24 to 64 bytes") }
        key = SymmetricKey(data: bytes)
    }

    public static func == (a: WebhookSecret, b: WebhookSecret) -> Bool { a.key == b.key }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var mac = HMAC<SHA256>(key: key)
        mac.update(data: Array("\(id).\(timestamp).".utf8))
        mac.update(data: body)
        return "v1," + Base64.text(Array(mac.finalize()))
    }
}
