/// A system call of a program, as recorded by strace(1).
struct SystemCall: Hashable {
    let thread: Int
    let name: String
    /// The path of the file that the call uses; empty if the call uses no file.
    let path: String
    /// The text of the line after the name.
    let text: String
    /// Whether strace made the call fail, or killed the program at the call.
    let isInjected: Bool
    /// Whether the call returned 0; false if the line shows no result.
    let succeeded: Bool

    /// Parses the output of `strace -f -y -xx -o FILE`.
    ///
    /// strace splits a call into two lines if another thread makes a call in the meantime. In the
    /// result, the call has the position of its first line.
    static func all(in trace: String) -> [SystemCall] {
        var calls: [SystemCall] = []
        for line in trace.split(separator: "\n") {
            // Skips the spaces that strace writes after small process ids.
            guard let number = line.prefixMatch(of: #/(\d+) +/#), let thread = Int(number.1) else { continue }
            let rest = line[number.range.upperBound...]
            if let end = rest.wholeMatch(of: #/<\.\.\. (\w+) resumed>.*/#) {
                guard let open = calls.lastIndex(where: { $0.thread == thread && $0.name == end.1 }) else { continue }
                calls[open] = calls[open].ended(rest)
            } else if let call = rest.wholeMatch(of: #/(\w+)\((.*)/#) {
                calls.append(
                    SystemCall(
                        thread: thread, name: String(call.1), path: path(in: call.2), text: String(call.2),
                        isInjected: line.contains("(INJECTED)"), succeeded: rest.contains(#/\) += 0$/#)))
            }
        }
        return calls
    }

    private func ended(_ rest: Substring) -> SystemCall {
        SystemCall(
            thread: thread, name: name, path: path, text: text, isInjected: rest.contains("(INJECTED)"),
            succeeded: rest.contains(#/\) += 0$/#))
    }

    private static func path(in arguments: Substring) -> String {
        let open = arguments.firstMatch(of: #/^\d+<((?:\\x[0-9a-f]{2})*)>/#)?.1
        let named = arguments.firstMatch(of: #/^"((?:\\x[0-9a-f]{2})*)"/#)?.1
        return String(decoding: bytes(open ?? named ?? ""), as: UTF8.self)
    }

    private static func bytes(_ escaped: Substring) -> [UInt8] {
        escaped.split(separator: "\\x").compactMap { UInt8($0, radix: 16) }
    }

    /// Whether the call writes the last page of a transaction to SQLite's write-ahead log.
    ///
    /// The header of this page contains the number of pages of the database after the transaction
    /// (https://sqlite.org/fileformat2.html, "The WAL File Format").
    var isCommit: Bool {
        guard name == "pwrite64", path.hasSuffix("-wal"), let header = text.firstMatch(of: #/"((?:\\x[0-9a-f]{2})*)"\.*, 24, /#)
        else { return false }
        return Self.bytes(header.1).dropFirst(4).prefix(4).contains { $0 != 0 }
    }
}
