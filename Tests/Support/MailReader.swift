import Foundation

/// Three independent programs that parse mail. If all three agree, other mail programs should too.
public enum MailReader: String, CaseIterable, Sendable {
    /// Python's `email` package.
    case python
    /// Perl's Email::MIME.
    case perl
    /// mblaze, written in C.
    case mblaze

    /// A mail as a program decodes it: without encoded-words and transfer encodings, and with LF
    /// line ends.
    public struct Mail: Decodable, Sendable {
        public let subject: String?
        public let text: String?
        public let html: String?
    }

    /// Reads one message.
    public func read(_ message: [UInt8]) async throws -> Mail {
        let folder = try TemporaryFolder()
        let file = try folder.write("mail.eml", bytes: message)
        switch self {
        case .python: return try await script("/usr/bin/python3", "python_email.py", [file])[0]
        case .perl: return try await script("/usr/bin/perl", "perl_email.pl", [file])[0]
        case .mblaze: return try await mblaze(file, settings: folder.path)
        }
    }

    private func mblaze(_ file: String, settings: String) async throws -> Mail {
        func ask(_ command: [String]) async throws -> String {
            let finished = try await Subprocess.run(command + [file], environment: ["MBLAZE": settings])
            guard finished.status == 0 else { throw Unread(description: "\(command): \(finished.errors)") }
            return finished.output
        }
        func part(_ kind: String) async throws -> String {
            try await ask(["mshow", "-N", "-n", "-h", "", "-A", kind])
        }
        return Mail(
            subject: try await ask(["mhdr", "-d", "-h", "subject"]).trimmingCharacters(in: .newlines),
            text: try await part("text/plain"), html: try await part("text/html"))
    }
}

/// A mail as Python's `email` package reads it, in full.
public struct PythonMail: Decodable, Sendable {
    public let subject: String?
    /// Pairs of display name and address.
    public let from: [[String]]
    public let to: [[String]]
    /// The date in ISO 8601 with the offset of the header.
    public let date: String?
    /// Pairs of header name and decoded value, in order.
    public let headers: [[String]]
    public let contentType: String
    /// The media type of each part, the outermost first.
    public let parts: [String]
    public let text: String?
    public let html: String?
    /// The defects that the package found; empty for a good message.
    public let defects: [String]

    public static func read(_ message: [UInt8]) async throws -> PythonMail {
        try await readAll([message])[0]
    }

    /// Reads many messages with one start of Python.
    public static func readAll(_ messages: [[UInt8]]) async throws -> [PythonMail] {
        let folder = try TemporaryFolder()
        let files = try messages.enumerated().map { try folder.write("\($0.offset).eml", bytes: $0.element) }
        return try await script("/usr/bin/python3", "python_email.py", files)
    }

    /// Returns the decoded value of the first header of this name.
    public func header(_ name: String) -> String? {
        headers.first { $0[0].caseInsensitiveCompare(name) == .orderedSame }?[1]
    }
}

/// The error that is thrown if a program could not read the message.
public struct Unread: Error, CustomStringConvertible {
    public let description: String
}

/// Runs one of the scripts on these files. The script prints one line of JSON for each file.
private func script<Answer: Decodable>(_ interpreter: String, _ name: String, _ files: [String]) async throws -> [Answer] {
    let finished = try await Subprocess.run([interpreter, PackageRoot.script(name)] + files)
    let lines = finished.lines
    guard finished.status == 0, lines.count == files.count else { throw Unread(description: "\(name): \(finished.errors)") }
    return try lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
}
