import Diagnostics
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Times, places, owners and links of campaigns")
struct PlanDetailsTests {
    private static func campaign(_ keys: String, head: String = "") throws -> Campaign {
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", "plan: p\ntitle: P\nnotify: [an]\n\(head)campaigns:\n  - {id: a, title: A, \(keys)}\n")
        try folder.write(
            "remindd.yaml",
            """
            channels:
              mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: nhac@example.vn}}
            recipients:
              - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}
            plans: [plan.yaml]

            """)
        let loader = Loader()
        let loaded = loader.load(configuration: folder.path("remindd.yaml"))
        #expect(loader.problems.all.filter { $0.severity == .error } == [])
        return try #require(loaded?.accepted.plans.plans.first?.campaigns.first)
    }

    @Test("A campaign has the time, place, owner and link of its keys")
    func keys() throws {
        let campaign = try Self.campaign(
            "when: 8/3, time: 14h - 16h30, place: Hội trường A, owner: an, link: \"https://example.vn/a?b=1#c\"")
        #expect(
            campaign.details
                == EventDetails(
                    time: EventTime(stored: "14:00-16:30"), place: "Hội trường A", owner: "an", link: "https://example.vn/a?b=1#c"
                ))
        #expect(campaign.writtenWhen == "8/3" && campaign.when == .day(MonthDay(month: 3, day: 8)!))
    }

    @Test(
        "An hour in `when` is the time, and the key may add its end",
        arguments: [
            ("when: 20h 3/10/2026", "20:00"), ("when: 8/3 lúc 18:30, time: \"18:30\"", "18:30"),
            ("when: 8/3 lúc 18:30, time: 18:30 - 20:00", "18:30-20:00"), ("when: từ 8h đến 11h30 ngày 15/11", "08:00-11:30"),
            ("when: 1/6 - 3/6, time: 14:00 - 10:00", "14:00-10:00"), ("when: trước 17h ngày 15/11", "17:00"),
        ])
    func hours(keys: String, time: String) throws {
        #expect(try Self.campaign(keys).time?.stored == time)
    }

    @Test("A part of the day in `when` is kept, without a time")
    func parts() throws {
        let campaign = try Self.campaign("when: sáng ngày 16/11")
        #expect(campaign.details == EventDetails(partOfDay: .morning))
    }

    @Test("A campaign without these keys has no details")
    func none() throws {
        let campaign = try Self.campaign("when: 8/3")
        #expect(campaign.details == EventDetails() && campaign.time == nil)
    }

    @Test("A lead has its own words and its own note, and leads in hours ignore `at`")
    func leads() throws {
        let leads = try Self.campaign(
            """
            when: 8/3, time: "14:00", note: Chung, at: "09:00",
                remind: [{when: 2 giờ trước, say: Mang theo báo cáo}, {when: đúng ngày, note: Riêng}, 30 phút trước]
            """
        ).leads
        #expect(leads.map(\.id) == ["2 hours before", "on the day", "30 minutes before"])
        #expect(leads.map(\.say) == ["Mang theo báo cáo", nil, nil] && leads.map(\.note) == [nil, "Riêng", nil])
    }

    @Test("A campaign with a time inherits the plan's leads in hours")
    func inherited() throws {
        let timed = try Self.campaign("when: 8/3 lúc 14:00", head: "remind: [2 hours before]\n")
        #expect(timed.leads.map(\.rule) == [.before(2, .hours)])
    }
}
