import Dates
import Plans
import Randomness
import Scheduler

/// Makes random plans from a seed, in the style in which officers write plans.
///
/// The plans use every kind of phrase and lead, in both languages. A third of the campaigns have a
/// time of day, from which some of their leads count hours or minutes back.
struct RandomPlans {
    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { random.number(range) }
    private mutating func one<Choice>(of choices: [Choice]) -> Choice { random.one(of: choices) }
    private mutating func chance(oneIn count: Int) -> Bool { number(1...count) == 1 }

    /// The recipients of every plan.
    ///
    /// Two recipients share an address, one recipient uses both channels, and one uses only the
    /// webhook. Groups are nested.
    static let recipients = """
          - {id: an, name: Nguyễn Thị An, email: chung@example.vn, via: [mail]}
          - {id: binh, email: binh@example.vn, language: en, via: [mail, hub]}
          - {id: chi, via: [hub]}
          - {id: dung, email: chung@example.vn, via: [mail]}
        groups:
          pair: [an, binh]
          everyone: [chi, pair, dung, binh]
        """

    private mutating func people() -> String {
        one(of: ["[an]", "[binh]", "[chi, an]", "[pair]", "[everyone]", "[dung, an]", "[pair, chi]"])
    }

    /// Zones whose clocks change at various hours, and two zones without clock changes.
    private static let zones = [
        "Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Africa/Casablanca", "Asia/Kolkata",
    ]
    private mutating func time() -> String { one(of: ["08:00", "07:30", "02:30", "00:00", "23:59"]) }

    /// Returns a plan of one to three campaigns around 2027.
    mutating func plan(id: String) -> String {
        var lines = [
            "plan: \(id)", "title: Kế hoạch \(id)", "timezone: \(one(of: RandomPlans.zones))",
            "language: \(one(of: ["vi", "en"]))",
            "at: \"\(time())\"", "notify: \(people())",
            "rest_days: \(one(of: ["send", "previous working day", "next working day"]))",
            "remind: [\(leads())]", "campaigns:",
        ]
        // A weekly series without a first day begins with the date of the source.
        if chance(oneIn: 2) { lines.insert("source: {date: 2026-01-05}", at: 2) }
        for index in 1...number(1...3) {
            let phrase = when()
            var hasTime = phrase.kind == .timed
            lines += ["  - id: c\(index)", "    title: Việc số \(index)", "    when: \(phrase.text)"]
            if phrase.kind != .timed, phrase.kind != .partOfDay, chance(oneIn: 3) {
                lines.append("    time: \"\(one(of: ["09:00", "14:00 - 16:30", "00:30", "23:30"]))\"")
                hasTime = true
            }
            if chance(oneIn: 3), let exception = exception(phrase.kind, phrase.text) {
                lines.append("    except: {\(exception)}")
            }
            if chance(oneIn: 4) { lines.append("    years: \(one(of: ["2027", "2026-2027", "2027-", "2024-2030"]))") }
            if !chance(oneIn: 4) { lines.append("    remind: [\(leads(inHours: hasTime))]") }
            if chance(oneIn: 3) { lines.append("    notify: \(people())") }
            if chance(oneIn: 4) { lines.append("    rest_days: \(one(of: ["previous working day", "next working day"]))") }
            if chance(oneIn: 4) { lines.append("    at: \"\(time())\"") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: when

    /// How the occurrences of a phrase are named, and thus which keys `except` accepts.
    private enum Kind {
        case year, leapYear, leapMonth, month, quarter, start, fortnight, once
        /// A phrase that gets no exceptions.
        case plain
        /// A phrase with an hour, which takes no `time` and gets no exceptions.
        case timed
        /// A phrase with a part of the day, which takes no other hour and gets no exceptions.
        case partOfDay
    }

    private mutating func when() -> (text: String, kind: Kind) {
        switch number(0...17) {
        case 0...3: (solar(), .year)
        case 4: (lunar(), .year)
        case 5:
            one(of: [
                ("29/2 leap years only", Kind.leapYear), ("29/2 or 28/2", .year), ("29/2 hoặc 1/3", .year),
                ("âm lịch 15/\(number(3...6)) nhuận", .leapMonth),
            ])
        case 6:
            one(of: [
                ("day \(number(1...28)) of every month", Kind.month), ("ngày cuối hằng tháng", .month),
                ("first working day of every month", .month), ("ngày làm việc cuối cùng hằng tháng", .month),
            ])
        case 7:
            one(of: [
                ("last working day of every quarter", Kind.quarter), ("ngày đầu tiên hằng quý", .quarter),
                ("last day of every quarter", .quarter), ("ngày làm việc đầu tiên hằng quý", .quarter),
            ])
        case 8: one(of: [(steps(), Kind.start), (steps(), .start), ("every 2 weeks from 2026-01-05", .fortnight)])
        case 9: (dated(), .once)
        case 10: (series(), .start)
        case 11: (monthly(), .month)
        case 12: (quarterly(), .quarter)
        case 13: (listed(), .plain)
        case 14, 15: (deadline(), .plain)
        case 16: (period(), .year)
        default:
            one(of: [
                ("20h ngày 3/10/2027", Kind.timed), ("8/3 lúc 18:30", .timed), ("trước 17h ngày 15/11", .timed),
                ("8 giờ sáng thứ hai hằng tuần", .timed), ("từ 14h ngày 1/6 đến 10h ngày 3/6", .timed),
                ("chiều ngày 16/11", .partOfDay),
            ])
        }
    }

    /// A day of the week in both languages.
    private mutating func weekday() -> (english: String, vietnamese: String) {
        one(of: [("Monday", "thứ hai"), ("Friday", "thứ sáu"), ("Saturday", "thứ bảy"), ("Sunday", "chủ nhật")])
    }

    /// A series whose occurrences are named by their first days.
    private mutating func series() -> String {
        let day = weekday()
        return one(of: [
            "every \(day.english)", "\(day.vietnamese) hằng tuần", "\(day.vietnamese) hằng tuần bắt đầu từ ngày 27/6/2026",
            "\(day.vietnamese) hằng tuần đến ngày 30/9/2027", "every Wednesday and Saturday until 30/9/2027",
            "every Wednesday and Saturday from 27/6/2026", "day 1 and 15 of every month", "ngày 1 và 15 hằng tháng",
            "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01 for 3 days",
        ])
    }

    private mutating func monthly() -> String {
        let day = weekday()
        // Every month has twelve working days, even the month of Tết.
        return one(of: [
            "first \(day.english) of every month", "last \(day.english) of every month", "\(day.vietnamese) đầu tiên hằng tháng",
            "\(number(4...12))th working day of every month", "ngày làm việc thứ 5 hằng tháng",
        ])
    }

    private mutating func quarterly() -> String {
        let day = weekday()
        return one(of: [
            "first \(day.english) of every quarter", "last \(day.english) of every quarter",
            "day \(number(1...28)) of every quarter", "ngày \(number(1...28)) hằng quý",
            "day 20 of the last month of every quarter", "ngày \(number(1...28)) tháng cuối quý",
        ])
    }

    private mutating func listed() -> String {
        let late = number(0...2)
        return one(of: [
            "2027-02-17, 2027-10-06, 2027-09-25 - 2027-09-27", "15/4/2027, 20/4/2027",
            "2026-12-\(number(10...28)), 2027-0\(number(1...9))-15, 2027-1\(late)-05 - 2027-1\(late)-09",
        ])
    }

    private mutating func deadline() -> String {
        let month = number(1...12)
        return one(of: [
            "by \(monthDay())", "hạn \(monthDay())", "chậm nhất ngày \(monthDay())", "đến hết ngày \(monthDay())",
            "trước ngày \(monthDay())", "before 10/\(month)/2027", "by day \(number(1...28)) of every month",
            "trước ngày \(number(1...28)) hằng tháng", "hết tháng \(month)", "trước tháng \(month)",
            "by last working day of June", "trước ngày làm việc cuối cùng hằng quý", "by 29/2 or 28/2", "by lunar 15/8",
            "trước rằm tháng 7",
        ])
    }

    /// A feast, a half of the year, a range of months, or the first ten days of a month.
    private mutating func period() -> String {
        let month = number(1...12)
        let last = (month + number(0...3)) % 12 + 1
        return one(of: [
            "Tết Trung thu", "giao thừa", "mùng 3 Tết", "ông Công ông Táo", "Giỗ Tổ Hùng Vương", "Vu lan", "Mid-Autumn",
            "first half of the year", "6 tháng cuối năm", "April - September",
            "từ tháng \(month) đến tháng \(last)", "thượng tuần tháng \(month)",
        ])
    }

    private mutating func monthDay() -> String { "\(number(1...28))/\(number(1...12))" }

    private mutating func solar() -> String {
        let (month, quarter) = (number(1...12), number(1...4))
        let english = ["January", "March", "May", "June", "August", "September", "December"]
        return one(of: [
            monthDay(), "ngày \(monthDay())", "\(number(1...28)) \(one(of: english))", "\(monthDay()) - \(monthDay())",
            "từ \(monthDay()) đến \(monthDay())", "15/11 - 15/1", "tháng \(month)", one(of: english), "quý \(quarter)",
            "Q\(quarter)", "early Q\(quarter)", "giữa quý \(quarter)", "cuối quý \(quarter)", "early \(one(of: english))",
            "giữa tháng \(month)", "late \(one(of: english))", "last day of \(one(of: english))", "ngày cuối tháng \(month)",
            "first Monday of \(one(of: english))", "thứ sáu cuối cùng của tháng \(month)",
            "first working day of \(one(of: english))",
            "ngày làm việc cuối cùng của tháng \(month)",
        ])
    }

    private mutating func lunar() -> String {
        let month = number(1...12)
        return one(of: [
            "âm lịch \(number(1...29))/\(month)", "lunar \(number(1...29))/\(month)", "rằm tháng \(month)",
            "mùng \(number(1...10)) tháng Giêng", "ngày cuối tháng Chạp", "lunar last day of \(month)", "âm lịch 23/12 - 7/1",
            "lunar 1/\(month) - 15/\(month)",
        ])
    }

    private mutating func steps() -> String {
        let start = one(of: ["2025-12-01", "2026-01-31", "2027-03-28"])
        return one(of: [
            "every \(number(2...5)) weeks from \(start)", "\(number(2...5)) tuần một lần từ \(start)",
            "every \(number(30...90)) days from \(start)", "every \(number(1...5)) months from \(start)",
            "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01",
            "rrule FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 from 2026-01-01",
            "rrule FREQ=WEEKLY;INTERVAL=\(number(2...6));BYDAY=TU,SU from 2026-06-02",
            "rrule FREQ=DAILY;INTERVAL=40;COUNT=\(number(5...20)) from 2026-12-01",
        ])
    }

    private mutating func dated() -> String {
        let month = number(1...9)
        return one(of: [
            "2027-0\(month)-15", "\(number(1...28))/\(month)/2027", "2027-0\(month)-10 - 2027-1\(number(0...2))-05",
            "ngày \(number(1...28)) tháng \(month) năm 2028", "2026-12-20 - 2027-01-10", "15/11 - 15/12/2027", "1-30/6/2027",
            "tháng \(month)/2027", "đầu quý II/2027", "year 2027", "rằm tháng 8 năm 2027",
        ])
    }

    private mutating func exception(_ kind: Kind, _ phrase: String) -> String? {
        let month = number(1...9)
        let dates = one(of: ["2027-0\(month)-10 - 2027-0\(month)-24", "2027-0\(month)-07", "2028-0\(month)-03", "none"])
        return switch kind {
        case .year:
            one(of: [[("2027", dates)], [("2027", dates), ("2028", "none")], [("2026", "none")]])
                .filter { RandomPlans.isRead($0, $1, of: phrase) }.map { "\($0): \($1)" }.joined(separator: ", ")
        case .leapYear: "2028: none"
        case .leapMonth, .plain, .timed, .partOfDay: nil
        case .month: one(of: ["2027-0\(month): \(dates)", "2027: none", "2027-11: none, 2027-12: 2027-12-03"])
        case .quarter: one(of: ["2027-Q\(number(1...4)): \(dates)", "2027: none"])
        case .start: "2027: none"
        case .fortnight: one(of: ["2027-01-04: \(dates)", "2027-06-07: none", "2026: none"])
        case .once: one(of: ["once: \(dates)", "once: none"])
        }
    }

    /// Returns whether the program accepts this exception of the phrase.
    ///
    /// It refuses an exception for a year without an occurrence, and dates that fit another year
    /// better.
    private static func isRead(_ key: String, _ exception: String, of phrase: String) -> Bool {
        guard let when = try? Recurrence(phrase: phrase), let read = try? when.exceptionKey(key),
            let dates = try? ExceptionPhrase(phrase: exception).dates
        else { return (try? Recurrence(phrase: phrase).exceptionKey(key)) != nil && exception == "none" }
        return when.stray(dates, from: read.names(for: dates)[0], workingDays: .mondayToFriday)?.year == nil
    }

    // MARK: remind

    /// Returns up to four random leads, and sometimes pairs of leads that fall due together.
    ///
    /// - Parameter hasTime: whether some of the leads count back from the time of the campaign.
    private mutating func leads(inHours hasTime: Bool = false) -> String {
        var leads: [String] = []
        var said: Set<String> = []
        for index in 1...number(1...4) {
            let isInHours = hasTime ? chance(oneIn: 3) : false
            let (canonical, text) = isInHours ? hoursBefore() : lead()
            // A lead in hours has its own time.
            let takesTime = isInHours ? false : chance(oneIn: 4)
            let at = takesTime ? one(of: [" at \(time())", " lúc \(time())"]) : ""
            let say = chance(oneIn: 4) ? ", say: Nộp báo cáo số \(index)" : ""
            if chance(oneIn: 3) {
                let notify = chance(oneIn: 2) ? ", notify: \(people())" : ""
                let ownTime = isInHours ? false : chance(oneIn: 3)
                let at = ownTime ? ", at: \"\(time())\"" : ""
                leads.append("{id: l\(index), when: \(text)\(at)\(notify)\(say)}")
            } else if said.insert(canonical).inserted {
                leads.append(say.isEmpty ? text + at : "{when: \(text)\(at)\(say)}")
            }
        }
        if chance(oneIn: 3) {
            leads += ["{id: same, when: on the day, notify: \(people())}", "{id: too, when: đúng ngày, notify: \(people())}"]
        }
        if chance(oneIn: 5) {
            leads += ["{id: week, when: 1 week before}", "{id: seven, when: 7 ngày trước, notify: [everyone]}"]
        }
        return leads.joined(separator: ", ")
    }

    /// Returns a random lead. `canonical` is in English, and `text` is in either language.
    private mutating func lead() -> (canonical: String, text: String) {
        let units = [("days", "ngày", 90), ("weeks", "tuần", 12), ("months", "tháng", 6), ("working days", "ngày làm việc", 40)]
        let (english, vietnamese, most) = one(of: units)
        let count = number(2...most)
        let few = number(2...5)
        let day = one(of: [("Monday", "thứ hai"), ("Saturday", "thứ bảy"), ("Sunday", "chủ nhật")])
        let (canonical, translated) = one(of: [
            ("\(count) \(english) before", "\(count) \(vietnamese) trước"), ("on the day", "đúng ngày"),
            ("\(count) \(english) before the end", "\(count) \(vietnamese) trước khi kết thúc"), ("on the last day", "ngày cuối"),
            ("\(count) \(english) after the end", "\(count) \(vietnamese) sau khi kết thúc"),
            ("every \(day.0) during", "\(day.1) hằng tuần trong đợt"), ("1 day before", "hôm trước"),
            ("15 days before", "nửa tháng trước"), ("\(few) days after the end", "quá hạn \(few) ngày"),
            ("on the day", "on the first day"), ("every day from \(few) days before", "hằng ngày từ \(few) ngày trước"),
        ])
        return (canonical, one(of: [canonical, translated]))
    }

    /// Returns a random lead that counts back from the time of an occurrence.
    private mutating func hoursBefore() -> (canonical: String, text: String) {
        let (english, vietnamese, most) = one(of: [("hours", "giờ", 72), ("minutes", "phút", 180)])
        let count = number(2...most)
        let canonical = "\(count) \(english) before"
        return (canonical, one(of: [canonical, "\(count) \(vietnamese) trước"]))
    }
}
