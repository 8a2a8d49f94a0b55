/// The known findings of the language rules that are not fixed yet.
///
/// `make language` writes this file. The counts may only shrink.
enum LanguageDebt {
    /// The number of findings, keyed by rule and file name, such as `word Dispatcher.swift`.
    static let counts: [String: Int] = parsed(rows)

    private static func parsed(_ rows: String) -> [String: Int] {
        rows.split(separator: "\n").reduce(into: [:]) { counts, row in
            let words = row.split(separator: " ")
            for index in stride(from: 1, to: words.count - 1, by: 2) {
                counts["\(words[index]) \(words[0])"] = Int(words[index + 1])
            }
        }
    }

    private static let rows = """
        AgreementTests.swift word 1
        BlockingThread.swift type 1
        CONTRIBUTING.md markdown 1
        ConfiguredEmail+Advice.swift word 2
        ControlSocket.swift type 1
        DiskFaultTests.swift word 1
        HTTPServer.swift type 1
        HTTPTransfers.swift type 1
        LoopControlTests.swift type 1
        Oracle+Looks.swift type 1
        RequestCheck.swift type 1
        SameAnswersTests.swift type 1
        VietnameseCatalogue.swift word 1
        comments.py comment 3
        faults.md markdown 3
        faults.py comment 2
        life-of-a-delivery.md markdown 1
        mail.py comment 1
        remindd-plan.5.md markdown 2
        remindd.1.md markdown 2
        scripted.py comment 1
        style.md markdown 2
        """
}
