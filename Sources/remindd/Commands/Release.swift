import ArgumentParser

struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The operator's answer to a hold.",
        discussion: """
            A hold keeps what is uncertain from being sent: after a clock that could not be believed, or a ledger restored \
            from a copy. --send: what is still worth telling goes, as late; --drop: it does not. What is past its deadline \
            is recorded as missed in either case. Where the clock is far ahead, the command says what that would be and asks \
            for --clock-is-right.

            Example: remindd release --drop
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Flag(help: "Send what is still worth telling.") var send = false
    @Flag(help: "Do not send it.") var drop = false
    @Flag(help: "The clock is right though it is far ahead of the last evaluation.") var clockIsRight = false

    func validate() throws {
        guard send != drop else { throw ValidationError("say one of --send and --drop") }
    }

    func run() throws {
        try ControlClient.run(
            .release(sends: send, clockIsRight: clockIsRight), config: common.config, changes: true, as: output.format)
    }
}
