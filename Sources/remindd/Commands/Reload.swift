import ArgumentParser

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The running daemon takes the changed files; says what changes and what goes out at once.",
        discussion: """
            All or nothing: files with an error leave everything as it was, and the exit status tells. With --dry-run nothing is \
            changed either way. --confirm is needed where more than ten campaigns, or more than a fifth of them, are gone; where a \
            group loses more than ten or a fifth of its recipients, and at least three; and where the changed files would send \
            more than 100 messages at once.

            Example: remindd reload --dry-run
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Flag(help: "Say what would change, and change nothing.") var dryRun = false
    @Flag(help: "Yes, the campaigns and recipients that are gone are meant to be gone, and the messages are meant to go out.")
    var confirm = false

    func run() throws {
        guard let answer = try ControlClient.ask(.reload(dryRun: dryRun, confirmed: confirm), config: common.config) else {
            Output.problem(
                "remindd: no daemon answers at \(ControlSocket.path(ofConfiguration: common.config)); its next start takes the files, and `remindd check` tries them"
            )
            throw ExitCode.failure
        }
        try ControlClient.show(answer, as: output.format)
    }
}
