import Foundation
import Support
import Testing

@testable import Notifiers

@Suite("Files of secrets")
struct SecretFilesTests {
    @Test("A file over the limit is refused, and the message has its path but nothing of its content")
    func tooLarge() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", String(repeating: "s", count: Secrets.byteLimit + 1))
        chmod(path, 0o600)
        guard case .failure(let failure) = Secrets.resolve(.file(path)) else {
            Issue.record("the file was read")
            return
        }
        #expect("\(failure)".contains(path) && !"\(failure)".contains("sss"))
    }

    @Test("A folder is refused")
    func folder() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o700)
        guard case .failure(.unreadable(let words)) = Secrets.resolve(.file(folder.path)) else {
            Issue.record("the folder was read")
            return
        }
        #expect(words.contains(folder.path))
    }
}
