import CCurl

/// A `curl_slist`. It must outlive the transfer that uses it. `free` frees it.
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
