import Scheduler
import Synchronization

/// The rendered subject, text and HTML of a message, without the recipient's name.
///
/// Each is a list of pieces, and the name belongs between every two pieces. All recipients of the
/// message therefore share one object.
package final class RenderedTemplate: Sendable {
    package let subject: [String]
    package let text: [String]
    package let html: [String]
    /// Why a user's template could not be used; nil if no template failed.
    ///
    /// If a template failed, all three texts come from the built-in templates.
    package let failure: RenderFailure?

    package init(subject: [String], text: [String], html: [String], failure: RenderFailure? = nil) {
        self.subject = subject
        self.text = text
        self.html = html
        self.failure = failure
    }

    /// The name of the first text that consists of white space; nil if there is none.
    ///
    /// A text with a gap for the recipient's name does not count.
    var blankPart: String? {
        [("subject", subject), ("text", text), ("html", html)].first { _, pieces in
            pieces.count == 1 && pieces[0].allSatisfy(\.isWhitespace)
        }?.0
    }

    /// Returns a copy with `why` as its `failure`.
    ///
    /// The copy replaces a rendering of the user's templates that failed.
    ///
    /// - Parameter why: the reason why the user's templates could not be used.
    func standingIn(_ why: String) -> RenderedTemplate {
        RenderedTemplate(subject: subject, text: text, html: html, failure: RenderFailure(why))
    }

    package func filled(with name: String) -> Wording.Rendering {
        Wording.Rendering(
            subject: subject(with: name), text: text.joined(separator: name),
            html: html.joined(separator: TemplateContext.escaped(name)),
            failure: failure)
    }

    package func subject(with name: String) -> String {
        RenderedTemplate.subject(of: subject, with: name)
    }

    /// Returns the subject whose pieces are `pieces`, with the recipient's name in the gaps.
    package static func subject(of pieces: [String], with name: String) -> String {
        // A subject without a gap is already on one line.
        pieces.count == 1 ? pieces[0] : Wording.singleLine(pieces.joined(separator: name))
    }
}

/// A cache of values that a channel derives from rendered templates.
package final class RenderCache<Value: Sendable>: Sendable {
    private struct State {
        /// Each entry retains its template. No other object can therefore get the address that is
        /// the key.
        var kept: [ObjectIdentifier: (draft: RenderedTemplate, value: Value)] = [:]
        var order: [ObjectIdentifier] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func value<Failure>(of draft: RenderedTemplate, make: () throws(Failure) -> Value) throws(Failure) -> Value {
        if let kept = state.withLock({ $0.kept[ObjectIdentifier(draft)]?.value }) { return kept }
        let value = try make()
        state.withLock { state in
            guard state.kept.updateValue((draft, value), forKey: ObjectIdentifier(draft)) == nil else { return }
            state.order.append(ObjectIdentifier(draft))
            guard state.order.count > Wording.cacheLimit else { return }
            for old in state.order.prefix(Wording.cacheLimit / 2) { state.kept[old] = nil }
            state.order.removeFirst(Wording.cacheLimit / 2)
        }
        return value
    }
}
