import Diagnostics
import Documents
import Plans
import Scheduler
import Transport

extension YAMLValue {
    /// Reports a refused phrase at its position within the value.
    package func error(_ refusal: PhraseRefusal, of what: LocalizedText) {
        context.problems.countPhrase()
        var place = column
        if case .scalar(let scalar) = node {
            switch scalar.style {
            case .plain: place += refusal.offset
            case .quoted: place += refusal.offset + 1
            case .block: break
            }
        }
        context.error(line: line, column: place, "\(what) \(shown): \(refusal.message)", hints: refusal.hints)
    }
}
