import Dates
import Foundation
import Plans
import Scheduler

@testable import Notifiers
@testable import Transport

/// Messages for tests, about the drowning-prevention campaign of a Vietnamese plan.
///
/// A test can replace each property of a message (`Case`).
enum Fixture {
    static let zone: Zone = {
        guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/Asia/Ho_Chi_Minh") else {
            fatalError("no zone data: install tzdata")
        }
        do { return try Zone(name: "Asia/Ho_Chi_Minh", tzif: Array(data)) } catch { fatalError("\(error)") }
    }()

    static func day(_ iso: String) -> Day {
        guard let day = Day(iso) else { fatalError("\(iso) is no day") }
        return day
    }

    static func instant(_ iso: String, _ time: String = "08:00") -> Instant {
        guard let time = TimeOfDay(time) else { fatalError("\(time) is no time") }
        return zone.instant(day(iso), time)
    }

    static func phrase(_ text: String) -> Recurrence {
        do { return try Recurrence(phrase: text) } catch { fatalError("\(error)") }
    }

    struct Case {
        var title = "Phòng, chống đuối nước trẻ em"
        var when = Fixture.phrase("early Q2")
        var start = "2027-04-01"
        var end = "2027-04-30"
        var due = "2027-03-02"
        var at = "2027-03-02"
        var clock = "08:00"
        var language: Language? = .vi
        var kind = ReminderContent.Kind.reminder
        var firedLate = false
        var formerDates: ClosedRange<Day>?
        var formerTime: EventTime?
        var time: EventTime?
        var details = EventDetails()
        var owner: String?
        var lead = Lead(id: "30 days before", rule: .before(30, .days), at: .midnight, notify: ["all-units"])
        var audience: Audience?
        var confidential: [String] = []
        var calendar: CalendarMark?
        var hasEvent = true
        var rehearsal = false
        var source = Plan.Source(
            number: "240/LĐTBXH-TE&BĐG", date: Fixture.day("2024-01-24"), issuer: "Sở Giao thông vận tải Quảng Ninh")
        var cite: String? = "triển khai sớm các hoạt động phòng chống đuối nước ngay trong đầu quý 2"
        var note: String? = "Rà soát biển cảnh báo tại khu vực nguy cơ đuối nước.\nGọi 111 khi cần."
        var contact: String? = "Văn phòng Công đoàn ngành, 0229 3871 234"
        var tags = ["children"]
        var recipient = Recipient(
            id: "women-committee", name: "Ban Nữ công", email: "nucong@example.vn", language: nil, via: ["mail"], otherwise: [])
        var groups = ["all-units"]
        var possibleDuplicate = false

        var notice: ReminderContent {
            let campaign = Campaign(
                id: "drowning-prevention", title: title, when: when, writtenWhen: "early Q2", leads: [], cite: cite, tags: tags,
                note: note, details: details, confidential: confidential)
            let plan = Plan(
                id: "quang-ninh-transport", title: "Kế hoạch công tác trẻ em", source: source, zone: Fixture.zone,
                language: language ?? .vi, campaigns: [campaign])
            let key = ReminderKey(
                plan: plan.id, campaign: campaign.id, lead: "30 days before", anchor: Fixture.day(start))
            let reminder = Reminder(
                key: key, occurrence: String(start.prefix(4)), start: Fixture.day(start), end: Fixture.day(end),
                time: time, due: Fixture.instant(due), deadline: Fixture.zone.endOfDay(Fixture.day(end)))
            return ReminderContent(
                kind: kind, plan: plan, campaign: campaign, lead: lead, owner: owner,
                stored: StoredReminder(
                    reminder: reminder, firedAt: Fixture.instant(due), late: firedLate, formerDates: formerDates,
                    formerTime: formerTime),
                contact: contact, rehearsal: rehearsal, audience: audience, calendar: calendar, hasEvent: hasEvent)
        }

        func message(_ notice: ReminderContent? = nil) -> Message {
            let notice = notice ?? self.notice
            return Message(
                delivery: DeliveryID(
                    reminder: notice.reminder.key, recipient: recipient.id, channel: "mail", rehearsal: rehearsal),
                attempt: 1, at: Fixture.instant(at, clock), notice: notice, recipient: recipient, groups: groups,
                possibleDuplicate: possibleDuplicate)
        }
    }

    static func with(_ change: (inout Case) -> Void) -> Case {
        var fixture = Case()
        change(&fixture)
        return fixture
    }

    static func address(_ text: String) -> EmailAddress {
        do { return try EmailAddress(text) } catch { fatalError("\(error)") }
    }
}
