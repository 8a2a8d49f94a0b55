import Foundation

/// A server certificate made for one test: its own authority, valid for `localhost`, `mail.example.test` and 127.0.0.1.
public struct Certificate: Sendable {
    /// PEM; also what a client must be given as `ca`.
    public let path: String
    public let keyPath: String

    public static func make(in folder: TemporaryFolder) async throws -> Certificate {
        let made = Certificate(path: folder.path("certificate.pem"), keyPath: folder.path("key.pem"))
        let finished = try await Subprocess.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:mail.example.test,IP:127.0.0.1",
            "-keyout", made.keyPath, "-out", made.path,
        ])
        guard finished.status == 0 else { throw Subprocess.NotStarted(description: finished.errors) }
        return made
    }
}
