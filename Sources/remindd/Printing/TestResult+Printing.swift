import Diagnostics
import JSON
import Reports

extension TestResult {
    var lines: [LocalizedText] {
        var lines: [LocalizedText] = []
        if let wait_ms {
            let minutes = max(1, (wait_ms + 59_999) / 60_000)
            lines.append(
                "\(recipient) by \(channel): not tried: the channel is paused for another \(minutes) min; a reload with other settings or another secret ends the pause"
            )
        }
        if let outcome, let reply {
            let answer = LocalizedText(lookedUp: outcome)
            let number = code.map { " \($0)" } ?? ""
            let words: LocalizedText = "\(recipient) by \(channel): \(answer)\(number): \(printable(reply, limit: 512))"
            lines.append(wait_ms == nil ? words : "the last answer was: \(words)")
        }
        return lines + (advice.map { ["  see \($0)"] } ?? [])
    }

    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("recipient", recipient)
        line.add("channel", channel)
        line.add("tried", wait_ms == nil)
        line.add("wait_s", wait_ms.map { Int(($0 + 999) / 1_000) })
        line.add("outcome", outcome)
        line.add("code", code)
        line.add("reply", reply)
        line.add("see", advice?.description)
        return line
    }
}
