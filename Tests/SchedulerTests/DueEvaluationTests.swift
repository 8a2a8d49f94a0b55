import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// A campaign from 1 June to 30 June.
///
/// Its leads are 30 days before, 7 days before, on the day, and 10 days after the end.
private let june = plan(
    .window(from: MonthDay(month: 6, day: 1)!, to: MonthDay(month: 6, day: 30)!),
    [
        (.before(30, .days), ["a", "b"]), (.before(7, .days), ["a", "b"]), (.onTheDay, ["a"]), (.afterEnd(10, .days), ["b"]),
    ])

/// Returns the decisions of an evaluation as strings.
///
/// `a,b < lead-1 late` means that the reminder of lead 1 fires late for recipients a and b.
/// `a (a) + lead-1` means that a recorded reminder gets a delivery for a. The brackets contain
/// `joined`.
private func decide(
    _ state: ActiveConfiguration, now: Instant, lookedUntil: Instant, _ history: NotificationHistory = NotificationHistory()
) -> [String] {
    let candidates = state.plans.candidates(lookedUntil: lookedUntil, now: now)
    let decision = state.decide(candidates, history, lookedUntil: lookedUntil, now: now)
    let people = state.directory.recipients
    func ids(_ positions: RecipientSet) -> String { positions.map { people[$0].id }.joined(separator: ",") }
    return decision.firings.map { firing in
        "\(ids(firing.recipients)) < \(firing.scheduled.reminder.key.lead)\(firing.late ? " late" : "")"
    }
        + decision.topUps.map { topUp in
            let joined = topUp.joined.isEmpty ? "" : " (\(ids(topUp.joined)))"
            return "\(ids(topUp.recipients))\(joined) + \(topUp.recorded.key.lead)\(topUp.dates == nil ? "" : " new dates")"
        } + decision.superseded.map { "superseded \($0.key.lead)" } + decision.missed.map { "missed \($0.key.lead)" }
}

@Suite("The evaluation decides for each recipient which reminders are due")
struct DueEvaluationTests {
    let state = accepted([june], people("a", "b"))

    @Test("A reminder that is due on time is sent to all recipients that it names")
    func onTime() {
        let due = at("2027-05-02", "08:00")
        let before = Instant(milliseconds: due.milliseconds - 1)
        #expect(decide(state, now: before, lookedUntil: before) == [])
        #expect(decide(state, now: due, lookedUntil: before) == ["a,b < lead-0"])
    }

    @Test("(a) After a gap each recipient gets only the latest reminder; unused reminders are superseded (fault 43)")
    func latestOnly() {
        let now = at("2027-06-10", "09:00")
        // "On the day" is the latest lead that names a, and "7 days before" is the latest that
        // names b. "30 days before" is not the latest lead of any recipient.
        #expect(
            decide(state, now: now, lookedUntil: at("2027-04-01", "00:00"))
                == ["b < lead-1 late", "a < lead-2 late", "superseded lead-0"])
    }

    @Test("(a) A campaign that is added late fires a lead that was due before the last evaluation (fault 53)")
    func addedLate() {
        let now = at("2027-05-20", "09:00")
        #expect(decide(state, now: now, lookedUntil: now) == ["a,b < lead-0 late"])
    }

    @Test("(a) A recipient of an equal or later reminder of the occurrence gets no older one")
    func givenLater() {
        let now = at("2027-05-26", "09:00")
        let occurrence = OccurrenceKey(plan: "p", campaign: "c", occurrence: "2027")
        var standing = StandingDeliveries()
        standing.add([0], of: key("another"), due: at("2027-05-25", "08:00"))
        #expect(
            decide(state, now: now, lookedUntil: now, NotificationHistory(standing: [occurrence: standing]))
                == ["b < lead-1 late", "superseded lead-0"])
    }

    @Test("A reminder that the ledger has is not fired again, whatever the clock does (fault 39)")
    func recorded() {
        let due = at("2027-05-02", "08:00")
        let history = NotificationHistory(recorded: [key("lead-0"): row("lead-0", state)])
        #expect(decide(state, now: due + .hours(1), lookedUntil: due - .hours(1), history) == [])
    }

    // MARK: Recorded reminders: missing deliveries of each recipient

    private func key(_ lead: String) -> ReminderKey {
        ReminderKey(plan: "p", campaign: "c", lead: lead, anchor: Day("2027-06-01")!)
    }

    /// Returns the recorded reminder of a lead.
    ///
    /// `named` is the configuration whose recipients the reminder named. If it is nil, the reminder
    /// has no fingerprint of recipients, as in rows of version 0.1.0.
    private func row(
        _ lead: String, _ named: ActiveConfiguration?, state: ReminderState = .fired, isClosed: Bool = false,
        isComplete: Bool = true,
        hasWithdrawn: Bool = false, end: String = "2027-06-30"
    ) -> RecordedReminder {
        var resolved = ActiveConfiguration.Resolved()
        let lead = key(lead)
        let notify = named?.plans.plans[0].campaigns[0].leads.first { $0.id == lead.lead }?.notify ?? []
        return RecordedReminder(
            key: lead, start: Day("2027-06-01")!, end: Day(end)!, due: at("2027-05-02", "08:00"),
            deadline: at("2027-07-01", "00:00"), state: state, isClosed: isClosed, isComplete: isComplete,
            named: named.map { $0.named(notify, 0, &resolved).fingerprint }, hasWithdrawn: hasWithdrawn)
    }

    private func history(
        _ row: RecordedReminder, has: RecipientSet = [], withdrawn: RecipientSet = [], failedOver: RecipientSet = []
    ) -> NotificationHistory {
        var standing = StandingDeliveries()
        standing.add(has, of: row.key, due: row.due)
        standing.addWithdrawn(withdrawn, failedOver: failedOver, of: row.key)
        let occurrence = OccurrenceKey(plan: "p", campaign: "c", occurrence: "2027")
        return NotificationHistory(recorded: [row.key: row], standing: [occurrence: standing])
    }

    private let later = at("2027-05-10", "09:00")

    @Test("A recipient who joins after a lead was due gets it, except with joiners: none or catch_up: none")
    func joiner() {
        let three = people("a", "b", "c")
        func state(_ joiners: Joiners, _ catchUp: CatchUp = .latest) -> ActiveConfiguration {
            let plan = plan(june.campaigns[0].when, [(.before(30, .days), ["a", "b", "c"])], joiners: joiners)
            return accepted([plan], three, catchUp: catchUp)
        }
        let before = accepted([plan(june.campaigns[0].when, [(.before(30, .days), ["a", "b"])])], three)
        let told = history(row("lead-0", before), has: [0, 1])
        #expect(decide(state(.latest), now: later, lookedUntil: later, told) == ["c (c) + lead-0"])
        #expect(decide(state(.none), now: later, lookedUntil: later, told) == [])
        #expect(decide(state(.latest, .none), now: later, lookedUntil: later, told) == [])
    }

    @Test("A cancelled delivery whose reason has ended is made again, even if joiners get nothing")
    func revived() {
        let plan = plan(june.campaigns[0].when, [(.before(30, .days), ["a", "b"])], joiners: .none)
        let state = accepted([plan], people("a", "b"), catchUp: .none)
        let told = history(row("lead-0", state, hasWithdrawn: true), has: [0], withdrawn: [1])
        #expect(decide(state, now: later, lookedUntil: later, told) == ["b + lead-0"])
    }

    @Test("An incomplete firing is completed, and a complete one is not checked for missing recipients")
    func completed() {
        let plan = plan(june.campaigns[0].when, [(.before(30, .days), ["a", "b"])], joiners: .none)
        let state = accepted([plan], people("a", "b"))
        #expect(
            decide(state, now: later, lookedUntil: later, history(row("lead-0", nil, isComplete: false), has: [0]))
                == ["b + lead-0"])
        // The history has no deliveries of this reminder, because no deliveries are read if a
        // firing is complete.
        #expect(decide(state, now: later, lookedUntil: later, history(row("lead-0", state))) == [])
    }

    @Test("An upgrade makes nobody a joiner, and rows of version 0.1.0 only get their fingerprint")
    func upgrade() {
        let candidates = state.plans.candidates(lookedUntil: later, now: later)
        let decision = state.decide(candidates, history(row("lead-0", nil), has: [0]), lookedUntil: later, now: later)
        #expect(decision.isEmpty)
        #expect(decision.named == [key("lead-0"): row("lead-0", state).named])
    }

    @Test("A superseded lead is sent to recipients whom no other lead names now, and a closed lead is not")
    func closed() {
        let superseded = row("lead-0", nil, state: .superseded)
        let open = history(
            RecordedReminder(
                key: superseded.key, start: superseded.start, end: superseded.end, due: superseded.due,
                deadline: superseded.deadline, state: .superseded, named: 1))
        #expect(decide(state, now: later, lookedUntil: later, open) == ["a,b (a,b) + lead-0"])
        let closed = history(row("lead-0", nil, state: .superseded, isClosed: true))
        #expect(decide(state, now: later, lookedUntil: later, closed) == [])
    }

    @Test("A recipient notified of other dates gets nothing, and a recipient whose delivery was withdrawn gets the current dates")
    func otherDates() {
        let told = history(row("lead-0", state, end: "2027-06-20"), has: [0], withdrawn: [1])
        #expect(decide(state, now: later, lookedUntil: later, told) == ["b + lead-0 new dates"])
        let all = history(row("lead-0", state, end: "2027-06-20"), has: [0, 1])
        #expect(decide(state, now: later, lookedUntil: later, all) == [" + lead-0 new dates"])
    }

    @Test("A delivery fails over from a removed channel, also if its recipient was notified through a second channel")
    func failedOver() {
        let told = history(row("lead-0", state, hasWithdrawn: true), has: [0, 1], withdrawn: [1], failedOver: [1])
        #expect(decide(state, now: later, lookedUntil: later, told) == ["b + lead-0"])
    }

    @Test("Recipients of a later lead get no delivery of an earlier one")
    func laterServes() {
        let now = at("2027-05-26", "09:00")
        var told = history(row("lead-0", nil, isComplete: false), has: [])
        told.recorded[key("lead-1")] = row("lead-1", state)
        #expect(decide(state, now: now, lookedUntil: now, told) == ["a,b (a,b) + lead-1"])
    }

    @Test("(b) A reminder whose deadline passed without an evaluation is missed")
    func missed() {
        let now = at("2027-08-01", "09:00")
        #expect(
            decide(state, now: now, lookedUntil: at("2027-05-30", "00:00")) == ["missed lead-2", "missed lead-3"])
    }

    @Test("(c) A reminder that was added to the plan after its deadline is neither fired nor missed")
    func notInThePlan() {
        let now = at("2027-08-01", "09:00")
        #expect(decide(state, now: now, lookedUntil: now) == [])
    }

    @Test("A lead after the end is sent until 14 days after its due time")
    func afterTheEnd() {
        let due = at("2027-07-10", "08:00")
        let last = Instant(milliseconds: (due + .days(14)).milliseconds - 1)
        #expect(decide(state, now: last, lookedUntil: due - .days(1)) == ["b < lead-3 late"])
        #expect(decide(state, now: due + .days(14), lookedUntil: due - .days(1)) == ["missed lead-3"])
    }

    @Test("The deadline is 24:00 of the occurrence's last day in the plan's zone")
    func deadline() {
        let midnight = at("2027-07-01", "00:00")
        let justBefore = Instant(milliseconds: midnight.milliseconds - 1)
        #expect(decide(state, now: justBefore, lookedUntil: justBefore).contains("a < lead-2 late"))
        #expect(decide(state, now: midnight, lookedUntil: midnight) == [])
    }

    @Test("With catch_up: none a reminder is sent up to 15 minutes late and missed after that")
    func catchUpNone() {
        let strict = accepted([june], people("a", "b"), catchUp: .none)
        let due = at("2027-05-02", "08:00")
        #expect(decide(strict, now: due + .minutes(15), lookedUntil: due - .days(1)) == ["a,b < lead-0"])
        #expect(
            decide(strict, now: due + .minutes(15) + .seconds(1), lookedUntil: due - .days(1)) == ["missed lead-0"])
    }

    @Test("If two leads are due at the same time, each recipient gets the first one in the plan")
    func sameDue() {
        let twice = plan(
            .day(MonthDay(month: 6, day: 28)!), [(.before(7, .days), ["a"]), (.before(1, .weeks), ["a", "b"])])
        let due = at("2027-06-21", "08:00")
        #expect(
            decide(accepted([twice], people("a", "b")), now: due, lookedUntil: due - .days(1))
                == ["a < lead-0", "b < lead-1"])
    }

    @Test("A reminder that names nobody is fired without recipients")
    func nobody() {
        let empty = plan(.day(MonthDay(month: 6, day: 28)!), [(.onTheDay, [])])
        let due = at("2027-06-28", "08:00")
        #expect(decide(accepted([empty], people("a")), now: due, lookedUntil: due - .days(1)) == [" < lead-0"])
    }
}

@Suite("The recipients of a reminder")
struct DirectoryTests {
    @Test("A recipient who is named twice, or through two groups, is notified once")
    func once() {
        let directory = people("a", "b", "c", groups: ["x": ["a", "b"], "y": ["x", "c"]])
        #expect(directory.resolve(["y", "x", "a"]) == [0, 1, 2])
        #expect(directory.groups(of: "c", among: ["x", "y", "a"]) == ["y"])
    }

    @Test("If two recipients share an address on a mail channel, the first defined gets the mail")
    func oneAddress() {
        let duplicates = ["a", "b"].map {
            Recipient(id: $0, name: $0, email: "same@example.vn", language: nil, via: ["mail", "hub"], otherwise: [])
        }
        let directory = RecipientDirectory(recipients: duplicates, groups: [:], addressKinds: ["mail": .email])
        let key = ReminderKey(plan: "p", campaign: "c", lead: "l", anchor: Day("2027-06-01")!)
        let deliveries = directory.deliveries(of: key, to: [0, 1], rehearsal: false)
        #expect(deliveries.map { "\($0.recipient) \($0.channel)" } == ["a mail", "a hub", "b hub"])
    }

    @Test("A channel that needs a phone goes by the phone, and a mail channel by the e-mail address of the same recipient")
    func addressKinds() {
        let recipients = [
            Recipient(
                id: "a", name: "A", addresses: [.email: "a@example.vn", .phone: "+84911111111"], language: nil,
                via: ["mail", "sms"], otherwise: []),
            Recipient(
                id: "b", name: "B", addresses: [.email: "a@example.vn", .phone: "+84922222222"], language: nil,
                via: ["mail", "sms"], otherwise: []),
            Recipient(
                id: "c", name: "C", addresses: [.email: "c@example.vn", .phone: "+84911111111"], language: nil,
                via: ["sms", "mail"], otherwise: []),
            Recipient(id: "d", name: "D", addresses: [.phone: "+84922222222"], language: nil, via: ["hub"], otherwise: []),
        ]
        let directory = RecipientDirectory(
            recipients: recipients, groups: [:], addressKinds: ["mail": .email, "sms": .phone])
        let key = ReminderKey(plan: "p", campaign: "c", lead: "l", anchor: Day("2027-06-01")!)
        let deliveries = directory.deliveries(of: key, to: [0, 1, 2, 3], rehearsal: false)
        #expect(deliveries.map { "\($0.recipient) \($0.channel)" } == ["a mail", "a sms", "b sms", "c mail", "d hub"])
        let shared = directory.sharedAddresses().map { "\($0.first) \($0.other) \($0.channel)" }
        #expect(shared == ["0 1 mail", "0 2 sms"])
        #expect(directory.recipient("c")?.addresses[.phone] == "+84911111111")
        // Without a channel that uses phones, recipients share no phones. The fingerprint is
        // different.
        let other = RecipientDirectory(recipients: recipients, groups: [:], addressKinds: ["mail": .email])
        #expect(other.fingerprint != directory.fingerprint)
    }

    @Test("A group includes its nested groups, and a group that contains only itself or nobody is empty")
    func groups() {
        let directory = people("a", "b", "c", groups: ["x": ["a", "y"], "y": ["b", "z"], "z": ["z"], "w": ["z"], "v": []])
        #expect(["x", "y", "z", "w", "v", "u", "a"].map { directory.resolve([$0]) } == [[0, 1], [1], [], [], [], [], [0]])
        #expect(directory.groupNames == ["v", "w", "x", "y", "z"])
        #expect(directory.emptyGroups == ["v", "w", "z"])
        #expect(directory.groupNames.filter(directory.namesAnybody) == ["w", "x", "y", "z"])
    }

    @Test("Deliveries are made in parts in recipient order, and the channels of a recipient stay together")
    func addressees() {
        let readers = (0..<10).map {
            // The last recipient has the address of the first recipient. The recipient in the
            // middle has no channel.
            Recipient(
                id: "r\($0)", name: "", email: "r\($0 % 9)@example.vn", language: nil, via: $0 == 5 ? [] : ["hub", "mail"],
                otherwise: [])
        }
        let directory = RecipientDirectory(recipients: readers, groups: [:], addressKinds: ["mail": .email])
        let key = ReminderKey(plan: "p", campaign: "c", lead: "l", anchor: Day("2027-06-01")!)
        let whole = directory.deliveries(of: key, to: RecipientSet(0..<10), rehearsal: false)
        #expect(whole.count == 17)
        #expect(directory.deliveryCount(to: RecipientSet(0..<10)) == 17)
        var parts: [[NewDelivery]] = []
        var addressees = Addressees(directory, of: key, to: RecipientSet(0..<10), rehearsal: false)
        #expect(addressees.take(atLeast: 0).isEmpty)
        while !addressees.isEmpty { parts.append(addressees.take(atLeast: 3)) }
        #expect(parts.map(\.count) == [4, 4, 4, 4, 1])
        #expect(parts.flatMap { $0 } == whole)
    }

    @Test("A recipient who was already notified is skipped, and so are others with the same address")
    func passedOver() {
        let readers = ["a", "b", "c"].map {
            Recipient(id: $0, name: $0, email: "\($0 == "c" ? "a" : $0)@example.vn", language: nil, via: ["mail"], otherwise: [])
        }
        let directory = RecipientDirectory(recipients: readers, groups: [:], addressKinds: ["mail": .email])
        let key = ReminderKey(plan: "p", campaign: "c", lead: "l", anchor: Day("2027-06-01")!)
        var addressees = Addressees(directory, of: key, to: [0, 1, 2], passingOver: [0], rehearsal: false)
        #expect(addressees.take(atLeast: 9).map(\.recipient) == ["b"])
    }

    @Test("A delivery's id comes from its identity, has 26 letters and digits, and shows a rehearsal")
    func identity() {
        let key = ReminderKey(
            plan: "quang-ninh-transport", campaign: "drowning-prevention", lead: "30 days before", anchor: Day("2027-04-01")!)
        let id = DeliveryID(reminder: key, recipient: "women-committee", channel: "mail", rehearsal: false)
        // The expected id was computed with:
        //
        //   printf '%s\n' quang-ninh-transport drowning-prevention '30 days before' 2027-04-01 \
        //     women-committee mail |
        //     sha256sum | cut -c1-32 | xxd -r -p | base32 | tr -d = | tr A-Z a-z
        #expect(id.text == "glu6xokdnaz7w6bfk4ger65ayq")
        let rehearsed = DeliveryID(reminder: key, recipient: "women-committee", channel: "mail", rehearsal: true)
        #expect(rehearsed.text == "rehearsal-" + id.text)
    }
}
