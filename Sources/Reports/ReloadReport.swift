import Diagnostics

/// The result of a reload, or of a dry run, which reads the files but changes nothing.
package struct ReloadReport: Codable, Sendable {
    package enum Result: Codable, Sendable {
        case accepted(plans: Int, campaigns: Int, recipients: Int)
        case refused(why: LocalizedText)
    }

    package let isDryRun: Bool
    /// The errors and warnings about the files.
    package let problems: [Problem]
    /// The changes that the reload makes; nil if the old and the new files could not be compared.
    package let changes: ReloadChanges?
    package let result: Result

    package init(isDryRun: Bool, problems: [Problem], changes: ReloadChanges?, _ result: Result) {
        self.isDryRun = isDryRun
        self.problems = problems
        self.changes = changes
        self.result = result
    }
}
