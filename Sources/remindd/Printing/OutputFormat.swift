/// The form in which a command prints a report.
enum OutputFormat: String, CaseIterable {
    case text, json
}
