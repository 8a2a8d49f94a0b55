import ArgumentParser
import Documents
import Foundation
import JSON
import Plans

/// The files that `remindd init` writes: a configuration and a plan.
struct FirstFiles {
    struct Input {
        let sender: String
        /// A URL such as `smtp://mail.example.vn:587`.
        let server: String
        let username: String?
        let passwordFile: String?
        let recipient: String
        let name: String
        /// The id of the recipient.
        let id: String
    }

    static let localServer = "smtp://127.0.0.1:25"

    private let configuration: String
    private let plan: String

    init(_ answers: Input, _ language: Language) {
        configuration = FirstFiles.configuration(answers, language)
        plan = FirstFiles.plan(answers, language)
    }

    /// The paths of the configuration and of the plan.
    static func names(in folder: String) -> [String] {
        [Paths.join(folder, "remindd.yaml"), Paths.join(folder, "plans/ke-hoach.yaml")]
    }

    /// Returns the URL of a server that may be written without a scheme or a port.
    static func url(of server: String) -> String {
        guard !server.contains("://") else { return server }
        return server.contains(":") ? "smtp://\(server)" : "smtp://\(server):587"
    }

    /// Writes the files. Ends the command if one of them is there already or cannot be written.
    func write(to folder: String) throws {
        for (path, text) in zip(FirstFiles.names(in: folder), [configuration, plan]) {
            let parent = Paths.folder(of: path)
            do {
                if !parent.isEmpty {
                    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                }
                // The option lets the call fail if the file is there already.
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
            } catch {
                Output.problem("remindd: \(path) cannot be written: \(error.localizedDescription)")
                throw ExitCode.failure
            }
        }
    }

    // MARK: Texts

    private static func configuration(_ answers: Input, _ language: Language) -> String {
        let quoted = JSONText.quoted
        // Only a server on this machine takes mail without encryption.
        let isLocal = ["://127.", "://localhost", "://[::1]"].contains(where: answers.server.contains)
        let tls = isLocal && answers.server.hasPrefix("smtp:") && answers.username == nil ? "\n      tls: off" : ""
        var login = ""
        if let username = answers.username, let file = answers.passwordFile {
            login = "\n      username: \(quoted(username))\n      password: {file: \(quoted(file))}"
        }
        let isVietnamese = language == .vi
        let head =
            isVietnamese
            ? """
            # Cấu hình của remindd: máy chủ thư và người nhận. Sau mỗi lần sửa:  remindd check  rồi  remindd reload
            # Mọi khóa: man 5 remindd.yaml
            """
            : """
            # The configuration of remindd: mail server and recipients. After a change:  remindd check  and then  remindd reload
            # All keys: man 5 remindd.yaml
            """
        let people =
            isVietnamese
            ? "# Người nhận. Danh sách dài để trong tệp CSV:  groups: {tat-ca: {file: danh-sach.csv}}"
            : "# Recipients. A long list belongs in a CSV file:  groups: {everyone: {file: people.csv}}"
        return """
            \(head)
            plans: plans/

            channels:
              mail:
                email:
                  server: \(quoted(answers.server))\(tls)\(login)
                  from: \(quoted("remindd <\(answers.sender)>"))

            \(people)
            via: [mail]
            recipients:
              - id: \(answers.id)
                name: \(quoted(answers.name))
                email: \(quoted(answers.recipient))
                language: \(language.rawValue)
            alerts: {to: [\(answers.id)]}

            """
    }

    private static func plan(_ answers: Input, _ language: Language) -> String {
        language == .vi
            ? """
            # Kế hoạch đầu tiên. Ngày không ghi năm thì năm nào cũng đến; thêm  years: 2027  để chỉ tính một năm.
            # Mọi cách viết ngày: man 5 remindd-plan
            plan: ke-hoach
            title: Kế hoạch công tác
            language: vi
            remind: [30 ngày trước, 7 ngày trước, đúng ngày]
            notify: [\(answers.id)]
            campaigns:
              - id: quoc-te-phu-nu
                title: Ngày Quốc tế Phụ nữ 8/3
                when: ngày 8/3
                note: Chuẩn bị kế hoạch tổ chức, trình lãnh đạo duyệt.
              - id: thang-tre-em
                title: Tháng hành động vì trẻ em
                when: từ 1/6 đến 30/6
              - id: trung-thu
                title: Tết Trung thu
                when: rằm tháng 8

            """
            : """
            # A first plan. A date without a year comes every year; add  years: 2027  for one year alone.
            # All ways to write a date: man 5 remindd-plan
            plan: first-plan
            title: Work plan
            language: en
            remind: [30 days before, 7 days before, on the day]
            notify: [\(answers.id)]
            campaigns:
              - id: womens-day
                title: International Women's Day
                when: 8 March
                note: Prepare the programme and have it approved.
              - id: childrens-month
                title: Action Month for Children
                when: 1/6 - 30/6
              - id: mid-autumn
                title: Mid-Autumn Festival
                when: lunar 15/8

            """
    }
}
