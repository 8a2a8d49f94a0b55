import Plans

/// The fixed texts of the printed year, in one language. None of them needs an escape in HTML.
struct SheetTexts {
    let language: Language

    private var isVietnamese: Bool { language == .vi }

    /// A blank to be filled in by hand.
    var dots: String { "……………………………" }

    func title(_ year: Int) -> String {
        isVietnamese ? "LỊCH THỰC HIỆN KẾ HOẠCH NĂM \(year)" : "CALENDAR OF PLANNED ACTIVITIES, \(year)"
    }
    var state: String { isVietnamese ? "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" : "SOCIALIST REPUBLIC OF VIET NAM" }
    var motto: String { isVietnamese ? "Độc lập - Tự do - Hạnh phúc" : "Independence - Freedom - Happiness" }
    var number: String { isVietnamese ? "Số" : "No." }
    func placeAndDate(_ place: String?) -> String {
        let place = place ?? "………………"
        return isVietnamese ? "\(place), ngày …… tháng …… năm 20……" : "\(place), …… / …… / 20……"
    }
    /// The line that names the recipient whose activities the sheet has.
    func `for`(_ recipient: String) -> String { isVietnamese ? "Dành cho: \(recipient)" : "For: \(recipient)" }
    var accordingTo: String { isVietnamese ? "Căn cứ" : "Source:" }
    /// The headings of the columns before the months.
    var columns: [String] {
        isVietnamese
            ? ["TT", "Nội dung công việc", "Thời gian", "Âm lịch", "Phụ trách"]
            : ["No.", "Activity", "Dates", "Lunar", "In charge"]
    }
    func month(_ number: Int) -> String { isVietnamese ? "Tháng \(number)" : "Month \(number)" }
    var nothing: String { isVietnamese ? "Không có hoạt động nào." : "No activities." }
    var madeBy: String { isVietnamese ? "NGƯỜI LẬP BIỂU" : "PREPARED BY" }
    var copies: String { isVietnamese ? "Nơi nhận" : "Copies to" }
}
