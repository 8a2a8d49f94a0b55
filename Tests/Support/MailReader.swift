import Foundation

/// Three independent programs that parse mail.
///
/// If all three agree about a mail, other mail programs should agree too.
public enum MailReader: String, CaseIterable, Sendable {
    /// Python's `email` package.
    case python
    /// Perl's Email::MIME.
    case perl
    /// mblaze, written in C.
    case mblaze

    /// The parts of a mail as a program decodes them.
    ///
    /// Encoded words and transfer encodings are decoded. Line ends are LF.
    public struct Mail: Decodable, Sendable {
        public let subject: String?
        public let text: String?
        public let html: String?
    }

    /// Returns one message as this program decodes it.
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
        // `mshow -t` lists the parts, such as `  3: text/plain size=1974`.
        let parts = try await ask(["mshow", "-t"]).split(separator: "\n")
        func part(_ kind: String) async throws -> String? {
            let line = parts.first { $0.contains(": \(kind)") }
            guard let number = line?.split(separator: ":").first?.trimmingCharacters(in: .whitespaces) else { return nil }
            return try await Subprocess.run(["mshow", "-O", file, number], environment: ["MBLAZE": settings]).output
                .replacing("\r\n", with: "\n")
        }
        return Mail(
            subject: try await ask(["mhdr", "-d", "-h", "subject"]).trimmingCharacters(in: .newlines),
            text: try await part("text/plain"), html: try await part("text/html"))
    }
}

/// All parts of a mail, as Python's `email` package decodes them.
public struct PythonMail: Decodable, Sendable {
    public let subject: String?
    /// The senders, as pairs of display name and address.
    public let from: [[String]]
    /// The recipients, as pairs of display name and address.
    public let to: [[String]]
    /// The date in ISO 8601 format, with the offset in the header.
    public let date: String?
    /// The headers, as pairs of name and decoded value, in the order of the mail.
    public let headers: [[String]]
    public let contentType: String
    /// The media type of each MIME part. The outermost part is the first.
    public let parts: [String]
    public let text: String?
    public let html: String?
    /// The calendar file in the mail, with CR LF line ends; nil if there is none.
    public let calendar: String?
    /// The defects that the package found; empty for a correct message.
    public let defects: [String]

    public static func read(_ message: [UInt8]) async throws -> PythonMail {
        try await readAll([message])[0]
    }

    /// Returns many messages, decoded with one start of Python.
    public static func readAll(_ messages: [[UInt8]]) async throws -> [PythonMail] {
        let folder = try TemporaryFolder()
        let files = try messages.enumerated().map { try folder.write("\($0.offset).eml", bytes: $0.element) }
        return try await script("/usr/bin/python3", "python_email.py", files)
    }

    /// Returns the decoded value of the first header with this name; nil if there is none.
    public func header(_ name: String) -> String? {
        headers.first { $0[0].caseInsensitiveCompare(name) == .orderedSame }?[1]
    }
}

/// The error that is thrown if a program could not decode a message.
public struct Unread: Error, CustomStringConvertible {
    public let description: String
}

/// Runs a script on these files. Returns the values that it prints, one line of JSON for each file.
private func script<Answer: Decodable>(_ interpreter: String, _ name: String, _ files: [String]) async throws -> [Answer] {
    let finished = try await Subprocess.run([interpreter, PackageRoot.script(name)] + files)
    let lines = finished.lines
    guard finished.status == 0, lines.count == files.count else { throw Unread(description: "\(name): \(finished.errors)") }
    return try lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
}
