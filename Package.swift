// swift-tools-version: 6.0
import PackageDescription

/// Set by `make fuzz`, which builds the readers with libFuzzer's coverage.
let isFuzzing = Context.environment["REMINDD_FUZZ"] == "1"

let strict: [SwiftSetting] = [
    .unsafeFlags(
        isFuzzing ? ["-sanitize=fuzzer", "-parse-as-library", "-enable-testing", "-O"] : ["-warnings-as-errors"])
]

/// For targets with small functions that others call in loops: release builds inline them across modules.
let inlined = strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let fuzzed: [Target.Dependency] = [
    "Config", "Diagnostics", "Documents", "Notifiers", "Dates", "Plans", "Scheduler", "Listener",
    "Messages", "Transport", "CCurl", .product(name: "NIOEmbedded", package: "swift-nio"),
    .product(name: "Yams", package: "Yams"),
]

let package = Package(
    name: "remindd",
    products: [.executable(name: "remindd", targets: ["remindd"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "Diagnostics", swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Dates", path: "Sources/Scheduler/Dates", swiftSettings: inlined),
        .target(name: "Plans", dependencies: ["Dates", "Diagnostics"], path: "Sources/Scheduler/Plans", swiftSettings: inlined),
        .target(
            name: "Scheduler", dependencies: ["Dates", "Plans", "CCrypto"], exclude: ["Dates", "Plans"], swiftSettings: strict),
        .target(name: "Clocks", dependencies: ["Dates", "Scheduler", "CLinux"], swiftSettings: strict),
        .target(
            name: "Ledgers",
            dependencies: ["Dates", "Scheduler", "CLinux", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .target(
            name: "Transport", dependencies: ["Clocks", "Dates", "Diagnostics", "Scheduler", "CCurl", "CLinux"],
            path: "Sources/Notifiers/Transport", swiftSettings: strict),
        .target(name: "ICalendar", dependencies: ["Dates"], swiftSettings: strict),
        .target(
            name: "Messages", dependencies: ["Dates", "Diagnostics", "ICalendar", "Plans", "Scheduler", "Transport"],
            path: "Sources/Notifiers/Messages",
            swiftSettings: strict),
        .target(
            name: "Notifiers",
            dependencies: [
                "Dates", "Diagnostics", "Documents", "ICalendar", "JSON", "Messages", "Plans", "Scheduler", "Transport",
                "CCrypto",
                "CLinux",
            ],
            exclude: ["Messages", "Transport"], swiftSettings: strict),
        .target(
            name: "Documents", dependencies: ["Diagnostics", .product(name: "Yams", package: "Yams")], swiftSettings: strict),
        .target(
            name: "Config",
            dependencies: ["Dates", "Diagnostics", "Documents", "Notifiers", "Plans", "Scheduler", "Transport"],
            swiftSettings: strict),
        .target(
            name: "Reports",
            dependencies: ["Config", "Dates", "Diagnostics", "Messages", "Notifiers", "Plans", "Scheduler", "Transport"],
            swiftSettings: strict),
        .target(
            name: "Monitoring",
            dependencies: [
                "Clocks", "Config", "Dates", "Diagnostics", "Messages", "Notifiers", "Plans", "Scheduler", "Transport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Listener",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Sources/Web/Listener",
            swiftSettings: strict),
        .executableTarget(
            name: "remindd",
            dependencies: [
                "Clocks", "Config", "Dates", "Diagnostics", "Documents", "JSON", "Ledgers", "Listener", "Messages", "Monitoring",
                "Notifiers", "Plans", "Reports", "Scheduler", "Transport", "CLinux", "CSystemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Simulator", dependencies: ["Dates", "Plans", "Scheduler", "Ledgers", "CLinux", "Randomness"],
            path: "Tests/Simulator", swiftSettings: strict),
        .executableTarget(
            name: "CalendarBench", dependencies: ["Dates", "Plans", "Scheduler"], path: "bench/Calendar", swiftSettings: strict),
        .executableTarget(
            name: "LedgerBench", dependencies: ["Dates", "Plans", "Scheduler", "Ledgers"], path: "bench/Ledger",
            swiftSettings: strict),
        .executableTarget(
            name: "EvaluationBench", dependencies: ["Dates", "Plans", "Scheduler", "Ledgers"], path: "bench/Evaluation",
            swiftSettings: strict),
        .target(name: "Randomness", path: "Tests/Randomness", swiftSettings: strict),
        .target(
            name: "Support", dependencies: ["Dates", "Diagnostics", "Plans", "Scheduler", "CLinux"], path: "Tests/Support",
            exclude: ["Scripts"],
            swiftSettings: strict),
        .target(
            name: "ProgramHarness", dependencies: ["Dates", "JSON", "Support"], path: "Tests/ProgramHarness",
            swiftSettings: strict),
        .testTarget(
            name: "DatesTests", dependencies: ["Dates", "Diagnostics", "Plans", "Randomness", "Scheduler", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "PlansTests", dependencies: ["Dates", "Diagnostics", "Plans", "Randomness", "Scheduler", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "SchedulerTests", dependencies: ["Diagnostics", "Dates", "Plans", "Scheduler", "Randomness", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests", dependencies: ["Dates", "Plans", "Scheduler", "Ledgers", "Support"], swiftSettings: strict),
        .testTarget(
            name: "LedgersTests", dependencies: ["Dates", "Plans", "Scheduler", "Ledgers", "Support"], swiftSettings: strict),
        .testTarget(
            name: "NotifiersTests",
            dependencies: [
                "Dates", "Diagnostics", "ICalendar", "Messages", "Notifiers", "Plans", "Randomness", "Scheduler", "Support",
                "Transport",
            ],
            exclude: ["Gallery"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Config", "Dates", "Diagnostics", "Messages", "Notifiers", "Plans", "Reports", "Scheduler", "Support",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MonitoringTests",
            dependencies: [
                "Clocks", "Config", "Dates", "Monitoring", "Notifiers", "Plans", "ProgramHarness", "Scheduler", "Support",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ListenerTests",
            dependencies: ["Listener", "Randomness", "Support", .product(name: "NIOEmbedded", package: "swift-nio")],
            swiftSettings: strict),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Support"], swiftSettings: strict),
        .testTarget(
            name: "ConfigTests",
            dependencies: [
                "Config", "Dates", "Diagnostics", "Documents", "Notifiers", "Plans", "Randomness", "Scheduler", "Support",
            ],
            exclude: ["cites.sha256"], swiftSettings: strict),
        .testTarget(
            name: "reminddTests",
            dependencies: [
                "remindd", "Clocks", "Config", "Dates", "Diagnostics", "Documents", "JSON", "Messages", "Monitoring", "Notifiers",
                "Plans", "ProgramHarness", "Randomness", "Reports", "Support", "Transport",
            ],
            exclude: ["Golden", "Refusals"], swiftSettings: strict),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "remindd", "Clocks", "Config", "Dates", "Diagnostics", "JSON", "Ledgers", "Messages", "Monitoring", "Notifiers",
                "Plans", "ProgramHarness", "Reports", "Scheduler", "Support", "Transport",
            ],
            path: "Tests/Program", swiftSettings: strict),
        isFuzzing
            ? .executableTarget(
                name: "Fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["Corpus", "CorpusTests.swift"],
                swiftSettings: strict, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
            : .testTarget(
                name: "FuzzTests", dependencies: fuzzed + ["Support"], path: "Tests/Fuzz", exclude: ["Corpus", "Fuzz.swift"],
                swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["Support"], path: "Tests/Tidy", swiftSettings: strict),
    ]
)
