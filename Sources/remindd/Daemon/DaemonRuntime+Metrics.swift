import Dates
import Ledgers
import Monitoring
import Reports
import Scheduler

/// The results of the requests from monitoring: `GET /metrics`, `/healthz` and `/readyz`.
extension DaemonRuntime {
    /// Returns the lines of the metrics, in Prometheus' text format.
    func exposition(now: Instant) -> Answer {
        do throws(LedgerFailure) {
            let (pending, inFlight) = try opened.ledger.waiting()
            let (lookedUntil, isHeld) = (try opened.ledger.lookedUntil(), try opened.ledger.held() != nil)
            let failures = try opened.failures.value(now: now)
            var text = Exposition()
            standing(&text, now: now, lookedUntil: lookedUntil, isHeld: isHeld)
            text.single(
                "remindd_deliveries_pending", .gauge, "Deliveries that wait for their first or next try.", Double(pending))
            text.single("remindd_deliveries_in_flight", .gauge, "Deliveries that are being sent now.", Double(inFlight))
            failed(&text, failures)
            counters(&text, journals.metrics.counts)
            process(&text)
            return Answer(.exposition(text.lines))
        } catch {
            return .failure("the ledger cannot be read: \(error)")
        }
    }

    /// Returns the conditions that need a person. The status is 1 if there are any.
    ///
    /// Alerts report the same conditions.
    func health(now: Instant) -> Answer {
        do throws(LedgerFailure) {
            let health = HealthReport(facts, failures: try opened.failures.value(now: now))
            return Answer(.health(health), status: health.troubles.isEmpty ? 0 : 1)
        } catch {
            return .failure("the ledger cannot be read: \(error)")
        }
    }

    /// Returns why a reminder due now would not be sent. The status is 1 if there is a reason.
    func readiness() -> Answer {
        let counts = journals.metrics.counts
        let readiness = ReadinessReport(
            clockIsHeld: counts.clockIsHeld, ledgerIsFull: counts.ledgerIsFull,
            ledgerIsHeld: (try? opened.ledger.held()) != nil)
        return Answer(.readiness(readiness), status: readiness.reasons.isEmpty ? 0 : 1)
    }

    // MARK: families

    private func standing(_ text: inout Exposition, now: Instant, lookedUntil: Instant, isHeld: Bool) {
        let (plans, facts, counts) = (loaded.accepted.plans, facts, journals.metrics.counts)
        text.family("remindd_build_info", .gauge, "1, with the version as a label.")
        text.sample("remindd_build_info", ["version": Version.number], 1)
        text.single("remindd_plans", .gauge, "Plans in use.", Double(plans.plans.count))
        text.single("remindd_campaigns", .gauge, "Campaigns in use.", Double(plans.campaignCount))
        text.single("remindd_recipients", .gauge, "Recipients in use.", Double(loaded.accepted.directory.recipients.count))
        text.single(
            "remindd_next_due_timestamp_seconds", .gauge, "When the next reminder falls due; absent if there is none.",
            Agenda(plans: plans, after: now).nextDue?.unixSeconds)
        text.single(
            "remindd_looked_until_timestamp_seconds", .gauge, "Time up to which every due reminder is in the ledger.",
            lookedUntil.unixSeconds)
        text.single(
            "remindd_config_last_reload_successful", .gauge, "Whether the last reload was accepted.", !facts.reloadRefused)
        text.single(
            "remindd_config_last_reload_success_timestamp_seconds", .gauge, "When the files in use were accepted.",
            (facts.reloadedAt ?? facts.startedAt).unixSeconds)
        text.single(
            "remindd_config_changed_files", .gauge, "Files that have changed since they were accepted.",
            Double(facts.changedFiles.count))
        text.single(
            "remindd_troubles", .gauge, "Lasting troubles that need a person, as listed by status.", Double(facts.troubles.count))
        text.single(
            "remindd_clock_held", .gauge, "Whether nothing is sent because the clock is not trusted.", counts.clockIsHeld)
        text.single(
            "remindd_ledger_full", .gauge, "Whether nothing is sent because the ledger's disk is full.", counts.ledgerIsFull)
        text.single("remindd_ledger_held", .gauge, "Whether a restored ledger waits for remindd release.", isHeld)
        text.family("remindd_breaker_open", .gauge, "Whether a channel is paused because it fails.")
        for channel in channels.names.sorted() {
            text.sample("remindd_breaker_open", ["channel": channel], facts.failing.contains(channel) ? 1 : 0)
        }
    }

    /// Adds the failed deliveries that the ledger has now, which a restart does not change.
    private func failed(_ text: inout Exposition, _ failures: FailedDeliveries) {
        text.single(
            "remindd_deliveries_dead", .gauge, "Deliveries in the ledger that were given up.", Double(failures.dead))
        text.single(
            "remindd_deliveries_unknown", .gauge, "Deliveries in the ledger that may or may not have arrived.",
            Double(failures.unknown))
        text.single(
            "remindd_deliveries_to_retry", .gauge,
            "Dead and unknown deliveries that a person can still send again; their deadline is ahead.",
            Double(failures.withTimeLeft))
    }

    private func counters(_ text: inout Exposition, _ counts: Metrics.Counts) {
        text.family("remindd_reminders_total", .counter, "Reminders that fell due, by result.")
        for state in Metrics.ReminderState.allCases {
            text.sample("remindd_reminders_total", ["state": state.rawValue], counts.reminders[state] ?? 0)
        }
        text.single("remindd_deliveries_queued_total", .counter, "Deliveries created by reminders.", Double(counts.queued))

        text.family("remindd_attempts_total", .counter, "Attempts that ended, by outcome and the server's reply code.")
        for (attempt, count) in counts.attempts.sorted(by: { Metrics.order($0.key) < Metrics.order($1.key) }) {
            text.sample(
                "remindd_attempts_total",
                [
                    "channel": attempt.channel, "outcome": attempt.outcome.rawValue,
                    "code": attempt.code.map(String.init) ?? "",
                ], count)
        }

        text.family("remindd_deliveries_total", .counter, "Deliveries that ended, by state and reason.")
        // The usual end states have samples from the start. Without them, a rate would miss the
        // first delivery.
        let usual = channels.current.flatMap { channel in
            [
                Metrics.Settled(channel: channel.name, state: .delivered, reason: .accepted),
                Metrics.Settled(channel: channel.name, state: .dead, reason: .refused),
                Metrics.Settled(channel: channel.name, state: .dead, reason: .deadline),
                Metrics.Settled(channel: channel.name, state: .unknown, reason: .noAnswer),
            ]
        }
        for settled in Set(usual).union(counts.settled.keys).sorted(by: { Metrics.order($0) < Metrics.order($1) }) {
            text.sample(
                "remindd_deliveries_total",
                ["channel": settled.channel, "state": settled.state.rawValue, "reason": settled.reason.rawValue],
                counts.settled[settled] ?? 0)
        }

        let name = "remindd_delivery_lateness_seconds"
        text.family(name, .histogram, "From the due time of a reminder to its acceptance by the server.")
        for channel in Set(channels.names).union(counts.lateness.keys).sorted() {
            text.histogram(name, channel: channel, counts.lateness[channel] ?? Metrics.Lateness())
        }
    }

    private func process(_ text: inout Exposition) {
        text.single("process_start_time_seconds", .gauge, "When this process started.", startedAt.unixSeconds)
        text.single("process_cpu_seconds_total", .counter, "Processor time used, user and system.", OwnProcess.processorSeconds)
        text.single("process_resident_memory_bytes", .gauge, "Resident memory.", OwnProcess.residentBytes)
        text.single("process_open_fds", .gauge, "Open file descriptors.", OwnProcess.openDescriptors)
    }
}

extension Metrics {
    fileprivate static func order(_ attempt: Attempt) -> (String, String, Int) {
        (attempt.channel, attempt.outcome.rawValue, attempt.code ?? 0)
    }

    fileprivate static func order(_ settled: Settled) -> (String, String, String) {
        (settled.channel, settled.state.rawValue, settled.reason.rawValue)
    }
}
