import Scheduler
import Synchronization

/// The three texts of a message in pieces, shared by all its readers; a reader's name goes between the pieces.
final class RenderedTemplate: Sendable {
    let subject: [String]
    let text: [String]
    let html: [String]
    /// Why a text of the user's could not be used; these are the built-in ones then.
    let failure: RenderFailure?

    init(subject: [String], text: [String], html: [String], failure: RenderFailure? = nil) {
        self.subject = subject
        self.text = text
        self.html = html
        self.failure = failure
    }

    /// The first part that is nothing but blanks, and no name.
    var blankPart: String? {
        [("subject", subject), ("text", text), ("html", html)].first { _, pieces in
            pieces.count == 1 && pieces[0].allSatisfy(\.isWhitespace)
        }?.0
    }

    /// These texts, as those of another that could not be used.
    func standingIn(_ why: String) -> RenderedTemplate {
        RenderedTemplate(subject: subject, text: text, html: html, failure: RenderFailure(why))
    }

    func filled(with name: String) -> Wording.Rendering {
        Wording.Rendering(
            subject: subject(with: name), text: text.joined(separator: name),
            html: html.joined(separator: TemplateContext.escaped(name)),
            failure: failure)
    }

    func subject(with name: String) -> String {
        // In one piece it was put on one line already.
        subject.count == 1 ? subject[0] : Wording.singleLine(subject.joined(separator: name))
    }
}

/// What a channel has made of drafts, kept while messages of them go out.
final class RenderCache<Value: Sendable>: Sendable {
    private struct State {
        /// With the draft, so that no other can take its address.
        var kept: [ObjectIdentifier: (draft: RenderedTemplate, value: Value)] = [:]
        var order: [ObjectIdentifier] = []
    }

    private let state = Mutex(State())

    func value<Failure>(of draft: RenderedTemplate, make: () throws(Failure) -> Value) throws(Failure) -> Value {
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
