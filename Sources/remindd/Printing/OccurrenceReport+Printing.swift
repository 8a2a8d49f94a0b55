import Diagnostics
import JSON
import Reports

extension OccurrenceReport {
    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("plan", plan)
        line.add("campaign", campaign)
        line.add("title", title)
        line.add("occurrence", occurrence)
        line.add("start", start.description)
        line.add("end", end.description)
        line.add("when", details.when)
        line.add("understood", details.understood)
        line.add("lunar", details.lunar)
        line.add("source", details.source)
        line.add("cite", details.cite)
        line.add("note", details.note)
        line.add("time", time)
        line.add("place", place)
        return line
    }

    var text: String {
        let span = start == end ? "\(start)             " : "\(start) – \(end)"
        let clock = time.map { "  \($0)" } ?? ""
        return "\(span)  \(plan)/\(campaign)  \(printable(title, limit: 200))\(clock)"
    }
}
