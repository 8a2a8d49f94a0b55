import Foundation
import Reports
import Synchronization

/// One result of the loop for all clients that sent the same request.
///
/// The JSON and the text are made on first use, and only once.
final class SharedAnswer: Sendable {
    private struct Forms {
        var json: [UInt8]?
        var text: [UInt8]?
    }

    let answer: Answer
    private let forms = Mutex(Forms())

    init(_ answer: Answer) {
        self.answer = answer
    }

    /// The answer as JSON, for commands; nil if it cannot be encoded.
    var json: [UInt8]? {
        forms.withLock { forms in
            if forms.json == nil { forms.json = (try? JSONEncoder().encode(answer)).map(Array.init) }
            return forms.json
        }
    }

    /// The answer as text, for monitoring: first its lines, then its problems.
    var text: [UInt8] {
        forms.withLock { forms in
            if let text = forms.text { return text }
            let text = Array((answer.lines + answer.problems).map { "\($0)\n" }.joined().utf8)
            forms.text = text
            return text
        }
    }
}
