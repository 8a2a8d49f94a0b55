import ArgumentParser

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Makes the daemon read its files again; prints the changes and what is sent at once."),
        discussion: localized(
            """
            If a file has an error, nothing changes and the command fails. With --dry-run nothing changes in any case. --confirm \
            is required if more than ten campaigns, or more than a fifth of them, are gone; if a group loses at least three \
            recipients, and these are more than ten or more than a fifth of its recipients; or if the changed files would send \
            more than 100 messages at once.

            Example: remindd reload --dry-run
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Flag(help: localized("Print what would change, and change nothing.")) var dryRun = false
    @Flag(help: localized("Confirm the loss of campaigns and recipients, and the messages to be sent."))
    var confirm = false

    func run() throws {
        guard let answer = try ControlClient.ask(.reload(dryRun: dryRun, confirmed: confirm), config: common.config) else {
            Output.problem(
                "remindd: no daemon answers at \(ControlSocket.path(ofConfiguration: common.config)); the files take effect at its next start, and `remindd check` checks them"
            )
            throw ExitCode.failure
        }
        try ControlClient.show(answer, as: output.format)
    }
}
