import Config
import Dates
import Ledgers
import Logging
import Notifiers
import Scheduler

/// Reports the health of remindd itself through alerts and a heartbeat.
///
/// Only the loop's thread uses it.
///
/// A rehearsal has no monitor.
final class Monitor {
    let desk: Alerter
    private var heartbeat: Heartbeat?
    private let logger: Logger
    private var names: AlertNames?

    init(logger: Logger, gates: ChannelGates, asksLoop: @escaping @Sendable () -> Void) {
        desk = Alerter(logger: logger, gates: gates, asksLoop: asksLoop)
        self.logger = logger
    }

    /// How often the loop must call `beat`; nil without a heartbeat.
    var tickEvery: TimeSpan? { heartbeat?.every }

    /// Applies the configuration that a start or a reload accepted.
    func accept(_ loaded: Loaded, channels: [any Announcing]) throws(ChannelFactory.Failure) {
        let renewed = try Heartbeat.configured(loaded.configuration, logger: logger)
        heartbeat?.stop()
        heartbeat = renewed
        let directory = loaded.accepted.directory
        let alerts = loaded.configuration.alerts
        let renamed = AlertNames(loaded, before: names)
        desk.accept(
            Alerter.Settings(
                to: directory.resolve(alerts?.to ?? []).map { directory.recipients[$0] }, weekly: alerts?.weekly,
                zone: loaded.configuration.timezone, language: loaded.accepted.plans.plans.first?.language ?? .vi,
                channels: Dictionary(channels.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
                names: renamed))
        names = renamed
    }

    /// Notes an alert for each group that lost its last member in a reload (input 36).
    func noteEmptied(_ old: RecipientDirectory, _ new: RecipientDirectory) {
        let before = old.emptyGroups
        for group in new.emptyGroups.sorted() where old.isGroup(group) && !before.contains(group) {
            desk.note(.emptyGroup(group))
        }
    }

    func beat() {
        heartbeat?.beat(isAllWell: desk.isAllWell)
    }

    /// Sends the weekly summary if it was requested.
    func sayWeekly(_ loaded: Loaded, now: Instant, tally: (Instant) throws(LedgerFailure) -> FiringTally) {
        guard desk.takeWeeklyRequest() else { return }
        desk.say(
            WeeklySummary(
                counts: try? tally(now - WeeklySummary.behind), accepted: loaded.accepted, now: now,
                zone: loaded.configuration.timezone))
    }

    /// Stops the heartbeat, and the alerter after it has tried to send the alerts noted so far.
    func stop() {
        heartbeat?.stop()
        desk.stop()
    }
}
