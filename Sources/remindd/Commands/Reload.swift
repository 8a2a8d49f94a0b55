import ArgumentParser

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The running daemon takes the changed files; says what changes and what goes out at once.",
        discussion: """
            All or nothing: files with an error leave everything as it was, and the exit status tells. With --dry-run nothing is \
            changed either way. More than ten campaigns gone, or more than a fifth of them, need --confirm.

            Example: remindd reload --dry-run
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Say what would change, and change nothing.") var dryRun = false
    @Flag(help: "Yes, the campaigns that are gone are meant to be gone.") var confirm = false

    func run() throws {
        guard let answer = try ControlClient.ask(.reload(dryRun: dryRun, confirmed: confirm), config: common.config) else {
            Output.problem(
                "remindd: no daemon answers at \(ControlSocket.path(ofConfiguration: common.config)); its next start takes the files, and `remindd check` tries them"
            )
            throw ExitCode.failure
        }
        try ControlClient.show(answer)
    }
}
