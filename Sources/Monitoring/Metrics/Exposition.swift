import Dates
import Scheduler

/// Metrics in Prometheus' text format, version 0.0.4. Each family has `# HELP` and `# TYPE` lines.
///
/// The format is described at https://prometheus.io/docs/instrumenting/exposition_formats/
package struct Exposition {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String { case counter, gauge, histogram }

    package typealias Labels = KeyValuePairs<String, String>

    package private(set) var lines: [String] = []

    package init() {}

    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        lines.append("# HELP \(name) \(help)")
        lines.append("# TYPE \(name) \(kind.rawValue)")
    }

    package mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        let inner = labels.map { "\($0.key)=\"\(Exposition.escaped($0.value))\"" }.joined(separator: ",")
        lines.append("\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(Exposition.number(value))")
    }

    package mutating func sample(_ name: String, _ labels: Labels, _ value: Int) {
        sample(name, labels, Double(value))
    }

    /// Adds a family with one sample. Adds nothing if `value` is nil.
    package mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
        guard let value else { return }
        family(name, kind, help)
        sample(name, [:], value)
    }

    package mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Bool) {
        single(name, kind, help, value ? 1 : 0)
    }

    package mutating func histogram(_ name: String, channel: String, _ lateness: Metrics.Lateness) {
        var sum = 0
        for (index, count) in lateness.counts.enumerated() {
            sum += count
            let bound = index < Metrics.Lateness.bounds.count ? Exposition.number(Metrics.Lateness.bounds[index]) : "+Inf"
            sample("\(name)_bucket", ["channel": channel, "le": bound], sum)
        }
        sample("\(name)_sum", ["channel": channel], lateness.sum)
        sample("\(name)_count", ["channel": channel], sum)
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { "\\\"\n".utf8.contains($0) }) else { return text }
        return text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension Instant {
    /// The number of seconds since 1970, as Prometheus writes times.
    package var unixSeconds: Double { Double(milliseconds) / 1_000 }
}
