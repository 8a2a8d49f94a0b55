import Dates
import Plans
import Scheduler

// The oracle decides what each recipient should have received.
//
// The simulator reports every real event to the oracle: writes that reach the disk, messages that
// are sent, messages that servers accept, and the servers' replies. The oracle also knows the
// current plans. At every evaluation, it decides which reminders must fire and for whom
// (`Oracle+Looks`). At every message, it decides whether the message may be sent
// (`Oracle+Attempts`). At the end of every quiet time, it compares the ledger with its own record
// of events (`Book`).
//
// The promise checks (`Oracle+Promises`) do not use these rules. Whenever the main loop sleeps,
// they check whether each recipient has the promised reminders, whichever events came before.
//
// The oracle has its own implementation of all rules. It shares only three things with the program
// under test:
//
// - The plain calendar (`Recurrence.occurrences`, `LeadRule.anchors` and `due`, `Zone`,
//   `WorkingCalendar`). `Tests/SchedulerTests` and `Tests/Oracles` compare it with other programs.
// - The types for plans, recipients and reminders (`ActiveConfiguration` and its properties, but
//   none of its functions).
// - The hash that identifies a delivery (`DeliveryID`). `Tests/SchedulerTests` has tests with known
//   results.

/// Records the events of one run and checks them.
// @unchecked: a run and everything in it stays on one thread.
final class Oracle: @unchecked Sendable {
    /// A reminder according to the current plans.
    struct Expected {
        let reminder: Reminder
        let notify: [String]
        /// The position of the lead in the plan files.
        let place: Int
    }

    let clock: SimulatedClock
    var totals = Totals()
    private(set) var violations: [String] = []
    private(set) var notes: [String] = []
    private let traces: Bool

    // The current plans.
    var plans: [Plan] = []
    var workingDays: WorkingCalendar
    var catchUp: CatchUp
    var recipients: [Recipient] = []
    private var byID: [String: Recipient] = [:]
    private var formerIDs: [String: String] = [:]
    /// The members of each group as written in the files: recipients and other groups.
    private var groups: [String: [String]] = [:]
    var channels: [String: ChannelPolicy] = [:]
    private var formerChannels: [String: String] = [:]
    /// The current ids of plan and campaign, keyed by their ids in the ledger.
    private var campaigns: [[String]: [String]] = [:]
    // Caches of values computed from the current plans. They are cleared when the plans change.
    private var presentKeys: [ReminderKey: ReminderKey] = [:]
    private var named: [[String]: [Recipient]] = [:]
    private(set) var sharing: Set<String> = []
    private var index: RowIndex?
    /// When the current plans came into force, by `SimulatedClock.truth`.
    var takenAt = Instant.distantPast
    /// The expected reminders, sorted by due time.
    var calendar: [Expected] = []
    /// The dates of all planned occurrences near the current date.
    var dates: [OccurrenceKey: OccurrenceDates] = [:]
    private var expandedOn = Day(number: 0)
    var evaluatesEverything = true
    /// When the occurrences of fired reminders disappeared from the plans.
    ///
    /// The times are by `SimulatedClock.truth`.
    var goneSince: [ReminderKey: Instant] = [:]

    // The events so far.
    var book: Book
    var lastEvaluation = Instant.distantPast
    var attempts: [DeliveryID: [Attempt]] = [:]
    var servers: [SimulatedChannel] = []
    /// The servers that reported a gone endpoint since the current plans came into force.
    var gone: Set<String> = []
    /// The servers whose breaker may be open.
    ///
    /// Since the process began, each of them has failed, refused the sender, or refused a message
    /// for an unclear reason.
    var failed: Set<String> = []
    /// When the last start, reload, clock step or release happened, by `SimulatedClock.truth`.
    var settledAt = Instant.distantPast
    /// Returns whether the program distrusts the wall clock.
    var asksClockHeld: () -> Bool = { false }
    var isClockHeld: Bool { asksClockHeld() }
    /// Whether an event has happened since the promises were last checked.
    var isUnasked = true
    /// The dates that reminders had before this evaluation changed them.
    var redated: [ReminderKey: Told] = [:]
    /// The number of change notices of each campaign that were checked so far in this evaluation.
    var judged: [[String]: Int] = [:]
    /// When the last period of faults ended, by `SimulatedClock.truth`.
    var quietSince = Instant.distantPast

    init(clock: SimulatedClock, office: Office, traces: Bool) {
        self.clock = clock
        self.traces = traces
        book = Book(lookedUntil: clock.now())
        workingDays = office.workingDays
        catchUp = office.catchUp
        read(office)
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

    /// Uses the office's plans from now on. Called at every start and reload.
    func takes(_ office: Office, isEdited: Bool, isStart: Bool) {
        if isEdited { read(office) }
        takenAt = clock.truth
        gone = []
        if isStart { failed = [] }
        if isEdited || isStart { expand() }
        if isStart { goneSince = [:] }
        seeWhatIsGone()
        looksAfresh()
    }

    private func read(_ office: Office) {
        plans = office.plans
        workingDays = office.workingDays
        recipients = office.present
        byID = Dictionary(uniqueKeysWithValues: recipients.map { ($0.id, $0) })
        formerIDs = office.formerIDs.filter { byID[$0.value] != nil }
        groups = office.groups
        channels = [:]
        formerChannels = [:]
        for line in office.configured { channels[line.name] = SimulatedChannel.policies[line.server] }
        for line in office.configured {
            for former in line.formerly where channels[former] == nil { formerChannels[former] = line.name }
        }
        (presentKeys, named, index) = ([:], [:], nil)
        let byAddress = Dictionary(grouping: recipients, by: \.email)
        sharing = Set(byAddress.values.filter { $0.count > 1 }.joined().map(\.id))
        campaigns = [:]
        for plan in plans { for campaign in plan.campaigns { campaigns[[plan.id, campaign.id]] = [plan.id, campaign.id] } }
        for plan in plans {
            for campaign in plan.campaigns {
                for owner in [plan.id] + plan.formerly {
                    for name in [campaign.id] + campaign.formerly where campaigns[[owner, name]] == nil {
                        campaigns[[owner, name]] = [plan.id, campaign.id]
                    }
                }
            }
        }
    }

    /// Expects that the next evaluation considers all reminders again.
    ///
    /// Called after a start, a reload, a clock step or a release.
    func looksAfresh() {
        evaluatesEverything = true
        isUnasked = true
        settledAt = clock.truth
        let today = Zone.utc.civil(at: clock.now()).day
        if abs(today - expandedOn) > 30 { expand() }
    }

    /// Computes the occurrences and reminders of the current plans that are near the current date.
    func expand() {
        expandedOn = Zone.utc.civil(at: clock.now()).day
        let span = (expandedOn - 450)...(expandedOn + 400)
        // An occurrence may be moved by a year, so that its name belongs to a later date. This
        // range is therefore longer than the range of the reminders.
        let ahead = span.lowerBound...(expandedOn + 1_200)
        dates = [:]
        var all: [Expected] = []
        for (p, plan) in plans.enumerated() {
            for (c, campaign) in plan.campaigns.enumerated() {
                for dates in occurrences(of: campaign, ahead) {
                    self.dates[OccurrenceKey(plan: plan.id, campaign: campaign.id, occurrence: dates.name)] = dates
                    guard dates.start <= span.upperBound else { continue }
                    all += reminders(of: dates, campaign, plan, place: p * 1_000 + c)
                }
            }
        }
        all.sort { ($0.reminder.due, $0.place) < ($1.reminder.due, $1.place) }
        // If two occurrences have one anchor, they share one reminder, which belongs to the first
        // occurrence.
        var met: Set<ReminderKey> = []
        calendar = all.filter { met.insert($0.reminder.key).inserted }
    }

    /// Computes occurrences and reminders again, unless this was done in the last 30 days.
    func expandInTime() {
        let today = Zone.utc.civil(at: clock.now()).day
        if today - expandedOn > 30 { expand() }
    }

    /// Returns the occurrences near `span` in the years of the campaign, with exceptions applied.
    private func occurrences(of campaign: Campaign, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let wide = campaign.exceptions.isEmpty ? span : (span.lowerBound - 120)...(span.upperBound + 120)
        return campaign.when.occurrences(overlapping: wide, workingDays: workingDays).compactMap { dates in
            guard campaign.years.contains(dates.start.year) else { return nil }
            let time = campaign.time
            return switch campaign.exceptions[dates.name] {
            case nil: OccurrenceDates(name: dates.name, start: dates.start, end: dates.end, time: time)
            case .some(.none): nil
            case .dates(let start, let end): OccurrenceDates(name: dates.name, start: start, end: end, time: time)
            }
        }
        .sorted { ($0.start, $0.name) < ($1.start, $1.name) }
    }

    private func reminders(of dates: OccurrenceDates, _ campaign: Campaign, _ plan: Plan, place: Int) -> [Expected] {
        var all: [Expected] = []
        for (l, lead) in campaign.leads.enumerated() {
            for anchor in lead.rule.anchors(of: dates) {
                guard let due = due(lead, anchor, dates, campaign, plan) else { continue }
                var deadline = lead.rule.isAfterEnd ? due + .days(14) : dates.told.end(in: plan.zone)
                // A lead that is due when the time is over is never sent. Without a time, a clock
                // change that skips the last hour of the last day may move the due time to the end
                // of the day.
                if due >= deadline {
                    if dates.time != nil { continue }
                    deadline = due + .hours(1)
                }
                let key = ReminderKey(plan: plan.id, campaign: campaign.id, lead: lead.id, anchor: anchor)
                let reminder = Reminder(
                    key: key, occurrence: dates.name, start: dates.start, end: dates.end, time: dates.time, due: due,
                    deadline: deadline)
                all.append(
                    Expected(reminder: reminder, notify: lead.notify, place: (place * 100 + l) * 100_000 + Int(anchor.number)))
            }
        }
        return all
    }

    /// Returns when a lead is due. Hours and minutes count back from the time of the occurrence.
    private func due(_ lead: Lead, _ anchor: Day, _ dates: OccurrenceDates, _ campaign: Campaign, _ plan: Plan) -> Instant? {
        switch lead.rule {
        case .before(let count, .hours): return dates.time.map { plan.zone.instant(anchor, $0.start) - .hours(Int64(count)) }
        case .before(let count, .minutes): return dates.time.map { plan.zone.instant(anchor, $0.start) - .minutes(Int64(count)) }
        default:
            return lead.rule.due(anchor: anchor, lastDay: dates.end, restDays: campaign.restDays, workingDays: workingDays)
                .map { plan.zone.instant($0.day, lead.at) }
        }
    }

    /// Returns when an occurrence is over, by the dates in messages and by the plan.
    func end(_ occurrence: OccurrenceKey, _ told: Told, _ dates: OccurrenceDates?) -> Instant {
        let zone = zone(occurrence)
        return max(told.end(in: zone), dates?.told.end(in: zone) ?? .distantPast)
    }

    // MARK: Names

    /// Returns the configured recipient with this current or former id; nil if there is none.
    func person(_ stored: String) -> Recipient? { byID[stored] ?? formerIDs[stored].flatMap { byID[$0] } }

    /// Returns the current name of a channel in the ledger; nil if the channel is not configured.
    func line(_ stored: String) -> String? { channels[stored] != nil ? stored : formerChannels[stored] }

    /// Returns the campaign with these current or former ids, and its plan; nil if there is none.
    func campaign(_ plan: String, _ campaign: String) -> (plan: Plan, campaign: Campaign)? {
        guard let names = campaigns[[plan, campaign]], let owner = plans.first(where: { $0.id == names[0] }) else { return nil }
        return owner.campaigns.first { $0.id == names[1] }.map { (owner, $0) }
    }

    /// Returns a reminder's identity with the current ids of its plan and campaign.
    func present(_ key: ReminderKey) -> ReminderKey {
        if let known = presentKeys[key] { return known }
        let names = campaigns[[key.plan, key.campaign]] ?? [presentPlan(key.plan), key.campaign]
        let present = ReminderKey(plan: names[0], campaign: names[1], lead: key.lead, anchor: key.anchor)
        presentKeys[key] = present
        return present
    }

    /// An index of the book's rows under the current names in the plans.
    struct RowIndex {
        let version: Int
        /// The reminders of each occurrence, in the order in which they were written.
        var ofOccurrence: [OccurrenceKey: [ReminderKey]] = [:]
        var occurrences: [ReminderKey: OccurrenceKey] = [:]
        /// Maps the current identity of a reminder to its stored identity if they differ.
        var renamed: [ReminderKey: ReminderKey] = [:]
        /// The result of `goneOccurrences`.
        var gone: [OccurrenceKey: OccurrenceKey] = [:]
    }

    private var rowIndex: RowIndex {
        if let index, index.version == book.version { return index }
        var found = RowIndex(version: book.version)
        found.gone = goneOccurrences()
        for row in book.inOrder {
            let stored = OccurrenceKey(plan: row.key.plan, campaign: row.key.campaign, occurrence: row.occurrence)
            let occurrence = found.gone[stored] ?? presentOccurrence(row.key, row.occurrence)
            found.ofOccurrence[occurrence, default: []].append(row.key)
            found.occurrences[row.key] = occurrence
            let present = present(row.key)
            if present != row.key { found.renamed[present] = row.key }
        }
        index = found
        return found
    }

    /// Replaces the book with the book that belongs to a restored copy.
    func putBack(_ copy: Book) {
        book = copy
        index = nil
    }

    /// Returns the rows of an occurrence, in the order in which they were written.
    func rows(of occurrence: OccurrenceKey) -> [Book.Row] {
        rowIndex.ofOccurrence[occurrence]?.compactMap { book.rows[$0] } ?? []
    }

    /// The reminders of each occurrence, in the order in which they were written.
    var rowsByOccurrence: [OccurrenceKey: [ReminderKey]] { rowIndex.ofOccurrence }

    /// Returns the row of a reminder, even if the row was written under former names.
    func row(_ key: ReminderKey) -> Book.Row? { book.rows[key] ?? rowIndex.renamed[key].flatMap { book.rows[$0] } }

    private func presentPlan(_ stored: String) -> String {
        (plans.first { $0.id == stored } ?? plans.first { $0.formerly.contains(stored) })?.id ?? stored
    }

    /// Returns the occurrence of a row under the current names in the plans.
    func occurrence(of row: Book.Row) -> OccurrenceKey {
        // Uses the index, unless the row was read before a rename and still has the old name.
        if let now = book.rows[row.key], now.occurrence == row.occurrence, now.title == row.title,
            let known = rowIndex.occurrences[row.key]
        {
            return known
        }
        return occurrence(row.key, row.occurrence, title: row.title)
    }

    func occurrence(_ key: ReminderKey, _ name: String, title: String) -> OccurrenceKey {
        let stored = OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: name)
        return rowIndex.gone[stored] ?? presentOccurrence(key, name)
    }

    private func presentOccurrence(_ key: ReminderKey, _ name: String) -> OccurrenceKey {
        let present = present(key)
        let isThere = campaigns[[key.plan, key.campaign]] != nil
        return OccurrenceKey(
            plan: present.plan, campaign: isThere ? present.campaign : "gone: \(present.campaign)", occurrence: name)
    }

    /// Groups the occurrences of campaigns that are in no plan.
    ///
    /// Former ids of such campaigns are unknown, so occurrences with the same title and overlapping
    /// days count as one. Returns the name of the first notified occurrence for each stored
    /// occurrence.
    private func goneOccurrences() -> [OccurrenceKey: OccurrenceKey] {
        var latest: [OccurrenceKey: Book.Row] = [:]
        var former: [OccurrenceKey: [ClosedRange<Day>]] = [:]
        for row in book.inOrder where row.state == .fired && campaigns[[row.key.plan, row.key.campaign]] == nil {
            let stored = OccurrenceKey(plan: row.key.plan, campaign: row.key.campaign, occurrence: row.occurrence)
            latest[stored] = row
            if let days = row.formerDates { former[stored, default: []].append(days) }
        }
        var gone: [OccurrenceKey: OccurrenceKey] = [:]
        var kinds: [[String]: [(key: OccurrenceKey, days: [ClosedRange<Day>])]] = [:]
        for (stored, row) in latest.sorted(by: { $0.value.serial < $1.value.serial }) {
            let own = presentOccurrence(row.key, row.occurrence)
            let topic = [own.plan, own.occurrence, row.title]
            let days = [row.start...row.end] + (former[stored] ?? [])
            let known = kinds[topic, default: []].firstIndex { kind in
                kind.key == own || kind.days.contains { one in days.contains { one.overlaps($0) } }
            }
            let key = known.map { kinds[topic]![$0].key } ?? own
            if let known { kinds[topic]![known].days = days } else { kinds[topic, default: []].append((own, days)) }
            gone[stored] = key
            // A change notice uses the current name of the plan.
            gone[OccurrenceKey(plan: own.plan, campaign: stored.campaign, occurrence: stored.occurrence)] = key
        }
        return gone
    }

    func zone(_ occurrence: OccurrenceKey) -> Zone {
        (plans.first { $0.id == occurrence.plan } ?? plans.first { $0.formerly.contains(occurrence.plan) } ?? plans.first)?.zone
            ?? .utc
    }

    /// Returns the named recipients and the members of named groups, in the order of `recipients`.
    func recipients(_ names: [String]) -> [Recipient] {
        if let known = named[names] { return known }
        var meant: Set<String> = []
        var waiting = names
        while let name = waiting.popLast() {
            if meant.insert(name).inserted { waiting += groups[name] ?? [] }
        }
        let found = recipients.filter { meant.contains($0.id) }
        named[names] = found
        return found
    }

    /// Returns pairs of recipient and channel for the deliveries to these recipients.
    ///
    /// If several recipients share an address on a mail channel, only the first is included.
    func slots(_ recipients: [Recipient]) -> [[String]] {
        var addresses: Set<[String]> = []
        return recipients.flatMap { recipient in
            recipient.via.filter { channel in
                guard let policy = channels[channel], policy.onUnknown != .retry, let email = recipient.email else { return true }
                return addresses.insert([channel, email]).inserted
            }
            .map { [recipient.id, $0] }
        }
    }

    /// Returns whether a recipient with the same mail address may get the message instead.
    func sharesAddress(_ recipient: Recipient) -> Bool { sharing.contains(recipient.id) }

    func words(_ delivery: Book.Delivery) -> String {
        let name = "\(delivery.row.plan)/\(delivery.row.campaign) \(book.rows[delivery.row]?.occurrence ?? "")"
        return "\(name) '\(delivery.row.lead)' \(delivery.row.anchor) to \(delivery.recipient) by \(delivery.channel)"
    }
}
