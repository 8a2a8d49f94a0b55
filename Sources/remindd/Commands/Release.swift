import ArgumentParser

struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Ends a hold."),
        discussion: localized(
            """
            A hold keeps reminders from being sent if the clock cannot be trusted or the ledger was restored from a copy. With \
            --send, reminders that are still useful are sent as late. With --drop, they are not sent. Reminders past their \
            deadline are recorded as missed in both cases. If the clock is far ahead, the command prints how many that would be, \
            and requires --clock-is-right.

            Example: remindd release --drop
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Flag(help: localized("Send the held reminders that are still useful.")) var send = false
    @Flag(help: localized("Do not send the held reminders.")) var drop = false
    @Flag(help: localized("Confirm a clock that is far ahead of the last evaluation.")) var clockIsRight = false

    func validate() throws {
        guard send != drop else { throw ValidationError(localized("say one of --send and --drop")) }
    }

    func run() throws {
        try ControlClient.run(
            .release(sends: send, clockIsRight: clockIsRight), config: common.config, changes: true, as: output.format)
    }
}
