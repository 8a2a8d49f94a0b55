import CCurl

/// A list of strings for libcurl (`curl_slist`).
///
/// The list must exist until the transfer that uses it has ended. The owner must call `free`.
struct StringList {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) {
        for string in strings {
            guard let longer = curl_slist_append(head, string) else { preconditionFailure("no memory for a list of strings") }
            head = longer
        }
    }

    func free() {
        curl_slist_free_all(head)
    }
}
