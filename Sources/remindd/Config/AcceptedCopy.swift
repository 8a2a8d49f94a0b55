import Foundation
import Scheduler

/// The files of the state that was accepted last, whole, in one file beside the ledger: `<ledger>.accepted`.
///
/// A broken plan never silences (architecture page): where the files cannot be used at a start, this copy runs. Secrets are
/// only named in the files, so they are only named here. The form: a line `remindd accepted 1`, a line with the number of campaigns and
/// one with each campaign's name, a line with the number of files, then for each a line `BYTES PATH` and its bytes; `end`.
struct AcceptedCopy {
    /// By absolute path.
    let files: [String: [UInt8]]
    /// `plan/campaign`, to see what a start has lost without reading every plan twice.
    let campaigns: [String]

    private static let title = "remindd accepted 1"

    static func path(ofLedger ledger: String) -> String { ledger + ".accepted" }

    init(files: [String: [UInt8]], campaigns: [String]) {
        self.files = files
        self.campaigns = campaigns
    }

    /// nil where there is none, or none that is whole.
    init?(ofLedger ledger: String) {
        guard let content = FileManager.default.contents(atPath: AcceptedCopy.path(ofLedger: ledger)) else { return nil }
        var rest = content[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard line() == AcceptedCopy.title, let campaignCount = line().flatMap({ Int($0) }) else { return nil }
        var campaigns: [String] = []
        for _ in 0..<campaignCount {
            guard let campaign = line() else { return nil }
            campaigns.append(campaign)
        }
        guard let fileCount = line().flatMap({ Int($0) }) else { return nil }
        var files: [String: [UInt8]] = [:]
        for _ in 0..<fileCount {
            guard let head = line(), let space = head.firstIndex(of: " "), let count = Int(head[..<space]), count >= 0,
                rest.count > count
            else { return nil }
            files[String(head[head.index(after: space)...])] = Array(rest.prefix(count))
            rest = rest.dropFirst(count + 1)
        }
        guard line() == "end" else { return nil }
        self.files = files
        self.campaigns = campaigns
    }

    /// Written aside, made durable and renamed, so that there is always a whole one. False where the disk does not let us.
    func write(ofLedger ledger: String) -> Bool {
        var content = Data("\(AcceptedCopy.title)\n\(campaigns.count)\n".utf8)
        for campaign in campaigns { content.append(contentsOf: "\(campaign)\n".utf8) }
        content.append(contentsOf: "\(files.count)\n".utf8)
        // A name with a line end could not be read back; such a file is left out, and then missed.
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) where !path.contains("\n") {
            content.append(contentsOf: "\(bytes.count) \(path)\n".utf8)
            content.append(contentsOf: bytes)
            content.append(0x0A)
        }
        content.append(contentsOf: "end\n".utf8)
        let target = AcceptedCopy.path(ofLedger: ledger)
        // Most starts accept what was accepted before.
        if FileManager.default.contents(atPath: target) == content { return true }
        let aside = target + ".new"
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard (try? file.write(contentsOf: content)) != nil, fdatasync(descriptor) == 0, rename(aside, target) == 0 else {
            unlink(aside)
            return false
        }
        return true
    }
}
