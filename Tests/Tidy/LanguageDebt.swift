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
        AlertTexts.swift word 6
        BlockingThread.swift type 1
        BuiltinTemplates.swift word 4
        CONTRIBUTING.md markdown 1
        CheckPaths.swift word 2
        CheckResult+Printing.swift word 1
        CheckTests.swift word 2
        ClockComplaint.swift word 2
        ConfigurationReader.swift word 3
        ConfiguredEmail+Advice.swift word 2
        ConfiguredEmail+Reading.swift word 2
        ControlSocket.swift type 1 word 1
        DaemonRuntime+Metrics.swift word 1
        DaemonRuntime+Questions.swift word 1
        DiskFaultTests.swift word 1
        EditTests.swift word 2
        EmailOutcome.swift word 1
        Evaluation.swift comment 1
        FieldCaseTests.swift word 4
        HTTPServer.swift type 1 word 1
        HTTPServerTests.swift word 1
        HTTPTransfers.swift type 1
        HoldTests.swift word 1
        HostileClientTests.swift word 1
        LedgerBehaviour.swift word 1
        LedgerFiles.swift word 2
        LimitFaultTests.swift word 1
        LoopControlTests.swift type 1
        Oracle+Looks.swift type 1
        PhraseTests.swift word 2
        PlanReader.swift word 2
        ProcessJournal.swift word 3
        RecipientReader.swift comment 1 word 1
        ReloadKeysTests.swift word 1
        RequestCheck.swift type 1
        SameAnswersTests.swift type 1
        SendTest.swift word 1
        StartupState.swift word 1
        String+Composed.swift comment 1
        TestResult+Printing.swift word 1
        TidyRule+Language.swift comment 2
        TidyRule.swift comment 1
        WebhookOutcome.swift word 1
        WhenParser+Dates.swift word 2
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
