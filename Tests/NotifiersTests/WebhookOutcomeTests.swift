import Dates
import Scheduler
import Testing

@testable import Notifiers
@testable import Transport

struct WebhookOutcomeTests {
    static let now = Instant(seconds: 1_803_800_000)

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let stage: HTTPStage
        let result: Int32
        let code: Int?
        var cut: AbortReason?
        var retryAfter: String?
        var wasSentTwice = false
        let outcome: Outcome
        var about: Scope?
        var advice = Receipt.Advice.none
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "200", stage: .answered, result: 0, code: 200, outcome: .delivered),
        Row(name: "fault 84: 204", stage: .answered, result: 0, code: 204, outcome: .delivered),
        Row(name: "fault 84: 200, then garbage", stage: .answered, result: 56, code: 200, outcome: .delivered),
        Row(name: "fault 85: 200 and too much body", stage: .answered, result: 23, code: 200, outcome: .delivered),
        Row(name: "fault 86: 200 and a slow body", stage: .answered, result: 42, code: 200, cut: .deadline, outcome: .delivered),
        Row(name: "fault 91: HTTP/2 answers before it has read", stage: .answered, result: 92, code: 204, outcome: .delivered),
        Row(name: "fault 82: 302", stage: .answered, result: 0, code: 302, outcome: .refusedForNow, about: .us),
        Row(name: "400", stage: .answered, result: 0, code: 400, outcome: .refusedForGood),
        Row(name: "413", stage: .answered, result: 0, code: 413, outcome: .refusedForGood),
        Row(name: "415", stage: .answered, result: 0, code: 415, outcome: .refusedForGood),
        Row(name: "405", stage: .answered, result: 0, code: 405, outcome: .refusedForNow, about: .us),
        Row(
            name: "422", stage: .answered, result: 0, code: 422, outcome: .refusedForGood, advice: .once(after: .minutes(5))),
        Row(name: "429 without a wait", stage: .answered, result: 0, code: 429, outcome: .refusedForNow, about: .load),
        Row(name: "503 without a wait", stage: .answered, result: 0, code: 503, outcome: .refusedForNow, about: .server),
        Row(name: "fault 79: 401", stage: .answered, result: 0, code: 401, outcome: .refusedForNow, about: .us),
        Row(name: "fault 79: 403", stage: .answered, result: 0, code: 403, outcome: .refusedForNow, about: .us),
        Row(name: "fault 79: 404", stage: .answered, result: 0, code: 404, outcome: .refusedForNow, about: .us),
        Row(name: "fault 76: 408", stage: .answered, result: 0, code: 408, outcome: .refusedForNow, about: .server),
        Row(
            name: "fault 77: 409", stage: .answered, result: 0, code: 409, outcome: .refusedForGood,
            advice: .once(after: .minutes(5))),
        Row(name: "fault 78: 410", stage: .answered, result: 0, code: 410, outcome: .refusedForGood, about: .endpointGone),
        Row(name: "fault 76: 425", stage: .answered, result: 0, code: 425, outcome: .refusedForNow, about: .server),
        Row(
            name: "fault 76: 429", stage: .answered, result: 0, code: 429, retryAfter: "120", outcome: .refusedForNow,
            about: .load, advice: .retryAfter(.seconds(120))),
        Row(name: "fault 76: 500", stage: .answered, result: 0, code: 500, outcome: .refusedForNow, about: .server),
        Row(name: "fault 76: 502", stage: .answered, result: 0, code: 502, outcome: .refusedForNow, about: .server),
        Row(
            name: "fault 80: 503 and a wait", stage: .answered, result: 0, code: 503, retryAfter: "300", outcome: .refusedForNow,
            about: .load, advice: .retryAfter(.seconds(300))),
        Row(name: "no such status", stage: .answered, result: 0, code: 799, outcome: .refusedForNow, about: .us),
        Row(
            name: "fault 91: 503 to libcurl's second copy; the first may have arrived", stage: .answered, result: 0, code: 503,
            retryAfter: "3", wasSentTwice: true, outcome: .unknown, about: .load, advice: .retryAfter(.seconds(3))),
        Row(
            name: "204 to libcurl's second copy", stage: .answered, result: 0, code: 204, wasSentTwice: true, outcome: .delivered),
        Row(
            name: "410 to libcurl's second copy", stage: .answered, result: 0, code: 410, wasSentTwice: true,
            outcome: .refusedForGood, about: .endpointGone),
        Row(name: "fault 90: reset after the body", stage: .bodyEnded, result: 56, code: nil, outcome: .unknown),
        Row(name: "silence after the body", stage: .bodyEnded, result: 28, code: nil, outcome: .unknown),
        Row(name: "fault 87: headers without end", stage: .bodyEnded, result: 23, code: nil, outcome: .unknown),
        Row(name: "fault 93: HTTP/2 stream lost", stage: .bodyEnded, result: 92, code: nil, outcome: .unknown),
        Row(name: "fault 90: reset in the body", stage: .bodyBegun, result: 55, code: nil, outcome: .notSent),
        Row(name: "reset before the body", stage: .connected, result: 56, code: nil, outcome: .notSent),
        Row(name: "fault 92: certificate", stage: .started, result: 60, code: nil, outcome: .notSent, about: .us),
        Row(name: "fault 92: TLS version", stage: .started, result: 35, code: nil, outcome: .notSent),
        Row(name: "input 59: file:", stage: .started, result: 1, code: nil, outcome: .notSent, about: .us),
        Row(name: "no connection", stage: .started, result: 7, code: nil, outcome: .notSent),
        Row(
            name: "input 61: a closed address", stage: .started, result: 7, code: nil, cut: .addressRefused, outcome: .notSent,
            about: .us),
        Row(name: "fault 97: slow lookup", stage: .started, result: 42, code: nil, cut: .lookup, outcome: .notSent),
        Row(name: "fault 96: no such host", stage: .started, result: 6, code: nil, outcome: .notSent),
    ]

    @Test("The end of an HTTP transfer has the outcome of the fault table", arguments: rows)
    func table(_ row: Row) {
        let receipt = WebhookOutcome.receipt(
            Transfer(
                result: CurlResult(rawValue: row.result), stage: row.stage, code: row.code, cut: row.cut,
                retryAfter: row.retryAfter, wasSentTwice: row.wasSentTwice), now: Self.now)
        #expect(receipt.outcome == row.outcome)
        #expect(receipt.advice == row.advice)
        #expect(receipt.about == row.about ?? Receipt(row.outcome, reply: "").about)
    }

    @Test("Every status and every result of libcurl has an outcome, and only a 2xx status delivers")
    func total() {
        for stage in HTTPStage.allCases {
            for result in Int32(0)...99 {
                let outcome = WebhookOutcome.receipt(
                    Transfer(result: CurlResult(rawValue: result), stage: stage, code: stage == .answered ? 200 : nil),
                    now: Self.now
                ).outcome
                #expect((outcome == .delivered) == (stage == .answered))
                #expect((outcome == .unknown) == (stage == .bodyEnded))
            }
        }
        for code in 0...999 {
            let outcome = WebhookOutcome.receipt(
                Transfer(result: .ok, stage: HTTPStage.answered, code: code), now: Self.now
            ).outcome
            #expect((outcome == .delivered) == (200...299).contains(code))
        }
    }

    @Test(
        "Retry-After is clamped to between a second and a day, and ignored if unreadable (faults 80, 81)",
        arguments: [
            ("120", Receipt.Advice.retryAfter(.seconds(120))), ("0", .retryAfter(.seconds(1))),
            ("999999", .retryAfter(.hours(24))), ("99999999999999", .retryAfter(.hours(24))), ("-5", .none), ("soon", .none),
            ("", .none), ("1.5", .none), ("+5", .none), ("Sun, 28 Feb 2027 07:38:20 GMT", .retryAfter(.seconds(300))),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .retryAfter(.seconds(1))), ("Sun, 31 Feb 2027 08:49:37 GMT", .none),
            ("Sun, 28 Feb 2027 24:49:37 GMT", .none), ("Sun, 28 Feb 2027 08:49 GMT", .none),
            ("Sun Nov  6 08:49:37 1994", .none),
        ])
    func retryAfter(_ field: String, _ advice: Receipt.Advice) {
        #expect(WebhookOutcome.wait(field, now: Self.now) == advice)
    }

    @Test("A receipt does not contain a secret path that the endpoint echoes")
    func hidesPath() {
        let receipt = WebhookOutcome.receipt(
            Transfer(result: .ok, stage: .answered, code: 404, reply: "Cannot POST /services/T0/B0/s3cret"), now: Self.now,
            hiding: ["/services/T0/B0/s3cret"])
        #expect(receipt.reply == "Cannot POST (url)")
    }
}
