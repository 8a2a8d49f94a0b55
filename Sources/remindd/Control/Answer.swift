import JSON

/// What a command says and how it ends, whether the daemon or the command itself worked it out: both print the same.
struct Answer: Codable, Sendable {
    /// For standard output.
    private(set) var lines: [String] = []
    /// The same for machines, one JSON object each, where the request does not say which of the two it wants.
    private(set) var objects: [String] = []
    /// For standard error.
    private(set) var problems: [String] = []
    var status: Int32 = 0

    mutating func line(_ text: String) { lines.append(text) }
    mutating func object(_ object: JSONObject) { objects.append(object.text) }
    mutating func problem(_ text: String) { problems.append(text) }

    /// A failure in one line.
    static func failure(_ text: String, status: Int32 = 1) -> Answer {
        var answer = Answer()
        answer.problem("remindd: \(text)")
        answer.status = status
        return answer
    }

    init() {}
}

/// A name that stands for nothing here, or for too much.
struct NameRefusal: Error {
    let message: String
    /// 3: there is no such thing; 2: there are several.
    let status: Int32
}
