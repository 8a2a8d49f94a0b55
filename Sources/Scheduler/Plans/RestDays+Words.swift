import Dates

// Vietnamese words for the values of keys. Accents and capitals do not matter in them.

extension RestDays {
    /// The Vietnamese words with their values. The first of a value is the one that manuals use.
    public static let words: [(word: String, value: RestDays)] = [
        ("gửi", .send), ("vẫn gửi", .send),
        ("ngày làm việc trước", .previousWorkingDay), ("ngày làm việc liền trước", .previousWorkingDay),
        ("ngày làm việc trước đó", .previousWorkingDay),
        ("ngày làm việc sau", .nextWorkingDay), ("ngày làm việc liền sau", .nextWorkingDay),
        ("ngày làm việc kế tiếp", .nextWorkingDay), ("ngày làm việc tiếp theo", .nextWorkingDay),
    ]
}

extension Joiners {
    public static let words: [(word: String, value: Joiners)] = [("mới nhất", .latest), ("không", .none)]
}
