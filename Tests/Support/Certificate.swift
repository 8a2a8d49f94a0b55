import Foundation

/// A server certificate made for one test, and the certificate of its authority.
///
/// The certificate is valid for `localhost`, `mail.example.test` and 127.0.0.1.
public struct Certificate: Sendable {
    /// A flaw of a certificate that makes clients refuse it.
    public enum Flaw: String, Sendable, CaseIterable {
        case expired
        case ofAnotherHost = "of another host"
        case signedWithSHA1 = "signed with SHA-1"
    }

    /// The path of the certificate in PEM format.
    ///
    /// A certificate without a flaw is self-signed, so clients use this file as `ca`.
    public let path: String
    public let keyPath: String
    /// The path of the authority's certificate.
    public let authority: String
    /// The folder of the files. They are deleted when this value is released.
    private let folder: TemporaryFolder

    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    private static let names = "subjectAltName=DNS:localhost,DNS:mail.example.test,IP:127.0.0.1"

    public static func make(in folder: TemporaryFolder) async throws -> Certificate {
        let path = folder.path("certificate.pem")
        let made = Certificate(path: path, keyPath: folder.path("key.pem"), authority: path, folder: folder)
        try await openssl(
            ["req", "-x509"] + key + ["-days", "2", "-subj", "/CN=localhost", "-addext", names]
                + ["-keyout", made.keyPath, "-out", made.path])
        return made
    }

    /// Makes a certificate with a flaw, signed by an authority that a client may trust.
    public static func make(_ flaw: Flaw, in folder: TemporaryFolder) async throws -> Certificate {
        let authority = try await make(in: folder)
        let made = Certificate(
            path: folder.path("flawed.pem"), keyPath: folder.path("flawed-key.pem"), authority: authority.path,
            folder: folder)
        let request = folder.path("request")
        try await openssl(["req"] + key + ["-subj", "/CN=localhost", "-keyout", made.keyPath, "-out", request])
        try folder.write("extensions", flaw == .ofAnotherHost ? "subjectAltName=DNS:elsewhere.test" : names)
        try await openssl(
            ["x509", "-req", "-in", request, "-CA", authority.path, "-CAkey", authority.keyPath, "-CAcreateserial"]
                + ["-days", flaw == .expired ? "-1" : "2", flaw == .signedWithSHA1 ? "-sha1" : "-sha256"]
                + ["-extfile", folder.path("extensions"), "-out", made.path])
        return made
    }

    private static func openssl(_ arguments: [String]) async throws {
        let finished = try await Subprocess.run(["openssl"] + arguments)
        guard finished.status == 0 else { throw Subprocess.NotStarted(description: finished.errors) }
    }
}
