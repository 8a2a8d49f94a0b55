import CCurl
import Glibc

/// libcurl's one-time set-up, which is thread-safe since 7.84 (libcurl-thread(3)); it is never torn down.
public enum CurlLibrary {
    static let isReady = {
        // With CURLOPT_NOSIGNAL that is the program's business (fault 13).
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    }()

    /// The libraries that are linked, `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    static var version: String { String(cString: curl_version()) }

    /// 7.87: the first with every option that is set here (`CURLOPT_PROTOCOLS_STR`, `CURLOPT_QUICK_EXIT`), as libcurl writes versions.
    private static let oldest: UInt32 = 0x07_57_00

    /// Why the libcurl that the system has cannot be used; nil where it can.
    public static var refusal: String? {
        guard let info = curl_version_info(CURLVERSION_FIRST) else { return "libcurl does not say its version" }
        return refusal(of: info.pointee.version_num)
    }

    static func refusal(of number: UInt32) -> String? {
        guard number < oldest else { return nil }
        let found = [number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF].map(String.init).joined(separator: ".")
        return "libcurl \(found) is too old: remindd needs 7.87 or a later one"
    }
}
