import CCurl
import Dates
import Scheduler

/// One libcurl easy handle with typed options.
///
/// Only one thread may use it at a time. The owner must call `free`.
struct EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let words: UnsafeMutablePointer<CChar>

    /// Makes a handle; nil if libcurl has no memory for it.
    init?() {
        guard CurlLibrary.isReady, let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// Frees the handle and closes its connections.
    ///
    /// May block if a mail server does not reply to QUIT.
    func free() {
        curl_easy_cleanup(pointer)
        words.deallocate()
    }

    /// Resets all options. Connections, TLS sessions and resolved names stay.
    func reset() {
        curl_easy_reset(pointer)
    }

    /// Sets the options that apply to every transfer.
    func setCommonOptions() {
        set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(words))
        set(CURLOPT_NOSIGNAL, 1)
        // Otherwise a transfer that is cut off would wait for a resolver that hangs.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, 0)
        // The empty string means no proxy. If the option were unset, libcurl would use the
        // environment's proxy (fault 103).
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        words.pointee = 0
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(curl_shim_set_long(pointer, option, value))
    }

    /// Sets an option in milliseconds.
    func set(_ option: CURLoption, _ value: TimeSpan) {
        set(option, Int(value.milliseconds))
    }

    func set(_ option: CURLoption, _ value: String?) {
        // libcurl copies strings, except POSTFIELDS, which is not used.
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

    /// Returns libcurl's message about the last transfer.
    func complaint(_ result: CURLcode) -> String {
        let detail = String(cString: words)
        return detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    }

    func clearComplaint() {
        words.pointee = 0
    }

    /// Ends the program if libcurl has rejected an option.
    ///
    /// libcurl rejects an option only on a programming error or when out of memory.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refused an option: \(String(cString: curl_easy_strerror(code)))")
    }
}
