import Diagnostics
import JSON

extension Problem {
    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("severity", severity.rawValue)
        line.add("file", place.file)
        line.add("line", place.line)
        line.add("column", place.column)
        line.add("message", message.description)
        line.add("hints", hints)
        return line
    }
}
