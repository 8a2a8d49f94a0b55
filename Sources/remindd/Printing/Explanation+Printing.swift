import Diagnostics
import JSON
import Reports

extension Explanation {
    var lines: [String] {
        let vi = isVietnamese
        var lines = [printable(title, limit: 200), "  \(plan)/\(campaign), \(occurrence)", ""]
        lines.append(row(vi ? "Kế hoạch ghi" : "As written", printable(written, limit: 1_000)))
        let english = vi && !phrase.hasPrefix("rrule ") ? " (\(phrase))" : ""
        lines.append(row(vi ? "Hiểu là" : "Understood as", localPhrase + english))
        if let key = dates.exception {
            let exception = vi ? "except: \(key) trong kế hoạch" : "except: \(key) in the plan"
            lines.append(row(vi ? "Riêng lần này" : "This time", exception))
        }
        lines.append(row(vi ? "Thời gian" : "Days", dates.words))
        if let lunar = dates.lunar { lines.append(row(vi ? "Âm lịch" : "Lunar", lunar)) }
        lines += ["", vi ? "Các lần nhắc:" : "Reminders:"]
        if reminders.isEmpty { lines.append(vi ? "  không có" : "  none") }
        for item in reminders {
            let id = item.lead == item.phrase ? "" : " [\(item.lead)]"
            lines.append("  \(item.words)  \(item.localPhrase)\(id)  → \(item.recipients.joined(separator: ", "))")
            if let shift = item.shift { lines.append("      \(text(shift))") }
        }
        if let source { lines += ["", row(vi ? "Căn cứ" : "Source", printable(source, limit: 1_000))] }
        if let cite { lines.append(row("", "“\(printable(cite, limit: 4_096))”")) }
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        let padding = String(repeating: " ", count: max(1, 16 - name.count))
        return name + padding + value
    }

    private func text(_ shift: Shift) -> String {
        let passes = shift.nextWouldPassTheEnd
        if isVietnamese {
            return "dời từ \(shift.named): \(shift.reason)\(passes ? "; ngày làm việc sau đã quá ngày cuối" : "")"
        }
        return "shifted from \(shift.named): \(shift.reason)\(passes ? "; the next working day is past the end" : "")"
    }

    var json: String {
        var line = JSONObject(escaping: .invisibles)
        line.add("plan", plan)
        line.add("campaign", campaign)
        line.add("title", title)
        line.add("occurrence", occurrence)
        line.add("written", written)
        line.add("phrase", phrase)
        line.add("start", dates.start.description)
        line.add("end", dates.end.description)
        line.add("lunar", dates.lunar)
        line.add(
            "leads",
            reminders.map { item in
                var line = JSONObject(escaping: .invisibles)
                line.add("lead", item.lead)
                line.add("phrase", item.phrase)
                line.add("anchor", item.anchor.description)
                line.add("named", item.named.description)
                line.add("due", item.due.rfc3339)
                line.add("shift", item.shift?.reason)
                return line
            })
        line.add("source", source)
        line.add("cite", cite)
        return line.text
    }
}
