import Dates
import Dispatch
import Glibc
import Scheduler
import Synchronization

/// The command of the simulator. It runs many seeds and prints their totals and a verdict.
@main
enum Simulator {
    private struct Options {
        var first: UInt64 = 1
        var seeds = 200
        var settings = SeedRun.Settings()
        var mutations: [Mutation] = []
        var lines = 60
        /// The required number of crashes.
        ///
        /// A run with fewer crashes fails, because it tested too few recoveries.
        var leastCrashes = 0
    }

    static func main() {
        makeHashingRepeatable()
        guard var options = options(Array(CommandLine.arguments.dropFirst())) else {
            print(
                "usage: Simulator [--seeds N] [--first N] [--years N in all] [--crashes LEAST] [--seed N] [--days N] [--trace] [--lines N] "
                    + "[--mutate NAME|all]")
            exit(2)
        }
        options.settings.zones = zones()
        if !options.mutations.isEmpty { exit(proveMutations(options) ? 0 : 1) }
        exit(options.seeds == 1 ? (runOne(options) ? 0 : 1) : (runMany(options) ? 0 : 1))
    }

    /// Starts the program again with deterministic hashing.
    ///
    /// Without it, the order of dictionaries differs between processes, and a seed would not always
    /// give the same run.
    private static func makeHashingRepeatable() {
        guard getenv("SWIFT_DETERMINISTIC_HASHING") == nil else { return }
        setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        preconditionFailure("the simulator cannot restart itself")
    }

    private static func options(_ arguments: [String]) -> Options? {
        var options = Options()
        var years: Int?
        var left = arguments[...]
        while let word = left.popFirst() {
            if word == "--trace" {
                options.settings.traces = true
                continue
            }
            guard let value = left.popFirst() else { return nil }
            switch (word, Int(value)) {
            case ("--seeds", let number?): options.seeds = number
            case ("--first", let number?): options.first = UInt64(number)
            case ("--years", let number?): years = number
            case ("--days", let number?): options.settings.days = number
            case ("--crashes", let number?): options.leastCrashes = number
            case ("--lines", let number?): options.lines = number
            case ("--seed", let number?): (options.first, options.seeds) = (UInt64(number), 1)
            case ("--mutate", _):
                options.mutations = value == "all" ? Mutation.allCases : Mutation(rawValue: value).map { [$0] } ?? []
                if options.mutations.isEmpty { return nil }
            default: return nil
            }
        }
        if let years { options.settings.days = max(1, (years * 365 + options.seeds - 1) / options.seeds) }
        return options
    }

    private static let zoneNames = [
        "Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut",
    ]

    private static func zones() -> [Zone] {
        zoneNames.map { name in
            let file = fopen("/usr/share/zoneinfo/\(name)", "r")
            guard let file else { preconditionFailure("tzdata is not installed; run: make setup") }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = fread(&bytes, 1, bytes.count, file)
            guard let zone = try? Zone(name: name, tzif: Array(bytes[..<count])) else {
                preconditionFailure("\(name) cannot be read")
            }
            return zone
        }
    }

    private static func runOne(_ options: Options) -> Bool {
        let result = SeedRun(seed: options.first, settings: options.settings).run()
        for line in result.notes.suffix(options.lines) { print(line) }
        print(result.totals.words)
        for violation in result.violations { print("seed \(options.first): \(violation)") }
        return result.violations.isEmpty
    }

    /// Runs the seeds in parallel, with one thread for each core.
    ///
    /// If there is a mutation, stops at the first seed that fails.
    private static func goThrough(_ options: Options) -> (totals: Totals, failures: [(seed: UInt64, violations: [String])]) {
        let totals = Mutex(Totals())
        let failed = Mutex<[UInt64: [String]]>([:])
        let next = Mutex(options.first)
        let last = options.first + UInt64(options.seeds) - 1
        DispatchQueue.concurrentPerform(iterations: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) { _ in
            while true {
                let seed = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                if seed > last { return }
                if options.settings.mutation != nil, failed.withLock({ !$0.isEmpty }) { return }
                let result = SeedRun(seed: seed, settings: options.settings).run()
                totals.withLock { $0 += result.totals }
                guard let violation = result.violations.first else { continue }
                failed.withLock { $0[seed] = result.violations }
                if options.settings.mutation == nil { report(seed, violation, options) }
            }
        }
        let failures = failed.withLock { $0 }.sorted { $0.key < $1.key }
        return (totals.withLock { $0 }, failures.map { (seed: $0.key, violations: $0.value) })
    }

    /// Prints a seed that fails immediately, so that it can be examined while the run continues.
    private static func report(_ seed: UInt64, _ violation: String, _ options: Options) {
        print("seed \(seed): \(violation)\n  again: \(replay(seed, options))")
        fflush(nil)
    }

    private static func runMany(_ options: Options) -> Bool {
        let (totals, failures) = goThrough(options)
        print(totals.words)
        if let first = failures.first { trace(first.seed, options) }
        let isEnough = totals.crashes >= options.leastCrashes
        if !isEnough { print("too few crashes: \(options.leastCrashes) are required") }
        let verdict =
            failures.isEmpty
            ? "nothing lost, early, late, doubled without a reason, stuck or silent" : "FAILED: \(failures.count) seeds"
        print("verdict              \(verdict)")
        return failures.isEmpty && isEnough
    }

    /// Checks that the oracle detects every mutation.
    ///
    /// For each mutation, a seed must fail with the mutation and pass without it.
    private static func proveMutations(_ options: Options) -> Bool {
        var options = options
        options.seeds = min(options.seeds, 60)
        var seen: Set<Mutation> = []
        for mutation in options.mutations {
            options.settings.mutation = mutation
            let (totals, failures) = goThrough(options)
            guard let first = failures.first else {
                print("\(mutation.rawValue): NOT SEEN in \(totals.seeds) seeds")
                continue
            }
            var settings = options.settings
            settings.mutation = nil
            guard SeedRun(seed: first.seed, settings: settings).run().violations.isEmpty else {
                print("\(mutation.rawValue): proves nothing, seed \(first.seed) fails without it")
                continue
            }
            seen.insert(mutation)
            print("\(mutation.rawValue): seen with seed \(first.seed): \(first.violations[0].prefix(160))")
        }
        print("verdict: \(seen.count) of \(options.mutations.count) mutations seen")
        if options.mutations == Mutation.allCases {
            let kept = Mutation.promises.filter { seen.isSuperset(of: $0.mutations) }
            let names = kept.map(\.name).joined(separator: ", ")
            print("switched off and seen: \(kept.count) of \(Mutation.promises.count): \(names)")
        }
        return seen.count == options.mutations.count
    }

    private static func replay(_ seed: UInt64, _ options: Options) -> String {
        "\(CommandLine.arguments[0]) --seed \(seed) --days \(options.settings.days)"
    }

    private static func trace(_ seed: UInt64, _ options: Options) {
        var settings = options.settings
        settings.traces = true
        let result = SeedRun(seed: seed, settings: settings).run()
        print("the end of seed \(seed); the whole trace: \(replay(seed, options)) --trace --lines 100000")
        for line in result.notes.suffix(25) { print("  \(line)") }
    }
}
