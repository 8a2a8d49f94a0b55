/// One line of `history --format json`.
package struct HistoryLine: Decodable {
    package struct Attempt: Decodable {
        package let at: String
        package let outcome: String
        package let code: Int?
        package let reply: String
    }

    package let delivery: String?
    package let plan: String
    package let campaign: String
    package let occurrence: String
    package let lead: String
    package let anchor: String
    package let recipient: String?
    package let channel: String?
    package let due: String
    package let state: String
    package let late: Bool
    package let attempts: [Attempt]
}
