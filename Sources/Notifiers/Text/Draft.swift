import Synchronization

/// The three texts of a message in pieces, shared by all its readers; a reader's name goes between the pieces.
final class Draft: Sendable {
    let subject: [String]
    let text: [String]
    let html: [String]

    init(subject: [String], text: [String], html: [String]) {
        self.subject = subject
        self.text = text
        self.html = html
    }

    func filled(with name: String) -> Wording.Rendering {
        Wording.Rendering(
            subject: subject(with: name), text: text.joined(separator: name), html: html.joined(separator: Values.escaped(name)))
    }

    func subject(with name: String) -> String {
        // In one piece it was put on one line already.
        subject.count == 1 ? subject[0] : Wording.singleLine(subject.joined(separator: name))
    }
}

/// What a channel has made of drafts, kept while messages of them go out.
final class Made<Value: Sendable>: Sendable {
    private struct State {
        /// With the draft, so that no other can take its address.
        var kept: [ObjectIdentifier: (draft: Draft, value: Value)] = [:]
        var order: [ObjectIdentifier] = []
    }

    private let state = Mutex(State())

    func value<Failure>(of draft: Draft, make: () throws(Failure) -> Value) throws(Failure) -> Value {
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
