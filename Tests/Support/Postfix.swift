import Foundation

/// A real Postfix on loopback with its own ports, certificate, login and mailbox.
///
/// Several Postfix servers may run at the same time. Mail for any domain is stored in `mail`. Mail
/// to `refused@` is refused with 550 5.1.1, and mail to `later@` with 450 4.2.0. Postfix ends when
/// `stop` is called, when the object is freed, or when the test process dies.
public final class Postfix: Sendable {
    /// The port that requires STARTTLS and then a login.
    public let submissionPort: UInt16
    /// The port with TLS from the first byte, which requires a login.
    public let tlsPort: UInt16
    /// The port without TLS and without login.
    public let plainPort: UInt16
    public let certificate: Certificate
    public let user = "remindd"
    public let password: String
    public let mail: Maildir
    private let folder: TemporaryFolder
    private let process: Subprocess

    public static func start() async throws -> Postfix {
        let folder = try TemporaryFolder()
        let certificate = try await Certificate.make(in: folder)
        let server = try Postfix(folder: folder, certificate: certificate)
        try await server.process.hasPrinted("ready")
        return server
    }

    private init(folder: TemporaryFolder, certificate: Certificate) throws {
        for tool in ["postfix", "saslpasswd2"] { try requires(tool) }
        submissionPort = FreePort.next()
        tlsPort = FreePort.next()
        plainPort = FreePort.next()
        password = "mật khẩu \(UInt32.random(in: 0...UInt32.max))"
        self.folder = folder
        self.certificate = certificate
        mail = Maildir(path: folder.path("mail/all"))
        try folder.write("password", password)
        let ports = [submissionPort, tlsPort, plainPort].map(String.init)
        process = try Subprocess(
            [PackageRoot.server("postfix.sh"), folder.path] + ports + [certificate.path, certificate.keyPath],
            input: .leash)
    }

    /// The text of Postfix's log.
    public var log: String { folder.text("maillog") }

    public func stop() async throws {
        process.release()
        try await process.finish()
    }
}
