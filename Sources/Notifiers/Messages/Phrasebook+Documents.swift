import Plans

// The document from which the dates of a plan come.

extension Phrasebook {
    /// The kinds of documents by their symbols (Decree 30/2020/NĐ-CP, appendix III, part I).
    ///
    /// A letter (công văn) has no symbol of its own.
    private static let kinds = [
        "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QyĐ": "Quy định", "TC": "Thông cáo",
        "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án",
        "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "CĐ": "Công điện", "GM": "Giấy mời",
        "NĐ": "Nghị định", "TT": "Thông tư", "KL": "Kết luận",
    ]

    /// Returns the source document, such as `Kế hoạch số 26/KH-LĐLĐ ngày 24/01/2024 của …`.
    ///
    /// The result is nil if the plan names no document.
    public func source(_ source: Plan.Source) -> String? {
        if source.isEmpty { return nil }
        var words: [String]
        switch language {
        case .vi:
            words = [source.number.map { "\(Self.kind(of: $0)) số \($0)" } ?? "Văn bản"]
            if let date = source.date { words.append("ngày \(self.date(date))") }
            if let issuer = source.issuer { words.append("của \(issuer)") }
        case .en:
            words = [source.number.map { "Document no. \($0)" } ?? "Document"]
            if let date = source.date { words.append("of \(self.date(date))") }
            if let issuer = source.issuer { words.append("issued by \(issuer)") }
        }
        return words.joined(separator: " ")
    }

    /// Returns the kind of a document from its number and symbol, such as `26/KH-LĐLĐ`.
    ///
    /// Documents of the Party have the symbol before the slash, as in `13-CT/TW`. Their `QĐ` is a
    /// decision or a rule, which the number does not tell.
    private static func kind(of number: String) -> String {
        let parts = number.split(separator: "/")
        if let symbol = parts.first?.split(separator: "-").dropFirst().first {
            return symbol == "QĐ" ? "Văn bản" : kinds[String(symbol)] ?? "Văn bản"
        }
        let symbols = parts.dropFirst().map { $0.split(separator: "-").first ?? "" }
        return symbols.lazy.compactMap { kinds[String($0)] }.first ?? "Công văn"
    }
}
