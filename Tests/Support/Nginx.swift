import Foundation

/// A real nginx on loopback that accepts webhooks and logs each request with headers and body.
///
/// nginx replies 204, or the status CODE at `/s/CODE` (429 and 503 with `Retry-After: 1`). It
/// serves plain HTTP, and HTTPS with HTTP/2. nginx ends when `stop` is called, when the object is
/// freed, or when the test process dies.
public final class Nginx: Sendable {
    /// A request as nginx received it.
    public struct Request: Decodable, Sendable {
        public let method: String
        public let uri: String
        public let version: String
        public let status: Int
        public let contentType: String
        public let contentLength: String
        public let userAgent: String
        public let webhookID: String
        public let webhookTimestamp: String
        public let webhookSignature: String
        /// The value of the `x-remindd-rehearsal` header.
        public let rehearsal: String
        public let body: String
        /// The number of the connection, which shows whether a connection was used again.
        public let connection: Int
        /// The number of the request among the requests of its connection, starting from 1.
        public let connectionRequest: Int
    }

    public let port: UInt16
    public let tlsPort: UInt16
    public let certificate: Certificate
    private let folder: TemporaryFolder
    private let process: Subprocess

    public static func start() async throws -> Nginx {
        let folder = try TemporaryFolder()
        let certificate = try await Certificate.make(in: folder)
        let server = try Nginx(folder: folder, certificate: certificate)
        let ready = await eventually(within: .seconds(10)) {
            FreePort.isServed(server.port) && FreePort.isServed(server.tlsPort)
        }
        guard ready else { throw Subprocess.TimedOut(description: "nginx does not listen: \(folder.text("error.log"))") }
        return server
    }

    private init(folder: TemporaryFolder, certificate: Certificate) throws {
        port = FreePort.next()
        tlsPort = FreePort.next()
        self.folder = folder
        self.certificate = certificate
        let settings = Self.settings(folder: folder.path, port: port, tlsPort: tlsPort, certificate: certificate)
        let file = try folder.write("nginx.conf", settings)
        process = try Subprocess(
            [PackageRoot.server("leash.sh"), try requires("nginx"), "-c", file, "-e", folder.path("error.log")], input: .leash)
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    public var tlsURL: String { "https://localhost:\(tlsPort)" }

    /// Returns the requests that nginx has answered so far, in the order of its replies.
    public func requests() throws -> [Request] {
        try folder.text("requests.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Request.self, from: Data($0.utf8))
        }
    }

    /// Waits until nginx has logged `count` requests. Returns false if `limit` has passed before.
    ///
    /// nginx logs a request after it has sent the reply.
    public func holds(_ count: Int, within limit: Duration = .seconds(30)) async -> Bool {
        await eventually(within: limit) { self.folder.text("requests.jsonl").count { $0 == "\n" } >= count }
    }

    public func stop() async throws {
        process.release()
        try await process.finish()
    }

    /// Returns the configuration of nginx.
    ///
    /// nginx knows the body of a request only if it forwards the request. It therefore forwards all
    /// requests to a second server on a Unix socket, which sends the replies.
    private static func settings(folder: String, port: UInt16, tlsPort: UInt16, certificate: Certificate) -> String {
        let codes = [301, 302, 400, 401, 403, 404, 408, 409, 410, 413, 429, 500, 502, 503, 504]
        let answers = codes.map { code in
            let wait = [429, 503].contains(code) ? "add_header Retry-After 1 always; " : ""
            return "location = /s/\(code) { \(wait)return \(code); }"
        }
        let fields = [
            "method": "request_method", "uri": "request_uri", "version": "server_protocol", "contentType": "http_content_type",
            "contentLength": "http_content_length", "userAgent": "http_user_agent", "webhookID": "http_webhook_id",
            "webhookTimestamp": "http_webhook_timestamp", "webhookSignature": "http_webhook_signature",
            "rehearsal": "http_x_remindd_rehearsal", "body": "request_body",
        ]
        let texts = fields.map { "\"\($0.key)\":\"$\($0.value)\"" }.joined(separator: ",")
        return """
            worker_processes 1;
            pid \(folder)/pid;
            error_log \(folder)/error.log warn;
            daemon off;
            \(getuid() == 0 ? "user root;" : "")
            events { worker_connections 1024; }
            http {
                client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy; fastcgi_temp_path \(folder)/fastcgi;
                uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
                access_log off;
                keepalive_requests 1000000;
                client_max_body_size 1m;
                client_body_buffer_size 1m;
                log_format request escape=json '{\(texts),"status":$status,'
                    '"connection":$connection,"connectionRequest":$connection_requests}';
                server {
                    listen unix:\(folder)/answers;
                    location / { return 204; }
                    \(answers.joined(separator: "\n        "))
                }
                server {
                    listen 127.0.0.1:\(port);
                    listen 127.0.0.1:\(tlsPort) ssl http2;
                    ssl_certificate \(certificate.path);
                    ssl_certificate_key \(certificate.keyPath);
                    access_log \(folder)/requests.jsonl request;
                    location / { proxy_pass http://unix:\(folder)/answers; }
                }
            }

            """
    }
}
