import CCurl
import Dates
import Scheduler

/// One libcurl easy handle with typed options.
///
/// Only one thread may use the handle at a time. The owner must call `free`.
struct EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let words: UnsafeMutablePointer<CChar>

    /// Creates a handle; nil if libcurl has no memory for it.
    init?() {
        guard CurlLibrary.isReady, let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// Frees the handle and closes its connections.
    ///
    /// The call may block if a mail server does not reply to QUIT.
    func free() {
        curl_easy_cleanup(pointer)
        words.deallocate()
    }

    /// Resets all options. Connections, TLS sessions and resolved names are kept.
    func reset() {
        curl_easy_reset(pointer)
    }

    /// Sets the options that apply to every transfer.
    func setCommonOptions() {
        set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(words))
        set(CURLOPT_NOSIGNAL, 1)
        // Without this option, a transfer that was cut off would wait for a resolver that does not
        // respond.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, 0)
        // The empty string tells libcurl to use no proxy. If the option were not set, libcurl would
        // use the proxy from the environment (fault 103).
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        words.pointee = 0
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(curl_shim_set_long(pointer, option, value))
    }

    /// Sets an option whose value is in milliseconds.
    func set(_ option: CURLoption, _ value: TimeSpan) {
        set(option, Int(value.milliseconds))
    }

    func set(_ option: CURLoption, _ value: String?) {
        // libcurl copies all strings except the string for POSTFIELDS. That option is not used.
        check(curl_shim_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, size: Int) {
        check(curl_shim_set_size(pointer, option, curl_off_t(size)))
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        check(curl_shim_set_pointer(pointer, option, value))
    }

    func set(_ option: CURLoption, list: StringList) {
        check(curl_shim_set_list(pointer, option, list.head))
    }

    /// Returns libcurl's error message for the last transfer, whose result was `result`.
    func complaint(_ result: CURLcode) -> String {
        let detail = String(cString: words)
        return detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    }

    func clearComplaint() {
        words.pointee = 0
    }

    /// Ends the program if libcurl has rejected an option.
    ///
    /// libcurl rejects an option only because of a programming error, or if there is no memory
    /// left.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refused an option: \(String(cString: curl_easy_strerror(code)))")
    }
}
