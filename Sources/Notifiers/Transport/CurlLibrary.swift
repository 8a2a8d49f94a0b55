import CCurl
import Glibc

/// Initialises libcurl once per process, and checks its version.
///
/// `curl_global_init` is thread-safe since libcurl 7.84 (libcurl-thread(3)). `curl_global_cleanup`
/// is never called.
public enum CurlLibrary {
    static let isReady = {
        // Ignores SIGPIPE, because libcurl does not do so if CURLOPT_NOSIGNAL is set (fault 13).
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    }()

    /// The versions of libcurl and its libraries, such as `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    static var version: String { String(cString: curl_version()) }

    /// The number of the oldest version that can be used, 7.87, in libcurl's notation.
    ///
    /// It is the first version that has every option that remindd sets, such as
    /// `CURLOPT_PROTOCOLS_STR` and `CURLOPT_QUICK_EXIT`.
    private static let oldest: UInt32 = 0x07_57_00

    /// Why the system's libcurl cannot be used; nil if it can be used.
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
