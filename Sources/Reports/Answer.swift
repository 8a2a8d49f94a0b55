import Diagnostics

/// The result of a request: an exit status and a report.
///
/// A command that handles a request without a daemon produces the same result as the daemon.
package struct Answer: Codable, Sendable {
    /// The exit status of the command.
    package let status: Int32
    package let report: Report

    package init(_ report: Report, status: Int32 = 0) {
        self.report = report
        self.status = status
    }

    /// Returns the answer for a failure that one sentence explains.
    package static func failure(_ why: LocalizedText, status: Int32 = 1) -> Answer {
        Answer(.failure(why), status: status)
    }
}

/// The content of an answer as a value.
///
/// The content becomes text or JSON only when the answer is printed.
package enum Report: Codable, Sendable {
    case status(StatusReport)
    case history(HistoryReport)
    /// The rows of the commands `failed` and `missed`, which show the id of each delivery.
    case listing(HistoryReport)
    case retry(RetryReport)
    case release(ReleaseReport)
    case reload(ReloadReport)
    case tests([TestResult])
    case evaluation(EvaluationReply)
    case health(HealthReport)
    case readiness(ReadinessReport)
    /// Lines in the text format of Prometheus.
    case exposition([String])
    /// The path of the finished copy of the ledger.
    case backup(path: String)
    case failure(LocalizedText)
}
