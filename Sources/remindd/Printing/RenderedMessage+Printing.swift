import JSON
import Reports

extension RenderedMessage {
    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("delivery", delivery)
        line.add("recipient", recipient)
        line.add("channel", channel)
        line.add("message", String(decoding: bytes, as: UTF8.self))
        return line
    }
}
