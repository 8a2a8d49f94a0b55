import Diagnostics
import JSON
import Reports

extension Answer {
    /// The lines for standard output.
    var lines: [LocalizedText] {
        switch report {
        case .status(let status): status.lines
        case .history(let history): history.lines(withIDs: false)
        case .listing(let history): history.lines(withIDs: true)
        case .release(let release): release.lines
        case .reload(let reload): reload.lines
        case .tests(let results): results.flatMap(\.lines)
        case .health(let health): health.troubles.isEmpty ? ["ok"] : health.troubles.map(LocalizedText.init(verbatim:))
        case .readiness(let readiness):
            readiness.reasons.isEmpty ? ["ready"] : readiness.reasons.map(LocalizedText.init(verbatim:))
        case .exposition(let lines): lines.map(LocalizedText.init(verbatim:))
        // These reports have no lines. The program itself uses the first three. A `failure` is
        // printed as a problem.
        case .retry, .evaluation, .backup, .failure: []
        }
    }

    /// The objects for standard output with `--format json`. Each object is printed on one line.
    var objects: [JSONObject] {
        switch report {
        case .status(let status): [status.json]
        case .history(let history), .listing(let history): history.entries.map(\.json)
        case .release(let release): [release.json]
        case .reload(let reload): [reload.json]
        case .tests(let results): results.map(\.json)
        case .health, .readiness, .exposition, .retry, .evaluation, .backup, .failure: []
        }
    }

    /// The problems of files, for standard error. They come before the other lines.
    var fileProblems: [Problem] { if case .reload(let reload) = report { reload.problems } else { [] } }

    /// The lines for standard error, without the problems of files.
    var problems: [LocalizedText] {
        switch report {
        case .history(let history): history.problems
        case .release(let release): release.problems
        case .reload(let reload): reload.errors
        case .failure(let why): ["remindd: \(why)"]
        case .status, .listing, .retry, .tests, .evaluation, .health, .readiness, .exposition, .backup: []
        }
    }
}
