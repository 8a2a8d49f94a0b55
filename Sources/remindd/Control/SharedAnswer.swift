import Foundation
import Reports
import Synchronization

/// One answer of the loop on its way to all who asked the same: each of its forms is made once, when the first of them is written.
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

    /// For commands; nil where it cannot be written as JSON.
    var json: [UInt8]? {
        forms.withLock { forms in
            if forms.json == nil { forms.json = (try? JSONEncoder().encode(answer)).map(Array.init) }
            return forms.json
        }
    }

    /// For monitoring: its lines, then its problems.
    var text: [UInt8] {
        forms.withLock { forms in
            if let text = forms.text { return text }
            let text = Array((answer.lines + answer.problems).map { $0 + "\n" }.joined().utf8)
            forms.text = text
            return text
        }
    }
}
