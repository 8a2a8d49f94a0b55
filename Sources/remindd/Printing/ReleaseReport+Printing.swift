import Diagnostics
import JSON
import Reports

extension ReleaseReport {
    private var option: String { sends ? "--send" : "--drop" }

    var lines: [LocalizedText] {
        switch result {
        case .noLedger(let path): ["Nothing is held: there is no ledger yet at \(path)."]
        case .nothingHeld: ["Nothing is held."]
        case .unconfirmed(let review, _):
            [review.line, "Releasing now writes off \(counted(review.missed, "reminder")) as missed."]
        case .released(let review, let notSent, let byDaemon):
            [
                review.line,
                "Released: \(review.missed) missed\(dropped(notSent)). \(goesOn(byDaemon))",
            ]
        }
    }

    private func dropped(_ count: Int) -> LocalizedText { sends ? "" : ", \(count) not sent" }

    private func goesOn(_ byDaemon: Bool) -> LocalizedText {
        byDaemon ? "remindd goes on from here." : "The next start of the daemon goes on from here."
    }

    var problems: [LocalizedText] {
        guard case .unconfirmed(_, let complaint) = result else { return [] }
        return [
            "remindd: \(complaint). Set it right, and sending goes on by itself. If it is right: "
                + "remindd release \(option) --clock-is-right"
        ]
    }

    var json: JSONObject {
        var object = JSONObject(escaping: .invisibles)
        object.add("answer", sends ? "send" : "drop")
        switch result {
        case .noLedger, .nothingHeld: object.add("released", false)
        case .unconfirmed(let review, _):
            review.add(to: &object)
            object.add("released", false)
        case .released(let review, let notSent, _):
            review.add(to: &object)
            object.add("not_sent", notSent)
            object.add("released", true)
        }
        return object
    }
}

extension ReleaseReport.Review {
    fileprivate var line: LocalizedText {
        "The clock says \(now.rfc3339); the last evaluation was at \(lastEvaluation.rfc3339)."
    }

    fileprivate func add(to object: inout JSONObject) {
        object.add("clock", now.rfc3339)
        object.add("last_evaluation", lastEvaluation.rfc3339)
        object.add("missed", missed)
    }
}
