import Diagnostics
import Foundation

/// A file that a command writes on request, such as a page or a PDF.
enum OutputFile {
    /// Writes the bytes to a file, which is created or replaced. Returns nil, or why it failed.
    static func write(_ bytes: [UInt8], to path: String) -> LocalizedText? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return LocalizedText(systemError: errno) }
        var failure: Int32?
        var rest = bytes[...]
        while failure == nil, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                failure = errno
            }
        }
        if close(descriptor) != 0, failure == nil { failure = errno }
        return failure.map(LocalizedText.init(systemError:))
    }
}
