/// Findings of the rules of language that the tree still has, by file name and rule.
///
/// `make language` writes this file. A count may only shrink.
enum LanguageDebt {
    /// The number of findings by rule and file name, such as `word Dispatcher.swift`.
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
        0001-dependencies.md markdown 6
        0002-identity-hash.md markdown 7
        0003-own-rrule.md markdown 9
        0004-sqlite-ledger.md markdown 5
        0005-curl-lanes.md markdown 16
        0006-own-yaml-composer.md markdown 5
        0007-control-socket.md markdown 9
        0008-debian-package.md markdown 5
        0009-throughput.md markdown 13
        0010-control-socket-nio.md markdown 14
        0011-evaluation-per-recipient.md markdown 12
        ARCHITECTURE.md markdown 23
        Accepted+Changes.swift comment 14 word 1
        Accepted+Simulation.swift comment 5 word 1
        Accepted.swift comment 2 type 1
        AcceptedCopy.swift comment 5
        AddressRefusal.swift comment 1
        AddressTests.swift word 2
        Agenda.swift comment 3
        AgreementTests.swift comment 3 word 3
        Alert.swift comment 2 word 4
        AlertBook.swift comment 6 type 1 word 12
        AlertBookTests.swift word 7
        AlertDesk.swift comment 13 type 1 word 12
        AlertDeskTests.swift word 7
        AlertNames.swift comment 5 word 1
        AlertTests.swift word 7
        AlertWords.swift comment 1 word 7
        AlertingJournal.swift comment 4 word 3
        AlertingJournalTests.swift word 2
        Announcing.swift comment 1
        Answer.swift comment 2
        Answers+Status.swift type 1
        Answers.swift comment 2 type 1 word 2
        BackupTests.swift comment 1 word 3
        Base64.swift comment 1
        BlockingThread.swift comment 1 type 1
        Breaker.swift comment 1
        BuiltinTemplates.swift comment 1 word 4
        Bulletin.swift comment 2 type 1 word 2
        CONTRIBUTING.md markdown 18
        CampaignLoss.swift comment 2
        CanaryTests.swift comment 5 word 5
        Certificate.swift comment 1 word 1
        ChangedSecretTests.swift comment 1 word 2
        Channel.swift comment 7
        ChannelFactory.swift comment 4
        ChannelGatesTests.swift word 1
        ChannelReader.swift comment 3 word 3
        Check.swift word 1
        CheckPaths.swift comment 2 word 2
        CheckRates.swift comment 1
        CheckReport.swift comment 4
        CheckTests.swift word 2
        CheckTexts.swift comment 3 word 1
        Chores.swift comment 1
        ClockBounds.swift comment 7 word 2
        ClockChangeTests.swift word 1
        CommandTests.swift comment 1
        Comparison.swift comment 3
        ComparisonTests.swift word 2
        Configuration.swift comment 1
        ConfigurationReader.swift comment 3 word 3
        ControlClient.swift comment 2
        ControlRequest.swift comment 2
        ControlService.swift comment 3
        ControlSocket.swift comment 1 type 1 word 1
        CrashPointTests.swift comment 2
        CurlLibrary.swift comment 2
        CurlResult.swift comment 2 word 1
        Daemon.swift comment 2
        DaemonChores.swift comment 2
        DaemonRuntime+Metrics.swift comment 1 word 2
        DaemonRuntime+Questions.swift comment 1 word 2
        DaemonRuntime.swift comment 1
        DaemonTests.swift comment 1 word 1
        Day.swift comment 2
        DeliveringLedger.swift comment 5
        Delivery.swift comment 6 word 1
        DeliveryEngine.swift comment 1
        Destination.swift comment 6 type 1
        DestinationTests.swift word 1
        Destinations.swift comment 6 type 1
        Dice.swift type 1
        Directory.swift comment 12 type 1 word 4
        DiskFaultTests.swift comment 2 word 5
        Dispatcher+Answers.swift comment 1
        Dispatcher.swift comment 12
        DomainName.swift comment 6
        Draft.swift comment 1 type 2
        DueEvaluation.swift comment 20 word 1
        DueEvaluationTests.swift comment 3 word 8
        DutyLoop.swift type 1
        DutyService.swift comment 1
        Edit.swift comment 2
        EditTests.swift comment 1 word 4
        EmailAddress.swift comment 7
        EmailChannel.swift comment 1
        EmailMessage.swift comment 4
        EmailMessageTests.swift comment 1
        EmailOutcome.swift comment 9 word 2
        EmailOutcomeTests.swift word 1
        EmbeddedWorkingDays.swift comment 1
        Evaluation.swift comment 27 word 4
        EvaluationQuestion.swift comment 1
        EvaluationReads.swift comment 7
        ExceptionKey.swift comment 6
        ExceptionPhrase.swift comment 1
        Exposition.swift comment 1
        Failed.swift comment 1
        FailedRetryTests.swift comment 1
        FailedSelection.swift comment 2
        FastClock.swift comment 1
        FieldCaseTests.swift comment 2 word 4
        FilePieces.swift comment 1
        FileState.swift comment 1
        Fixtures.swift comment 1
        ForbiddenDestinationsTests.swift comment 1
        FormerNames.swift comment 1
        FreePort.swift comment 1 word 1
        HTTPDate.swift comment 1
        HTTPExchange.swift comment 4
        HTTPRequest.swift comment 2
        HTTPServer.swift type 1 word 1
        HTTPServerTests.swift word 1
        HTTPStage.swift comment 1
        HTTPTransfers.swift comment 9 type 1
        HalfDay.swift comment 1
        HeaderEncoder.swift comment 12
        Heartbeat.swift comment 5
        HoldTests.swift comment 1 word 3
        HostName.swift comment 1
        HostileClientTests.swift comment 4 word 1
        House.swift comment 1 type 1 word 1
        IPAddress.swift comment 1
        Inbox.swift type 1
        Instant+RFC3339.swift comment 3
        Instant.swift comment 1 type 1 word 1
        Journal.swift comment 2
        JournalSocket.swift comment 1
        KnownNames.swift comment 1
        LeadPhrase.swift comment 2
        LeadRule+Due.swift comment 7
        LeadRule.swift comment 3
        Ledger.swift comment 1
        LedgerAccess.swift comment 1 word 1
        LedgerCopy.swift comment 1
        LedgerFiles.swift comment 2 word 2
        LedgerIdentity.swift comment 2 word 1
        LedgerOpening.swift comment 5
        LedgerRefusal.swift comment 1
        LedgerStartup.swift comment 4 word 2
        LedgerUpkeep.swift comment 1
        LedgerWitness.swift comment 4 word 3
        LegacyTextTests.swift comment 4 word 1
        LegacyZones.swift comment 3
        Letter.swift comment 3 type 1 word 2
        LimitFaultTests.swift word 2
        LineBuffer.swift comment 1
        LoadControl.swift comment 2
        Loader.swift comment 3
        LookResult.swift comment 6 type 1
        LookalikesTests.swift word 2
        LoopControl.swift comment 2
        LoopControlTests.swift type 1 word 1
        LoopTests.swift comment 19 type 2 word 24
        LunarCalendar.swift comment 38
        LunarYearTests.swift comment 1
        MachineName.swift comment 3 word 1
        MailReader.swift comment 1
        MailTests.swift comment 1 word 3
        Maildir.swift comment 1
        ManualTests.swift comment 1
        MessageKind.swift comment 1
        Metrics.swift comment 2
        MetricsTests.swift comment 1
        MissingSpace.swift comment 1
        MissingTool.swift comment 2
        Monitor.swift comment 4
        Monotonic.swift comment 1
        Names.swift type 1
        Network.swift comment 1 word 1
        NetworkFaultTests.swift comment 1
        NewLedgerTests.swift word 1
        Nginx.swift comment 5
        Notice.swift comment 5 type 1 word 6
        OneDelivery.swift comment 13 word 2
        OperatedLedger.swift comment 1
        Oracle+Looks.swift type 1
        Output.swift comment 3 word 1
        OutputTests.swift comment 1
        OwnMemory.swift comment 1
        OwnNetwork.swift comment 3 word 1
        OwnedFile.swift comment 1
        Peer.swift comment 1
        PhraseCorrection.swift comment 7 word 1
        PhraseRefusal.swift comment 1
        PhraseTests.swift word 3
        PhraseToken.swift comment 1
        Phrasebook.swift comment 2 word 1
        Places.swift comment 2 type 1
        PlainRows.swift comment 3 word 1
        Plan.swift comment 3 word 1
        PlanDice.swift comment 3
        PlanFolder.swift comment 1
        PlanReader.swift comment 5 word 4
        PlanSet.swift comment 5
        Planner.swift comment 5
        PortHabit.swift comment 1
        Positions.swift comment 2 type 1
        Postfix.swift comment 2
        Pragmas.swift comment 1
        ProcessFaultTests.swift comment 1
        ProcessJournal.swift comment 5 word 3
        ProcessorTime.swift comment 1
        Query.swift comment 1
        RateForecast.swift comment 3 word 1
        ReachTests.swift comment 2
        ReadmeTests.swift comment 2
        RealServerTests.swift comment 1
        Receipt.swift comment 7
        RecipientFileTests.swift comment 1 word 1
        RecipientLoss.swift comment 1
        RecipientReader.swift comment 3 word 2
        Recipients.swift comment 11 type 1 word 6
        Recurrence+Occurrences.swift comment 9
        Recurrence+Phrase.swift comment 1
        Recurrence.swift comment 8
        RecurrenceRule+Text.swift comment 2
        RecurrenceRule.swift comment 20
        RecurrenceRuleTests.swift comment 11
        RefusalAdvice.swift comment 1 word 4
        RefusalAdviceTests.swift word 2
        RefusalGalleryTests.swift word 1
        RefusalTests.swift comment 1
        RehearsalClock.swift comment 2 word 1
        Rehearsals.swift comment 1
        ReloadKeysTests.swift word 1
        ReloadReport.swift comment 1 word 1
        ReloadTransaction.swift comment 1
        Remindd.swift comment 3
        Reminder.swift comment 3 word 1
        Render.swift comment 1
        RequestCheck.swift type 1
        ResolverTests.swift comment 3
        RestartKeys.swift comment 1
        Restore.swift comment 1
        Retention.swift comment 2
        RetentionTests.swift word 1
        RetryPolicy.swift comment 7 word 1
        RetryPolicyTests.swift comment 1
        Rig.swift comment 2
        SECURITY.md markdown 5
        SMTPDialogue.swift comment 1
        SMTPLane.swift comment 10
        SMTPLanes.swift comment 14
        SMTPLanesTests.swift word 3
        SMTPLoginTests.swift comment 1 word 4
        SMTPReply.swift comment 8 word 1
        SMTPServer.swift comment 8
        SMTPStage.swift comment 1
        SQLiteLedger+Claim.swift comment 5 word 1
        SQLiteLedger+Fire.swift comment 1
        SQLiteLedger+History.swift comment 1
        SQLiteLedger+Prune.swift comment 1
        SQLiteLedger+Routes.swift comment 2
        SQLiteLedger+Tally.swift comment 1
        SQLiteLedger.swift comment 1
        SameAnswersTests.swift type 1
        Scheduled.swift comment 11 word 1
        Schema.swift comment 2
        SchemaTests.swift word 2
        SecretPieces.swift comment 4 word 1
        Secrets.swift comment 3
        SecretsTests.swift comment 1 word 1
        SeedDocuments.swift comment 1
        SendTest.swift comment 1 word 4
        SenderDoubt.swift comment 1
        SharedAnchorTests.swift comment 1
        SharedAnswer.swift comment 1
        ShiftedClock.swift comment 1
        SignalService.swift comment 1
        SimulatedRows.swift comment 4 type 1 word 1
        SmallDisk.swift comment 3
        SplicedBody.swift comment 3
        SplicedBodyTests.swift word 1
        StandardErrorLog.swift comment 2
        StartupState.swift comment 4 word 1
        StoredReminder.swift comment 1
        Strace.swift comment 5
        StrayException.swift comment 3
        String+Composed.swift comment 1
        Subprocess.swift comment 12
        Supervisor.swift type 1 word 2
        SystemCall.swift comment 2
        SystemClock.swift comment 1 type 1
        SystemZones.swift comment 7
        Template.swift comment 6
        TemplateCheck.swift comment 1 word 1
        TemplateTests.swift comment 1
        TemplateVariable.swift comment 2 word 1
        TerminalTests.swift comment 2
        TidyRule+Language.swift comment 2
        TimeFaultTests.swift comment 1
        TimeSlip.swift comment 1
        Transfer.swift comment 9 type 1 word 3
        UnixSocketCall.swift comment 3
        Unreached.swift comment 1 type 2
        UserFiles.swift comment 4
        Values.swift comment 2 type 1
        Vocabulary.swift comment 2
        Watch.swift comment 1 type 1 word 1
        WebhookBody.swift comment 3
        WebhookChannel+Bulletin.swift comment 2
        WebhookChannel.swift comment 5
        WebhookOutcome.swift comment 8 word 1
        WebhookPolicy.swift comment 3
        WebhookSecret.swift comment 1
        WebhookURL.swift comment 4
        WeeklyWord.swift type 1 word 1
        WhenParser+Dates.swift comment 2 word 3
        WhenParser.swift comment 6
        Wording.swift comment 10 word 1
        WordingTests.swift word 1
        WorkedDays.swift comment 4
        WorkingCalendar.swift comment 1
        WorkingDaysTests.swift comment 2
        YearsPhrase.swift comment 1
        Zone.swift comment 41
        ZoneLeadTests.swift comment 3 word 1
        ZoneTests.swift comment 3
        benchmarks.md markdown 18
        dns_peer.py comment 1
        echo_peer.py comment 3 word 1
        endurance.md markdown 25
        fast_clock.c comment 2
        faults.md markdown 2
        fuzzing.md markdown 5
        h2_peer.py comment 2
        http_peer.py comment 8
        inputs.md markdown 5
        journal_peer.py comment 4 word 1
        leash.sh comment 1
        life-of-a-delivery.md markdown 2
        login_peer.py comment 3 word 1
        mail_server.py comment 1 word 1
        microsoft-365.md markdown 10
        notify_peer.py comment 1
        postfix.sh comment 8
        python_email.py comment 2
        real.py comment 5 word 1
        remindd-plan.5.md markdown 48
        remindd.1.md markdown 16
        remindd.8.md markdown 92
        remindd.yaml.5.md markdown 1
        resolver.py comment 3
        servers.md markdown 4
        shifted_clock.c comment 3
        simulator.md markdown 22
        smtp_peer.py comment 9 word 1
        systemd.md markdown 4
        upgrade.md markdown 3
        validate.py comment 2
        """
}
