import Scheduler

// What each reader should have seen
//
// The oracle hears of everything that is really so: what is on the disk, which bytes left, what a destination took, what
// was answered. From that, the plans in force and the contract's rule, written down here a second time and as plainly as
// can be, it says at every look what must fire and for whom, and at every byte whether it may leave. It asks the
// calendar for dates and nothing else of the program: neither the look, nor the agenda, nor who was told, nor the retry
// policy, nor what the ledger says of itself. At every quiet time the ledger is held against its memory.
//
// What it shares with the program under test: the plain calendar (`Recurrence.occurrences`, `LeadRule.anchors` and `due`,
// `Zone`, `WorkingCalendar`: each is held against other programs in `Tests/SchedulerTests` and `Tests/Oracles`), the values
// that plans, readers and reminders are (`Accepted` and what is in it, no function of it), and the hash that names a
// delivery (`DeliveryID`: known answers in `Tests/SchedulerTests`).

/// The memory of one run, and the judge of it.
// @unchecked: a run and everything in it stays on one thread.
final class Oracle: @unchecked Sendable {
    /// A reminder as the plans in force have it.
    struct Expected {
        let reminder: Reminder
        let notify: [String]
        /// Its place in the plans: of two, the earlier in the files has the smaller.
        let place: Int
    }

    /// A reminder that fired.
    final class Fired {
        let reminder: Reminder
        let change: Change?
        let firedAt: Instant
        var deliveries: [Delivery] = []

        init(_ reminder: Reminder, change: Change?, firedAt: Instant) {
            self.reminder = reminder
            self.change = change
            self.firedAt = firedAt
        }
    }

    final class Delivery {
        let id: DeliveryID
        let fired: Fired
        let recipient: String
        let channel: String
        /// True time.
        let began: Instant
        var state = DeliveryState.pending
        /// When it wants its next try, as it was last written down.
        var notBefore: Instant?
        var attempts: [Attempt] = []
        /// Claims that are on the disk.
        var claims = 0
        var crashes = 0
        /// It got here because other channels failed.
        let isOtherwise: Bool

        init(_ new: NewDelivery, of fired: Fired, began: Instant, isOtherwise: Bool = false) {
            id = new.id
            self.fired = fired
            recipient = new.recipient
            channel = new.channel
            self.began = began
            self.isOtherwise = isOtherwise
        }

        var words: String {
            let key = fired.reminder.key
            return "\(key.campaign) \(fired.reminder.occurrence) '\(key.lead)' \(key.anchor) to \(recipient) by \(channel)"
        }
    }

    /// Bytes on their way.
    final class Attempt {
        unowned let delivery: Delivery
        let number: Int
        /// True time.
        let began: Instant
        let flagged: Bool
        /// How often the reader got it from this attempt.
        var copies = 0
        /// What the destination really answered; nil while it has not.
        var receipt: Receipt?
        /// Whom that answer was about, as the destination knows.
        var truth = Scope.recipient
        /// True time.
        var answeredAt: Instant?
        /// The process died before the outcome was on the disk.
        var crashed = false
        var isRecorded = false

        init(_ delivery: Delivery, number: Int, began: Instant, flagged: Bool) {
            self.delivery = delivery
            self.number = number
            self.began = began
            self.flagged = flagged
        }
    }

    let clock: SimulatedClock
    var totals = Totals()
    private(set) var violations: [String] = []
    private(set) var notes: [String] = []
    private let traces: Bool

    // The plans in force.
    var accepted: Accepted
    /// As they are written: members by name.
    private var groups: [String: [String]]
    var channels: [String: ChannelKind] = [:]
    /// Since when, in true time.
    var takenAt = Instant.distantPast
    private let span: ClosedRange<Day>
    /// By due.
    var calendar: [Expected] = []
    /// Every occurrence near this run.
    var dates: [OccurrenceKey: OccurrenceDates] = [:]
    /// How many of `calendar` were looked at.
    var next = 0
    var looksAtEverything = true

    // What happened.
    var lookedUntil: Instant
    var lastLook = Instant.distantPast
    var recorded: [ReminderKey: ReminderState] = [:]
    /// In the order they fired.
    var told: [OccurrenceKey: [Fired]] = [:]
    var deliveries: [DeliveryID: Delivery] = [:]
    /// Deliveries that wait or are under way.
    var open: [DeliveryID: Delivery] = [:]
    /// Channels that said that their endpoint is gone, since the plans were taken.
    var gone: Set<String> = []
    /// Channels that failed, or refused us or somebody in words to compare, since the process began.
    var failed: Set<String> = []
    /// How the destinations behave.
    var servers: [String: SimulatedChannel] = [:]

    init(clock: SimulatedClock, office: Office, span: ClosedRange<Day>, traces: Bool) {
        self.clock = clock
        accepted = office.accepted
        groups = office.groups
        self.span = span
        self.traces = traces
        lookedUntil = clock.now()
        expand()
    }

    func accuse(_ kind: Violation, _ words: @autoclosure () -> String) {
        let accusation = "\(kind.rawValue): \(words())"
        totals.violations[kind, default: 0] += 1
        if traces { note("VIOLATION \(accusation)") }
        if violations.count < 20 { violations.append("\(Zone.utc.rfc3339(clock.now())) \(accusation)") }
    }

    func note(_ words: @autoclosure () -> String) {
        guard traces else { return }
        notes.append("\(Zone.utc.rfc3339(clock.now())) \(words())")
    }

    // MARK: Plans

    /// Other plans are in force from now on, or the same after a start.
    func takes(_ office: Office, channels: [String: ChannelKind], isEdited: Bool) {
        accepted = office.accepted
        groups = office.groups
        self.channels = channels
        takenAt = clock.truth
        gone = []
        if !isEdited { failed = [] }
        if isEdited { expand() }
        looksAfresh()
    }

    /// After a start, a reload, a clock step: the next look considers everything.
    func looksAfresh() {
        next = 0
        looksAtEverything = true
    }

    /// Every reminder of the plans in force, near this run.
    private func expand() {
        dates = [:]
        var all: [Expected] = []
        for (p, plan) in accepted.plans.plans.enumerated() {
            for (c, campaign) in plan.campaigns.enumerated() {
                for dates in occurrences(of: campaign) {
                    self.dates[OccurrenceKey(plan: plan.id, campaign: campaign.id, occurrence: dates.name)] = dates
                    all += reminders(of: dates, campaign, plan, place: p * 1_000 + c)
                }
            }
        }
        calendar = all.sorted { ($0.reminder.due, $0.place) < ($1.reminder.due, $1.place) }
    }

    /// The phrase's occurrences with the exceptions in place.
    private func occurrences(of campaign: Campaign) -> [OccurrenceDates] {
        campaign.when.occurrences(overlapping: span, workingDays: accepted.plans.workingDays).compactMap { dates in
            switch campaign.exceptions[dates.name] {
            case nil: dates
            case .some(.none): nil
            case .dates(let start, let end): OccurrenceDates(name: dates.name, start: start, end: end)
            }
        }
    }

    private func reminders(of dates: OccurrenceDates, _ campaign: Campaign, _ plan: Plan, place: Int) -> [Expected] {
        var all: [Expected] = []
        for (l, lead) in campaign.leads.enumerated() {
            for anchor in lead.rule.anchors(of: dates) {
                let day = lead.rule.due(
                    anchor: anchor, lastDay: dates.end, restDays: campaign.restDays, workingDays: accepted.plans.workingDays)
                guard let day else { continue }
                let due = plan.zone.instant(day.day, lead.at)
                var deadline = lead.rule.isAfterEnd ? due + .days(14) : plan.zone.endOfDay(dates.end)
                // Where the clocks skip the last hour of the last day.
                if due >= deadline { deadline = due + .hours(1) }
                let key = ReminderKey(plan: plan.id, campaign: campaign.id, lead: lead.id, anchor: anchor)
                let reminder = Reminder(
                    key: key, occurrence: dates.name, start: dates.start, end: dates.end, due: due, deadline: deadline)
                all.append(
                    Expected(reminder: reminder, notify: lead.notify, place: (place * 100 + l) * 100_000 + Int(anchor.number)))
            }
        }
        return all
    }

    /// Everyone whom these names mean, in the order of the directory.
    func readers(_ names: [String]) -> [Recipient] {
        var meant: Set<String> = []
        var waiting = names
        while let name = waiting.popLast() {
            if meant.insert(name).inserted { waiting += groups[name] ?? [] }
        }
        return accepted.directory.recipients.filter { meant.contains($0.id) }
    }

    /// The recipients and channels for these readers; of several at one address of a mail server the first gets it.
    func slots(_ readers: [Recipient]) -> [[String]] {
        var addresses: Set<[String]> = []
        return readers.flatMap { reader in
            reader.via.filter { channel in
                guard case .email? = channels[channel], let email = reader.email else { return true }
                return addresses.insert([channel, email]).inserted
            }
            .map { [reader.id, $0] }
        }
    }
}
