// swift-tools-version: 6.0
import PackageDescription

// The modules under Sources are the program's own, by links: built here once more, with coverage for libFuzzer.
let fuzzed: [SwiftSetting] = [
    .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-enable-testing", "-O"])
]

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "Scheduler", dependencies: ["CCrypto"], swiftSettings: fuzzed),
        .target(name: "Notifiers", dependencies: ["Scheduler", "CCrypto", "CCurl", "CLinux"], swiftSettings: fuzzed),
        .target(
            name: "Config", dependencies: ["Scheduler", "Notifiers", "CLinux", .product(name: "Yams", package: "Yams")],
            swiftSettings: fuzzed),
        .target(
            name: "Listener",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: fuzzed),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Scheduler", "Notifiers", "Config", "Listener", .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            exclude: ["CorpusTests.swift"],
            swiftSettings: fuzzed,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
