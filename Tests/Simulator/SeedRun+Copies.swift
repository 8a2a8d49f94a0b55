import Dates
import Glibc
import Ledgers
import Scheduler

/// The ledger's files as they stood at some moment, with the oracle's memory of that moment.
struct LedgerImage {
    let path: String
    let book: Book
    /// True time.
    let madeAt: Instant

    /// The files of a ledger, its log included.
    static func files(_ path: String) -> [String] { [path, path + "-wal", path + "-shm"] }

    static func remove(_ path: String) { for file in files(path) { unlink(file) } }

    /// Copies a ledger as it stands, as a kill leaves it.
    static func copy(_ from: String, to: String) {
        remove(to)
        for suffix in ["", "-wal"] { copyFile(from + suffix, to + suffix) }
    }
}

/// How a copy comes back.
enum PuttingBack {
    /// `remindd restore`, which marks the ledger.
    case byCommand
    /// The file, by hand: only the high-water mark beside it can tell.
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

    /// The next start finds the copy.
    func requestPuttingBack() {
        guard copy != nil, putsBack == nil, oracle.book.held == nil else { return }
        putsBack = dice.one(of: [.byCommand, .byHand])
        if dice.chance(0.5) { stopRequested = true } else { ledger?.die() }
    }

    /// By hand only where the high-water mark is ahead of the copy: what it cannot tell, nothing can (contract).
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

    /// As `Start` does it: a ledger behind its high-water mark is a copy.
    func holdIfRestored(_ ledger: ObservedLedger, _ file: SQLiteLedger) throws(LedgerFailure) {
        let own = LedgerWitness(generation: file.generation - 1, lookedUntil: try file.lookedUntil())
        let mark = mark.map { $0.isOfRestore ? .restored(lookedUntil: max(clock.now(), $0.lookedUntil)) : $0 }
        if let mark, mark.isAhead(of: own) { try ledger.hold(until: mark.lookedUntil) }
    }

    /// How far the ledger is, after it is.
    func writeMark(_ file: SQLiteLedger) {
        guard let lookedUntil = try? file.lookedUntil() else { return }
        mark = LedgerWitness(generation: file.generation, lookedUntil: lookedUntil)
        markedAt = clock.truth
    }

    /// A kill leaves the log beside the file: now and then that is what the next start finds.
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

    // MARK: A person

    /// Somebody comes by now and then, sets a clock right that is not believed, and answers a hold.
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
            // A copy of more than 100 days makes a right clock look ahead: then the person says that it is right.
            if clock.offset != .zero { setClock(.zero, "set right") }
            answer = dice.chance(0.7)
        } else if oracle.book.held != nil, oracle.book.releasing == nil {
            answer = dice.chance(0.5)
        }
    }

    /// `remindd release`, between two turns.
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
            mark = LedgerWitness(generation: file.generation, lookedUntil: now)
            trustClock()
            oracle.looksAfresh()
            planner.released(now: now)
            isRoused = true
        } catch {
            // A dead process or a full disk: the person asks again.
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
