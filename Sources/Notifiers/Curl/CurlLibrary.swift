import CCurl
import Glibc

/// libcurl's one-time set-up, which is thread-safe since 7.84 (libcurl-thread(3)); it is never torn down.
enum CurlLibrary {
    static let isReady = {
        // With CURLOPT_NOSIGNAL that is the program's business (fault 13).
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    }()

    /// The libraries that are linked, `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    static var version: String { String(cString: curl_version()) }
}
