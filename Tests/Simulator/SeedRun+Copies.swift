import Dates
import Glibc
import Ledgers
import Scheduler

/// A copy of the ledger files, with the oracle's book at the time when the copy was made.
struct LedgerImage {
    let path: String
    let book: Book
    /// When the copy was made, by `SimulatedClock.truth`.
    let madeAt: Instant

    /// Returns the paths of a ledger's files, including its write-ahead log.
    static func files(_ path: String) -> [String] { [path, path + "-wal", path + "-shm"] }

    static func remove(_ path: String) { for file in files(path) { unlink(file) } }

    /// Copies a ledger that is in use. The copy has the files that a kill would leave.
    static func copy(_ from: String, to: String) {
        remove(to)
        for suffix in ["", "-wal"] { copyFile(from + suffix, to + suffix) }
    }
}

/// How a copy is restored.
enum PuttingBack {
    /// With `remindd restore`, which writes into the ledger that it was restored.
    case byCommand
    /// By copying the file, which only the high-water mark next to the ledger can reveal.
    case byHand
}

extension SeedRun {
    /// Makes a copy of the ledger while it is in use.
    func makeCopy() {
        guard ledger?.isDead == false else { return }
        if let copy { LedgerImage.remove(copy.path) }
        let image = LedgerImage(path: path + ".copy", book: oracle.book, madeAt: clock.truth)
        LedgerImage.copy(path, to: image.path)
        copy = image
        oracle.note("the ledger is copied")
    }

    /// Ends the process, so that the next start restores the copy.
    func requestPuttingBack() {
        guard copy != nil, putsBack == nil, oracle.book.held == nil else { return }
        putsBack = dice.one(of: [.byCommand, .byHand])
        if dice.chance(0.5) { stopRequested = true } else { ledger?.die() }
    }

    /// Restores the copy in the way that `requestPuttingBack` chose.
    ///
    /// A copy is restored by hand only if the high-water mark is ahead of it. Otherwise the program
    /// could not detect the restore.
    func putBackCopy() {
        guard let how = putsBack, let image = copy, let mark else { return }
        putsBack = nil
        let knows = mark.lookedUntil > image.book.lookedUntil
        guard how == .byCommand || knows else { return }
        LedgerImage.remove(path)
        generation += 1
        LedgerImage.copy(image.path, to: path)
        if how == .byCommand { self.mark = .restored(lookedUntil: mark.lookedUntil) }
        oracle.putBack(image.book, madeAt: image.madeAt)
    }

    /// Starts a hold if the ledger is behind its high-water mark, as the daemon does at its start.
    ///
    /// Such a ledger is a restored copy.
    func holdIfRestored(_ ledger: ObservedLedger, _ file: SQLiteLedger) throws(LedgerFailure) {
        let own = HighWaterMark(generation: file.generation - 1, lookedUntil: try file.lookedUntil())
        let mark = mark.map { $0.isOfRestore ? .restored(lookedUntil: max(clock.now(), $0.lookedUntil)) : $0 }
        if let mark, mark.isAhead(of: own) { try ledger.hold(until: mark.lookedUntil) }
    }

    /// Updates the high-water mark with the progress of the ledger.
    func writeMark(_ file: SQLiteLedger) {
        guard let lookedUntil = try? file.lookedUntil() else { return }
        mark = HighWaterMark(generation: file.generation, lookedUntil: lookedUntil)
        markedAt = clock.truth
    }

    /// Closes the ledger file after its process has ended.
    /// Closes the ledger file after its process has ended.
    ///
    /// After three in ten kills, the next start finds the files, with the write-ahead log, as they
    /// were before the close.
    func abandon(_ file: SQLiteLedger, killed: Bool) {
        let left = path
        if killed, dice.chance(0.3) {
            generation += 1
            LedgerImage.copy(left, to: path)
            file.close()
            LedgerImage.remove(left)
        } else {
            file.close()
        }
    }

    // MARK: The operator

    /// Schedules an operator who may correct an untrusted clock or decide about a hold.
    func comeBy(until calm: Instant) {
        let at = clock.truth + dice.around(.hours(5))
        guard at < calm else { return }
        timeline.at(at) { [self] in
            settle()
            comeBy(until: calm)
        }
    }

    func settle() {
        guard ledger?.isDead == false else { return }
        if clockComplaint != nil {
            // If the restored copy is older than 100 days, a correct clock appears to be ahead. The
            // operator then confirms the clock.
            if clock.offset != .zero { setClock(.zero, "set right") }
            answer = dice.chance(0.7)
        } else if oracle.book.held != nil, oracle.book.releasing == nil {
            answer = dice.chance(0.5)
        }
    }

    /// Carries out the decision as `remindd release` does, between two turns of the main loop.
    func answerHold(_ planner: Planner, _ file: SQLiteLedger) {
        guard let sends = answer, let ledger else { return }
        answer = nil
        do throws(LedgerFailure) {
            let (held, lookedUntil) = (try file.held(), try file.lookedUntil())
            let now = clock.now()
            let complaint = clockComplaint ?? ClockBounds.complaint(now: now, lookedUntil: lookedUntil, built: built)
            guard held != nil || complaint != nil, complaint == nil || clock.offset == .zero else { return }
            let look = ClockBounds.release(
                office.accepted.plans, lookedUntil: lookedUntil, held: held, now: now, drops: !sends)
            try ledger.release(look, sendsPending: sends)
            mark = HighWaterMark(generation: file.generation, lookedUntil: now)
            trustClock()
            oracle.looksAfresh()
            planner.released(now: now)
            isRoused = true
        } catch {
            // The process has died, or the disk is full. The operator decides again later.
        }
    }
}

private func copyFile(_ from: String, _ to: String) {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { return }
    let target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { break }
        precondition(write(target, buffer, count) == count, "no space for a copy of the ledger")
    }
    close(source)
    close(target)
}
