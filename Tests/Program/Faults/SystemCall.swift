/// A system call of a program, as strace(1) writes it.
struct SystemCall: Hashable {
    let thread: Int
    let name: String
    /// The file that the call has open or names. Empty if there is none.
    let path: String
    /// The text of the line after the name.
    let text: String
    /// Whether strace made the call fail, or killed the program at it.
    let isInjected: Bool
    /// Whether the call returned 0. False also if the line does not say how the call ended.
    let succeeded: Bool

    /// Reads the output of `strace -f -y -xx -o FILE`.
    ///
    /// A call that a line of another thread splits is placed where it began.
    static func all(in trace: String) -> [SystemCall] {
        var calls: [SystemCall] = []
        for line in trace.split(separator: "\n") {
            // strace pads small process ids.
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

    /// Whether the call writes the last page of a transaction to SQLite's log.
    ///
    /// The header of that page says how many pages the database has after the transaction
    /// (https://sqlite.org/fileformat2.html, "The WAL File Format").
    var isCommit: Bool {
        guard name == "pwrite64", path.hasSuffix("-wal"), let header = text.firstMatch(of: #/"((?:\\x[0-9a-f]{2})*)"\.*, 24, /#)
        else { return false }
        return Self.bytes(header.1).dropFirst(4).prefix(4).contains { $0 != 0 }
    }
}
