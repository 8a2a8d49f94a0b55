import Diagnostics
import Documents
import Foundation
import Transport

/// Looks up the secrets to which the configuration refers.
///
/// The values of the secrets never appear in a message, a log or a description.
package enum Secrets {
    package enum Failure: Error, LocalizedTextConvertible {
        /// The credential cannot be read here. systemd provides credentials only to the service.
        case notVisibleHere(String)
        case unreadable(LocalizedText)
        case readableByOthers(String)
        case empty(String)
        case notOneText(LocalizedText)

        package var localizedText: LocalizedText {
            switch self {
            case .notVisibleHere(let name): "the credential \(name) is not visible here (it exists inside the service)"
            case .unreadable(let what): what
            case .readableByOthers(let path): "\(path) can be read by others; chmod 0600 or 0640"
            case .empty(let what): "\(what) is empty"
            case .notOneText(let what): what
            }
        }
    }

    package static let byteLimit = 16 << 10

    /// Returns the value of a secret.
    ///
    /// A byte order mark at the beginning of a file and line breaks at its end are removed, because
    /// editors add them. Spaces are kept.
    package static func resolve(_ secret: SecretText) -> Result<String, Failure> {
        OwnMemory.hide
        switch secret {
        case .inline(let text):
            return .success(text)
        case .environment(let name):
            guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else {
                return .failure(.unreadable("the environment variable \(name) is not set"))
            }
            return .success(text)
        case .credential(let name):
            guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else {
                return .failure(.notVisibleHere(name))
            }
            // systemd creates credentials with mode 0440, so their mode is not checked.
            return read("\(folder)/\(name)", checkingMode: false)
        case .file(let path):
            return read(path, checkingMode: true)
        }
    }

    private static func read(_ path: String, checkingMode: Bool) -> Result<String, Failure> {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .failure(.unreadable("\(path): \(LocalizedText(systemError: errno))"))
        }
        if checkingMode, status.st_mode & 0o007 != 0 { return .failure(.readableByOthers(path)) }
        switch TextFile.read(path, limit: byteLimit) {
        case .failure(let failure): return .failure(.unreadable("\(path): \(failure)"))
        case .success(let bytes):
            guard bytes.count <= byteLimit else {
                return .failure(.notOneText("\(path) holds more than \(byteLimit) bytes; a secret is one line of text"))
            }
            return text(bytes[...], path)
        }
    }

    /// Returns the content of a file, which must be a single line of text.
    ///
    /// Text that would be cut off or changed on its way to a server is refused.
    private static func text(_ bytes: ArraySlice<UInt8>, _ path: String) -> Result<String, Failure> {
        var content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        while let last = content.last, last == 0x0A || last == 0x0D { content = content.dropLast() }
        guard !content.isEmpty else { return .failure(.empty(path)) }
        // The message contains only the position or the encoding of the bytes. Neither is secret.
        if let refusal = TextFile.refusal(of: content, saveAs: "UTF-8", controls: false) {
            return .failure(.notOneText("\(path): \(refusal.message)"))
        }
        if content.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            return .failure(.notOneText("\(path) holds several lines; a secret is one line of text"))
        }
        guard !content.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return .failure(.notOneText("\(path) holds a control character; a secret is one line of text"))
        }
        return .success(String(decoding: content, as: UTF8.self))
    }
}

extension SecretText {
    /// Returns the value of the secret.
    ///
    /// - Throws: the name of the key and the reason why its secret cannot be read.
    package func resolved(_ key: String) throws(SettingRefusal) -> String {
        switch Secrets.resolve(self) {
        case .success(let text): return text
        case .failure(let failure): throw SettingRefusal("\(key): \(failure)")
        }
    }
}
