import Support
import Testing

@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

/// A hint keeps every word of the phrase that carries a date. Other phrases are examples.
@Suite("Hints")
struct HintTests {
    @Test(
        "A phrase that once had a harmful hint is read as it is meant",
        arguments: [
            ("Tết Trung thu", "lunar 15/8"), ("6 tháng đầu năm", "first half of the year"), ("hạn 30/11/2027", "by 2027-11-30"),
            ("ngày 30-4-1975", "1975-04-30"), ("trung tuần tháng 6", "mid June"), ("thượng tuần tháng 6", "early June"),
            ("hạ tuần tháng 6", "late June"), ("từ ngày 10/5 đến ngày 2/6/2024", "2024-05-10 - 2024-06-02"),
            ("trước tháng 6/2018", "before 2018-06-01"),
        ])
    func once(phrase: String, canonical: String) throws {
        #expect(try Recurrence(phrase: phrase).phrase == canonical)
    }

    @Test(
        "A phrase that is refused has no hint that loses a part of it",
        arguments: [
            "sáng ngày 16/11/2022", "tuần 2 tháng 12", "Tết Thiếu nhi", "30 Tết", "28 Tết", "Tết Hàn thực", "15 ngày trước Tết",
            "tuần đầu tháng 6", "hạn nộp 30/11", "đợt 2 năm 2027", "tháng hành động 6", "20h ngày 3/10/2026", "cuối năm 2027",
            "28/6 hoặc 29/6", "nửa đầu tháng 6", "thứ hai tuần 2 tháng 6", "lễ 30/4",
        ])
    func refused(phrase: String) {
        let refusal = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
        #expect(refusal?.hints == [])
    }

    @Test(
        "A hint adds no series, no first day and no open end to a phrase",
        arguments: [
            "3 ngày từ 1/6/2027", "2 tuần từ 1/6/2027", "30 ngày kể từ ngày 1/6/2027", "tuần từ 1/6/2027", "3 days from 1/6/2027",
            "tháng 6/7", "month 6/7", "tháng 5/6 âm lịch", "ngày 15", "hằng tháng", "hàng tuần", "every week", "từ ngày 1/6",
            "from June",
        ])
    func invented(phrase: String) {
        let refusal = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
        #expect(refusal?.hints == [])
    }

    @Test(
        "Several dates in one phrase are refused as several, and not for another reason",
        arguments: [
            "tháng 6 hoặc tháng 7", "quý 1 hoặc quý 2", "June or July", "tháng 3 và tháng 9", "cuối tháng 5 hoặc vào ngày 1-6",
        ])
    func several(phrase: String) {
        let refusal = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
        #expect(refusal?.message == "a phrase names one day or one window; take two campaigns")
    }

    @Test(
        "The hint for years keeps whether one year, all earlier or all later ones are meant",
        arguments: [
            ("năm 2027", ["2027"]), ("chỉ 2027", ["2027"]), ("riêng 2027", ["2027"]), ("only 2027", ["2027"]),
            ("2027 only", ["2027"]), ("until 2030", ["1970-2030"]), ("đến hết 2030", ["1970-2030"]), ("from 2027", ["2027-"]),
            ("từ 2027 trở đi", ["2027-"]), ("2027 onwards", ["2027-"]), ("from 2027 until 2030", ["2027-2030"]),
            ("khoảng 2027", []),
        ])
    func years(phrase: String, hints: [String]) {
        let refusal = #expect(throws: PhraseRefusal.self) { try YearsPhrase(phrase: phrase) }
        #expect(refusal?.hints == hints)
    }

    @Test(
        "A lead that is refused has no hint with another day",
        arguments: [
            "quá hạn 2 giờ", "2 giờ sau khi kết thúc", "2 giờ trước khi kết thúc", "3 hours after the end",
            "3 ngày sau khi bắt đầu",
            "3 days after the start", "ngày 20 tháng trước", "cuối ngày",
        ])
    func leads(phrase: String) {
        let refusal = #expect(throws: PhraseRefusal.self) { try LeadPhrase(phrase: phrase) }
        #expect(refusal?.hints == [])
    }

    /// Words that stand for the same thing. A hint may put one for another.
    private static let same: [Set<String>] = [
        ["dau", "first", "early", "dau tien", "thuong tuan", "thu nhat"], ["cuoi", "last", "late", "cuoi cung", "ha tuan"],
        ["mid", "giua", "trung tuan"], ["q", "quy", "qui", "quarter", "quarters"], ["lunar", "am lich", "al"],
        ["every", "hang", "mot lan"], ["to", "den", "den het", "until", "-", "–"],
        ["nhuan", "leap", "leap years only", "chi nam nhuan"],
        ["lam viec", "working"],
        ["by", "cham nhat", "cham nhat la", "muon nhat", "muon nhat la", "han", "han cuoi", "han chot", "het", "no later than"],
        ["before", "truoc"], ["after", "sau"], ["or", "hoac"], ["and", "va"],
    ]

    @Test("No word of the vocabulary is lost by a hint, wherever it stands")
    func walk() {
        let skipped: Set = [
            "ngay", "day", "days", "of", "of the", "cua", "from", "tu", "bat dau tu", "ke tu", "on", "in", "trong", "vao",
            "thoi gian", "duong lich", "tuc", "tuc la", "thu", "lan",
            // The contract answers "mùng 28/6" with both readings.
            "mung", "mong",
        ]
        for word in Vocabulary.terms.keys.sorted() {
            let plain = Spelling.withoutAccents(word)
            guard !skipped.contains(plain) else { continue }
            for phrase in [
                "\(word) 28/6", "28/6 \(word)", "\(word) 28/6/2027", "đầu \(word) tháng 6 x", "\(word) Q2 2", "\(word)",
            ] {
                guard
                    case .failure(let refusal) = Result(catching: { () throws(PhraseRefusal) in try Recurrence(phrase: phrase) })
                else { continue }
                for hint in refusal.hints {
                    #expect(Self.keeps(word, plain, in: hint), "\(phrase): did you mean \(hint)")
                    if phrase.contains("2027") { #expect(hint.contains("2027"), "\(phrase): did you mean \(hint)") }
                    if phrase.contains("28") { #expect(hint.contains("28"), "\(phrase): did you mean \(hint)") }
                }
            }
        }
    }

    /// Whether a hint has the word, a word that means the same, or the number of a month.
    private static func keeps(_ word: String, _ plain: String, in hint: String) -> Bool {
        let shown = " " + Spelling.withoutAccents(hint).replacing("/", with: " ") + " "
        let words = (same.first { $0.contains(plain) } ?? []).union([plain])
        if words.contains(where: { shown.contains(" \($0) ") || shown.contains(" \($0)2") }) { return true }
        switch Vocabulary.terms[word]?.first {
        case .monthName(let number), .monthWord(let number), .lunarMonth(let number), .roman(let number):
            return shown.contains(" \(number) ") || shown.contains(Spelling.withoutAccents(Vocabulary.englishMonths[number - 1]))
        case .fullMoon: return shown.contains(" 15 ")
        case .weekday(let weekday): return shown.contains(weekday.english.lowercased())
        case .thu(let number):
            return Weekday(rawValue: number - 1).map { shown.contains(Spelling.withoutAccents($0.vietnamese)) } ?? false
        case .year, .month: return shown.contains(" 2027 ") || shown.contains(" month ") || shown.contains(" thang ")
        default: return false
        }
    }
}
