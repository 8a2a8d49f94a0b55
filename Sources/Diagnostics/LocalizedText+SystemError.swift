import Foundation

extension LocalizedText {
    /// Creates the description of an error of the operating system, such as `ENOENT`.
    public init(systemError code: Int32) {
        self.init(lookedUp: String(cString: strerror(code)))
    }
}
