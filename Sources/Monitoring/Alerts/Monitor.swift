import Config
import Dates
import Logging
import Notifiers
import Scheduler
import Transport

/// Reports the health of remindd itself through alerts and a heartbeat.
///
/// Only the loop's thread uses the monitor. A rehearsal has no monitor.
package final class Monitor {
    package let desk: Alerter
    private var heartbeat: Heartbeat?
    private let transfers: HTTPTransfers
    private let userAgent: String
    private let logger: Logger
    private var names: AlertNames?

    /// - Parameters:
    ///   - transfers: the client for the calls of the heartbeat.
    ///   - userAgent: the value of the header `User-Agent` of these calls.
    package init(
        transfers: HTTPTransfers, userAgent: String, logger: Logger, gates: ChannelGates, asksLoop: @escaping @Sendable () -> Void
    ) {
        self.transfers = transfers
        self.userAgent = userAgent
        desk = Alerter(logger: logger, gates: gates, asksLoop: asksLoop)
        self.logger = logger
    }

    /// How often the loop must call `beat`; nil if no heartbeat is configured.
    package var tickEvery: TimeSpan? { heartbeat?.every }

    /// Applies the configuration that was accepted at the start or by a reload.
    package func accept(_ loaded: Loaded, channels: [any Announcing]) throws(SettingRefusal) {
        let renewed = try heartbeat(of: loaded.configuration)
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

    private func heartbeat(of configuration: Configuration) throws(SettingRefusal) -> Heartbeat? {
        guard let settings = configuration.heartbeat else { return nil }
        let url = try Heartbeat.address(of: settings)
        return Heartbeat(
            url: url, networks: settings.allowed.networks(for: url), every: settings.every, transfers: transfers,
            userAgent: userAgent, logger: logger)
    }

    /// Notes an alert for each group that lost its last member in a reload.
    package func noteEmptied(_ old: RecipientDirectory, _ new: RecipientDirectory) {
        let before = old.emptyGroups
        for group in new.emptyGroups.sorted() where old.isGroup(group) && !before.contains(group) {
            desk.note(.emptyGroup(group))
        }
    }

    package func beat() {
        heartbeat?.beat(isAllWell: desk.isAllWell)
    }

    /// Sends the weekly summary if it was requested.
    ///
    /// - Parameter past: returns the results of the reminders fired at or after an instant.
    package func sayWeekly(
        _ loaded: Loaded, now: Instant, past: (Instant) throws(LedgerFailure) -> WeeklySummary.Past
    ) {
        guard desk.takeWeeklyRequest() else { return }
        desk.say(
            WeeklySummary(
                past: try? past(now - WeeklySummary.behind), accepted: loaded.accepted, now: now,
                zone: loaded.configuration.timezone))
    }

    /// Stops the heartbeat and then the alerter, which first tries to send the alerts noted so far.
    package func stop() {
        heartbeat?.stop()
        desk.stop()
    }
}
