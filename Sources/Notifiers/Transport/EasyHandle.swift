import CCurl
import Dates
import Scheduler

/// One libcurl easy handle with its options typed. Used by one thread at a time; freed by `free`.
struct EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let words: UnsafeMutablePointer<CChar>

    /// nil where libcurl has no memory for one.
    init?() {
        guard CurlLibrary.isReady, let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// Closes its connections too: may block on a mail server that does not answer QUIT.
    func free() {
        curl_easy_cleanup(pointer)
        words.deallocate()
    }

    /// Forgets all options; connections, sessions and names it knows stay.
    func reset() {
        curl_easy_reset(pointer)
    }

    /// Options that hold for every transfer of ours.
    func setCommonOptions() {
        set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(words))
        set(CURLOPT_NOSIGNAL, 1)
        // A hung resolver must not be waited for when its transfer is cut off.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, 0)
        // "" and not unset: unset means the environment's (fault 103).
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        words.pointee = 0
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(curl_shim_set_long(pointer, option, value))
    }

    /// For options in milliseconds.
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

    /// What libcurl says about the last transfer.
    func complaint(_ result: CURLcode) -> String {
        let detail = String(cString: words)
        return detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    }

    func clearComplaint() {
        words.pointee = 0
    }

    /// A refused option is a defect of ours or no memory left: neither can be gone on with.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refused an option: \(String(cString: curl_easy_strerror(code)))")
    }
}
