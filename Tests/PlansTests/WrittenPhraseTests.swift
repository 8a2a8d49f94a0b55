import Testing

@testable import Dates
@testable import Plans

/// Phrases as people write them in both languages, with the dates that they mean in 2027.
@Suite("Phrases as people write them")
struct WrittenPhraseTests {
    /// The occurrences that start in 2027: all of them up to two, else two and their number.
    static let phrases: [(String, String)] = [
        ("28/6", "2027-06-28"), ("ngày 28/6", "2027-06-28"), ("ngày 28-6", "2027-06-28"), ("ngày 28.6", "2027-06-28"),
        ("28 tháng 6", "2027-06-28"), ("ngày 28 tháng 6", "2027-06-28"), ("ngày 28 tháng Sáu", "2027-06-28"),
        ("ngày 28 tháng 6 hằng năm", "2027-06-28"), ("ngày 28/6 hàng năm", "2027-06-28"),
        ("Ngày 28 tháng 6 hàng năm", "2027-06-28"), ("(28/6)", "2027-06-28"), ("(ngày 28/6)", "2027-06-28"),
        ("vào ngày 28/6", "2027-06-28"), ("trong ngày 28/6", "2027-06-28"), ("ngày 06 (sáu) tháng 11", "2027-11-06"),
        ("ngày 28/6/2027", "2027-06-28"), ("28/6/2027", "2027-06-28"), ("28.6.2027", "2027-06-28"),
        ("28-6-2027", "2027-06-28"), ("ngày 28-6-2027", "2027-06-28"), ("ngày 28 tháng 6 năm 2027", "2027-06-28"),
        ("28 tháng 6 năm 2027", "2027-06-28"), ("Ngày 07/3/2027", "2027-03-07"), ("2027-06-28", "2027-06-28"),
        ("ngày 28/6/2027 (thứ Hai)", "2027-06-28"), ("thứ Hai, ngày 28/6/2027", "2027-06-28"),
        ("thứ hai ngày 28/6/2027", "2027-06-28"), ("ngày 15/9/2027 (tức ngày 15/8 âm lịch)", "2027-09-15"),
        ("1/6 - 30/6", "2027-06-01..2027-06-30"), ("1/6 – 30/6", "2027-06-01..2027-06-30"),
        ("từ 1/6 đến 30/6", "2027-06-01..2027-06-30"), ("từ ngày 1/6 đến ngày 30/6", "2027-06-01..2027-06-30"),
        ("từ 01/6-30/6", "2027-06-01..2027-06-30"), ("từ 1/6 - 30/6", "2027-06-01..2027-06-30"),
        ("Từ ngày 15/11 đến ngày 15/12", "2027-11-15..2027-12-15"),
        ("từ ngày 15/11 đến ngày 15/12 hàng năm", "2027-11-15..2027-12-15"),
        ("từ ngày 15 tháng 11 đến ngày 15 tháng 12", "2027-11-15..2027-12-15"),
        ("từ ngày 15 tháng 11 đến ngày 15 tháng 12 hàng năm", "2027-11-15..2027-12-15"),
        ("thời gian từ ngày 1/6 đến ngày 30/6", "2027-06-01..2027-06-30"),
        ("kể từ ngày 1/6 đến hết ngày 30/6", "2027-06-01..2027-06-30"), ("từ 15/12 đến 15/1", "2027-12-15..2028-01-15"),
        ("1/6/2027 - 30/6/2027", "2027-06-01..2027-06-30"), ("từ ngày 1/6/2027 đến ngày 30/6/2027", "2027-06-01..2027-06-30"),
        ("1/6 - 30/6/2027", "2027-06-01..2027-06-30"), ("từ ngày 10/5 đến ngày 2/6/2027", "2027-05-10..2027-06-02"),
        ("từ 15/12 đến 15/1/2028", "2027-12-15..2028-01-15"), ("1-30/6/2027", "2027-06-01..2027-06-30"),
        ("từ 1-30/6/2027", "2027-06-01..2027-06-30"), ("2027-06-01 - 2027-06-30", "2027-06-01..2027-06-30"),
        ("tháng 6", "2027-06-01..2027-06-30"), ("tháng Sáu", "2027-06-01..2027-06-30"),
        ("Tháng 6 hằng năm", "2027-06-01..2027-06-30"), ("trong tháng 6", "2027-06-01..2027-06-30"),
        ("trong tháng 6/2027", "2027-06-01..2027-06-30"), ("tháng 6-2027", "2027-06-01..2027-06-30"),
        ("tháng 6 năm 2027", "2027-06-01..2027-06-30"), ("từ tháng 4 đến tháng 9", "2027-04-01..2027-09-30"),
        ("từ tháng 4 đến tháng 9/2027", "2027-04-01..2027-09-30"), ("tháng 4 - tháng 9", "2027-04-01..2027-09-30"),
        ("6 tháng đầu năm", "2027-01-01..2027-06-30"), ("6 tháng cuối năm", "2027-07-01..2027-12-31"),
        ("năm 2027", "2027-01-01..2027-12-31"), ("trong năm 2027", "2027-01-01..2027-12-31"),
        ("quý 2", "2027-04-01..2027-06-30"), ("quý II", "2027-04-01..2027-06-30"), ("quí II", "2027-04-01..2027-06-30"),
        ("quý II/2027", "2027-04-01..2027-06-30"), ("quý 2 năm 2027", "2027-04-01..2027-06-30"),
        ("đầu quý 2", "2027-04-01..2027-04-30"), ("giữa quý 2", "2027-05-01..2027-05-31"),
        ("cuối quý 2", "2027-06-01..2027-06-30"), ("ngay trong đầu quý 2", "2027-04-01..2027-04-30"),
        ("ngay trong đầu quý 2/2027", "2027-04-01..2027-04-30"), ("đầu quý II/2027", "2027-04-01..2027-04-30"),
        ("đầu tháng 6", "2027-06-01..2027-06-10"), ("giữa tháng 6", "2027-06-11..2027-06-20"),
        ("cuối tháng 6", "2027-06-21..2027-06-30"), ("vào cuối tháng 5", "2027-05-21..2027-05-31"),
        ("đầu tháng 6/2027", "2027-06-01..2027-06-10"), ("thượng tuần tháng 6", "2027-06-01..2027-06-10"),
        ("trung tuần tháng 6", "2027-06-11..2027-06-20"), ("hạ tuần tháng 6", "2027-06-21..2027-06-30"),
        ("ngày cuối tháng 6", "2027-06-30"), ("ngày cuối tháng 2", "2027-02-28"), ("âm lịch 15/8", "2027-09-15"),
        ("15/8 âm lịch", "2027-09-15"), ("15/8 AL", "2027-09-15"), ("ngày 15/8 âm lịch", "2027-09-15"),
        ("ngày 15 tháng 8 âm lịch", "2027-09-15"), ("ngày 15 tháng 8 âm lịch hàng năm", "2027-09-15"),
        ("ngày 10-3 âm lịch", "2027-04-16"), ("rằm tháng 8", "2027-09-15"), ("Rằm tháng Tám", "2027-09-15"),
        ("rằm tháng Giêng", "2027-02-20"), ("rằm tháng Bảy", "2027-08-16"), ("mùng 1 tháng Giêng", "2027-02-06"),
        ("mồng 1 tháng Giêng", "2027-02-06"), ("01 tháng Giêng Âm lịch", "2027-02-06"), ("23 tháng Chạp", "2027-01-30"),
        ("ngày 23 tháng Chạp", "2027-01-30"), ("ngày cuối tháng Chạp", "2027-02-05"),
        ("âm lịch 23/12 - 7/1", "2027-01-30..2027-02-12"),
        ("từ ngày 25 tháng Chạp đến mùng 5 tháng Giêng", "2027-02-01..2027-02-10"), ("rằm tháng 8 năm 2027", "2027-09-15"),
        ("âm lịch ngày cuối tháng 6", "2027-08-01"), ("Tết Nguyên đán", "2027-02-06"), ("Tết Trung thu", "2027-09-15"),
        ("Trung thu", "2027-09-15"), ("Tết Trung thu năm 2027", "2027-09-15"), ("Giỗ Tổ Hùng Vương", "2027-04-16"),
        ("giỗ tổ", "2027-04-16"), ("Phật đản", "2027-05-20"), ("Vu lan", "2027-08-16"), ("Tết Đoan ngọ", "2027-06-09"),
        ("Tết Nguyên tiêu", "2027-02-20"), ("ông Công ông Táo", "2027-01-30"), ("giao thừa", "2027-02-05"),
        ("mùng 3 Tết", "2027-02-08"), ("mùng 1 Tết", "2027-02-06"), ("thứ hai đầu tiên của tháng 9", "2027-09-06"),
        ("thứ hai thứ hai của tháng 9", "2027-09-13"), ("thứ sáu cuối cùng của tháng 5", "2027-05-28"),
        ("thứ 6 đầu tiên của tháng 9", "2027-09-03"), ("chủ nhật cuối cùng của tháng 5", "2027-05-30"),
        ("ngày làm việc đầu tiên của tháng 4", "2027-04-01"), ("ngày làm việc cuối cùng của tháng 6", "2027-06-30"),
        ("thứ hai hằng tuần", "2027-01-04 2027-01-11 (52)"), ("thứ hai hàng tuần", "2027-01-04 2027-01-11 (52)"),
        ("thứ 2 hằng tuần", "2027-01-04 2027-01-11 (52)"), ("Thứ Tư và thứ Bảy hàng tuần", "2027-01-02 2027-01-06 (104)"),
        ("thứ tư và thứ bảy hằng tuần, bắt đầu từ ngày 27/6/2027", "2027-06-30 2027-07-03 (53)"),
        ("thứ hai hằng tuần đến ngày 30/9/2027", "2027-01-04 2027-01-11 (39)"),
        ("thứ sáu đầu tiên hằng tháng", "2027-01-01 2027-02-05 (12)"),
        ("thứ hai cuối cùng hằng quý", "2027-03-29 2027-06-28 (4)"), ("ngày 25 hằng tháng", "2027-01-25 2027-02-25 (12)"),
        ("ngày 1 và 15 hằng tháng", "2027-01-01 2027-01-15 (24)"), ("ngày 1, 15 hằng tháng", "2027-01-01 2027-01-15 (24)"),
        ("ngày cuối hằng tháng", "2027-01-31 2027-02-28 (12)"),
        ("ngày làm việc cuối cùng hằng quý", "2027-03-31 2027-06-30 (4)"),
        ("ngày đầu tiên hằng quý", "2027-01-01 2027-04-01 (4)"), ("ngày 20 tháng cuối quý", "2027-03-20 2027-06-20 (4)"),
        ("ngày 20 của tháng cuối quý", "2027-03-20 2027-06-20 (4)"), ("ngày 15 hằng quý", "2027-01-15 2027-04-15 (4)"),
        ("ngày làm việc thứ 5 hằng tháng", "2027-01-07 2027-02-05 (12)"),
        ("2 tuần một lần từ 2027-01-04", "2027-01-04 2027-01-18 (26)"),
        ("3 tháng một lần từ 15/1/2027", "2027-01-15 2027-04-15 (4)"), ("15/4/2027, 20/4/2027", "2027-04-15 2027-04-20"),
        ("chậm nhất ngày 15/11", "2027-11-15"), ("chậm nhất là ngày 15/11", "2027-11-15"), ("hạn 15/11", "2027-11-15"),
        ("hạn cuối 15/11", "2027-11-15"), ("đến hết ngày 15/11", "2027-11-15"), ("hết tháng 6", "2027-06-30"),
        ("trước ngày 15/11", "2027-11-14"), ("trước ngày 10 tháng 7 năm 2027", "2027-07-09"),
        ("trước 07/11/2027", "2027-11-06"), ("trước tháng 6", "2027-05-31"),
        ("trước ngày 20 hằng tháng", "2027-01-19 2027-02-19 (12)"),
        ("chậm nhất ngày 20 hằng tháng", "2027-01-20 2027-02-20 (12)"), ("29/2 hoặc 28/2", "2027-02-28"),
        ("29/2 chỉ năm nhuận", "none"), ("ngày 17/9/2027 dương lịch", "2027-09-17"),
        ("từ 1 đến 7/6", "2027-06-01..2027-06-07"),
        ("28 June", "2027-06-28"), ("28 June 2027", "2027-06-28"), ("28 June every year", "2027-06-28"),
        ("on 28 June", "2027-06-28"), ("by 15 November", "2027-11-15"), ("before 15 November", "2027-11-14"),
        ("no later than 15/11", "2027-11-15"), ("June", "2027-06-01..2027-06-30"), ("in June", "2027-06-01..2027-06-30"),
        ("June 2027", "2027-06-01..2027-06-30"), ("April - September", "2027-04-01..2027-09-30"),
        ("April to September 2027", "2027-04-01..2027-09-30"), ("first half of the year", "2027-01-01..2027-06-30"),
        ("second half of the year", "2027-07-01..2027-12-31"), ("year 2027", "2027-01-01..2027-12-31"),
        ("Q2", "2027-04-01..2027-06-30"), ("Q2 2027", "2027-04-01..2027-06-30"), ("early Q2", "2027-04-01..2027-04-30"),
        ("mid Q2", "2027-05-01..2027-05-31"), ("late Q2", "2027-06-01..2027-06-30"), ("early June", "2027-06-01..2027-06-10"),
        ("mid June", "2027-06-11..2027-06-20"), ("late June", "2027-06-21..2027-06-30"),
        ("late June 2027", "2027-06-21..2027-06-30"), ("last day of June", "2027-06-30"), ("lunar 15/8", "2027-09-15"),
        ("lunar 15/8 2027", "2027-09-15"), ("lunar last day of 12", "2027-02-05"),
        ("lunar 23/12 - 7/1", "2027-01-30..2027-02-12"), ("Mid-Autumn", "2027-09-15"), ("Mid-Autumn Festival", "2027-09-15"),
        ("Lunar New Year", "2027-02-06"), ("Hung Kings Day", "2027-04-16"), ("Vesak", "2027-05-20"),
        ("first Monday of September", "2027-09-06"), ("last Friday of May", "2027-05-28"),
        ("first working day of April", "2027-04-01"), ("last working day of June", "2027-06-30"),
        ("every Monday", "2027-01-04 2027-01-11 (52)"), ("every Wednesday and Saturday", "2027-01-02 2027-01-06 (104)"),
        ("every Monday from 27/6/2027", "2027-06-28 2027-07-05 (27)"),
        ("every Monday until 30/9/2027", "2027-01-04 2027-01-11 (39)"),
        ("first Friday of every month", "2027-01-01 2027-02-05 (12)"),
        ("last Monday of every quarter", "2027-03-29 2027-06-28 (4)"), ("day 25 of every month", "2027-01-25 2027-02-25 (12)"),
        ("day 1 and 15 of every month", "2027-01-01 2027-01-15 (24)"),
        ("day 20 of the last month of every quarter", "2027-03-20 2027-06-20 (4)"),
        ("day 15 of every quarter", "2027-01-15 2027-04-15 (4)"),
        ("5th working day of every month", "2027-01-07 2027-02-05 (12)"),
        ("last day of every month", "2027-01-31 2027-02-28 (12)"),
        ("last working day of every quarter", "2027-03-31 2027-06-30 (4)"),
        ("every 2 weeks from 2027-01-04", "2027-01-04 2027-01-18 (26)"), ("2027-04-15, 2027-05-20", "2027-04-15 2027-05-20"),
        ("15/4/2027 - 30/4/2027", "2027-04-15..2027-04-30"), ("15 April - 30 April", "2027-04-15..2027-04-30"),
        ("1 June to 30 June", "2027-06-01..2027-06-30"), ("1 June - 30 June 2027", "2027-06-01..2027-06-30"),
        ("by day 20 of every month", "2027-01-20 2027-02-20 (12)"), ("29/2 or 28/2", "2027-02-28"),
        ("29/2 leap years only", "none"), ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01", "2027-09-06"),
    ]

    static func dates(_ recurrence: Recurrence) -> String {
        let year = Day.clamped(2027, 1, 1)...Day.clamped(2027, 12, 31)
        let found = recurrence.occurrences(overlapping: year, workingDays: .mondayToFriday).filter { $0.start.year == 2027 }
        let shown = found.prefix(2).map { $0.start == $0.end ? "\($0.start)" : "\($0.start)..\($0.end)" }.joined(separator: " ")
        return found.count > 2 ? "\(shown) (\(found.count))" : found.isEmpty ? "none" : shown
    }

    @Test("There are more than 150 phrases, in both languages")
    func many() {
        #expect(Self.phrases.count > 150 && Set(Self.phrases.map(\.0)).count == Self.phrases.count)
        #expect(Self.phrases.count { PhraseCorrection.isVietnamese($0.0) } > 100)
        #expect(Self.phrases.count { !PhraseCorrection.isVietnamese($0.0) } > 50)
    }

    @Test("Every phrase means its dates, and so do its canonical forms in both languages", arguments: phrases)
    func read(phrase: String, dates: String) throws {
        let recurrence = try Recurrence(phrase: phrase)
        #expect(Self.dates(recurrence) == dates)
        #expect(try Recurrence(phrase: recurrence.phrase) == recurrence)
        #expect(try Recurrence(phrase: recurrence.vietnamesePhrase) == recurrence)
    }

    /// Phrases that a wrong hint would turn into other dates, with the hints that are allowed.
    ///
    /// If a phrase is accepted, it means the dates in the third place.
    static let nearMisses: [(String, [String], String)] = [
        // Feasts.
        ("Tết Thiếu nhi", [], ""), ("Tết Hàn thực", [], ""), ("30 Tết", [], ""), ("28 Tết", [], ""),
        ("15 ngày trước Tết", [], ""),
        ("sau Tết", [], ""), ("rằm", [], ""), ("rằm tháng", [], ""), ("Tết Thanh minh", [], ""), ("Tết Dương lịch", [], ""),
        ("lễ 30/4", [], ""), ("30/4 và 1/5", [], ""), ("Tết Trung Thu sớm", [], ""), ("lễ Vu Lan báo hiếu", [], ""),
        // Weeks.
        ("tuần 2 tháng 12", [], ""), ("tuần đầu tháng 6", [], ""), ("tuần cuối tháng 6", [], ""), ("tuần thứ 3 tháng 11", [], ""),
        ("thứ hai tuần 2 tháng 6", [], ""), ("week 2 of December", [], ""), ("thứ chín hằng tuần", [], ""), ("cuối tuần", [], ""),
        // Parts of a day, a month, a quarter and a year.
        ("sáng ngày 16/11", [], "2027-11-16"), ("tối 30/4", [], "2027-04-30"), ("20h ngày 3/10/2027", [], "2027-10-03"),
        ("nửa đầu tháng 6", [], ""), ("nửa cuối quý 2", [], ""), ("cuối năm", [], ""), ("đầu năm 2027", [], ""),
        ("giữa năm", [], ""),
        ("end of year", [], ""),
        // Founding years.
        ("28.7.1929 – 28.7.2019", [], ""), ("30-4-1945", [], ""), ("19-5-1890", [], ""), ("20/10/1930 – 20/10/2020", [], ""),
        ("3/2/1930 - 3/2/2027", [], ""), ("năm 1945", [], ""),
        // Days that do not exist, and days that may be either of two.
        ("ngày 31 hằng tháng", [], ""), ("ngày 30/2", [], ""), ("âm lịch 30/6", [], ""),
        ("mùng 8/3", ["8/3", "âm lịch 8/3"], ""),
        ("thứ hai của tháng 9", ["thứ hai đầu tiên của tháng 9", "thứ hai cuối cùng của tháng 9"], ""),
        ("11/30", ["30/11"], ""), ("28/6 hoặc 29/6", [], ""), ("đợt 2 năm 2027", [], ""), ("hạn nộp 30/11", [], ""),
        ("quý 5", [], ""), ("tháng 13", [], ""), ("15/11/2027 (thứ Ba)", [], ""), ("15/9/2027 (tức ngày 14/8 âm lịch)", [], ""),
        ("hôm nay", [], ""), ("ngày mai", [], ""),
    ]

    @Test("None of 40 and more near misses is answered with a hint of another meaning", arguments: nearMisses)
    func near(phrase: String, allowed: [String], dates: String) {
        switch Result(catching: { () throws(PhraseRefusal) in try Recurrence(phrase: phrase) }) {
        case .success(let recurrence): #expect(Self.dates(recurrence) == dates)
        case .failure(let refusal): #expect(refusal.hints == allowed, "\(refusal.message)")
        }
    }

    @Test("There are more than 40 near misses")
    func manyNearMisses() {
        #expect(Self.nearMisses.count > 40)
    }

    /// The phrase, and its hints or the end of its message in a Vietnamese and in an English plan.
    @Test(
        "A phrase without words is answered in the language of the plan",
        arguments: [
            ("29/2", "29/2 hoặc 28/2|29/2 hoặc 1/3|29/2 chỉ năm nhuận", "29/2 or 28/2|29/2 or 1/3|29/2 leap years only"),
            ("2026", "năm 2026", "year 2026"), ("6/2026", "tháng 6/2026", "June 2026"), ("1-6", "1/6", "1/6"),
        ])
    func language(phrase: String, vietnamese: String, english: String) {
        func hints(_ language: Language) -> String {
            PhraseLanguage.$ofDigits.withValue(language) {
                do throws(PhraseRefusal) {
                    return "\(try Recurrence(phrase: phrase))"
                } catch {
                    return error.hints.joined(separator: "|")
                }
            }
        }
        #expect(hints(.vi) == vietnamese)
        #expect(hints(.en) == english)
    }
}
