/// Why a request is not passed to the program, or why the program did not respond to it.
///
/// Contains the status and the text of the response to the client.
struct Refusal: Error, Equatable, Sendable {
    let status: Int
    let why: String
    /// Whether the request may succeed if it is sent again a moment later.
    var mayRetry = false

    static func malformed(_ why: String) -> Refusal { Refusal(status: 400, why: why) }
    static let headTooLarge = Refusal(status: 431, why: "the request's header fields are too many or too long")
    static let targetTooLong = Refusal(status: 414, why: "the request's target is too long")
    static let bodyTooLarge = Refusal(status: 413, why: "the request's body is too large")
    static let tooSlow = Refusal(status: 408, why: "the request did not arrive in time")
    static let tooBusy = Refusal(status: 503, why: "too busy to answer; try again", mayRetry: true)
    static let noAnswer = Refusal(status: 503, why: "the program does not answer", mayRetry: true)

    var response: Response {
        var response = Response(status: status, text: why)
        if mayRetry { response.fields.append(("retry-after", "1")) }
        if status == 405 { response.fields.append(("allow", "GET, HEAD, POST")) }
        return response
    }
}
