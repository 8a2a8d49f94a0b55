import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config

@Suite("`check --fix` writes missing ids, and a made id does not get lost")
struct FixTests {
    private static let plan = """
        plan: p
        title: T   # tiêu đề
        remind: [7 ngày trước]
        notify: [people]
        campaigns:
          - title: Báo cáo quý   # one
            when: 28/6
          - {title: "Họp", when: 29/6}

        """
    private static let list = "Họ tên,Email\nNguyễn Thị Lan,lan@example.vn\n"

    private static func office() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", plan)
        try folder.write("people.csv", list)
        try folder.write(
            "remindd.yaml",
            """
            ledger: sqlite:ledger.sqlite
            plans: plans/
            channels:
              mail: {email: {server: "smtp://127.0.0.1:9", tls: off, from: a@example.vn}}
            via: [mail]
            recipients: []
            groups: {people: {file: people.csv}}
            """)
        return folder
    }

    private static func text(_ name: String, in folder: TemporaryFolder) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    private static func check(_ folder: TemporaryFolder, _ more: String...) async throws -> Subprocess.Finished {
        try await Program.run(["check", "--config", "remindd.yaml"] + more, in: folder.path)
    }

    @Test("The ids are written once, and nothing else changes; the mode and a symbolic link stay")
    func fix() async throws {
        let folder = try Self.office()
        chmod(folder.path("people.csv"), 0o640)
        try FileManager.default.moveItem(atPath: folder.path("plans/plan.yaml"), toPath: folder.path("real.yaml"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("plans/plan.yaml"), withDestinationPath: "../real.yaml")
        let plain = try await Self.check(folder)
        #expect(plain.status == 0 && plain.errors.components(separatedBy: "check --fix").count == 3, "\(plain.errors)")
        #expect(try Self.text("real.yaml", in: folder) == Self.plan)

        let fixed = try await Self.check(folder, "--fix")
        #expect(fixed.status == 0 && fixed.errors == "", "\(fixed.errors)")
        #expect(fixed.output.contains("plans/plan.yaml: 2 ids written\n") && fixed.output.contains("people.csv: 1 id written\n"))
        let expected = Self.plan.replacing("  - title: Báo", with: "  - id: bao-cao-quy\n    title: Báo")
            .replacing("{title: \"Họp\"", with: "{id: hop, title: \"Họp\"")
        #expect(try Self.text("real.yaml", in: folder) == expected)
        #expect(try Self.text("people.csv", in: folder) == "id,Họ tên,Email\nnguyen-thi-lan,Nguyễn Thị Lan,lan@example.vn\n")
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path("people.csv"))[.posixPermissions] as? Int
        #expect(mode == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("plans/plan.yaml")) == "../real.yaml")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".remindd-") } == [])

        let again = try await Self.check(folder, "--fix", "--strict")
        #expect(again.status == 0 && !again.output.contains("written"), "\(again.output)\(again.errors)")
        #expect(try Self.text("real.yaml", in: folder) == expected)
    }

    @Test("A read-only file and a file with errors stay as they are")
    func refusals() async throws {
        let folder = try Self.office()
        chmod(folder.path("plans/plan.yaml"), 0o444)
        let refused = try await Self.check(folder, "--fix")
        #expect(refused.status == 1 && refused.errors.contains("plan.yaml stays as it is: it is read-only"), "\(refused.errors)")
        #expect(try Self.text("plans/plan.yaml", in: folder) == Self.plan)
        #expect(try Self.text("people.csv", in: folder).hasPrefix("id,"))
        chmod(folder.path("plans/plan.yaml"), 0o644)
        let broken = Self.plan.replacing("28/6", with: "31/6")
        try folder.write("plans/plan.yaml", broken)
        #expect(try await Self.check(folder, "--fix").status == 65)
        #expect(try Self.text("plans/plan.yaml", in: folder) == broken)
    }

    @Test("A campaign that is repeated by an alias gets no id, and the command says so")
    func alias() async throws {
        let folder = try Self.office()
        let plan =
            "plan: p\ntitle: T\nremind: [7 ngày trước]\nnotify: [people]\ncampaigns:\n- &a\n  title: A\n  when: 1/6\n- *a\n"
        try folder.write("plans/plan.yaml", plan)
        let refused = try await Self.check(folder, "--fix")
        #expect(refused.status == 1 && refused.errors.contains("write them by hand"), "\(refused.errors)")
        #expect(try Self.text("plans/plan.yaml", in: folder) == plan)
    }

    private static func loaded(_ folder: TemporaryFolder) throws -> Loaded {
        try #require(Loader().load(configuration: folder.path("remindd.yaml")))
    }

    @Test("If an id made from a title or a name disappears, a reload asks, and names both ids")
    func lost() throws {
        let folder = try Self.office()
        let more = (1...9).map { "  - {id: c\($0), title: C, when: 1/\($0)}\n" }.joined()
        try folder.write("plans/plan.yaml", Self.plan + more)
        let old = try Self.loaded(folder)
        func questions() throws -> [String] {
            Edit(from: old.accepted, to: try Self.loaded(folder).accepted).questions.map(\.description)
        }
        #expect(try questions() == [])
        try folder.write("plans/plan.yaml", Self.plan.replacing("Báo cáo quý", with: "Báo cáo tháng") + more)
        #expect(
            try questions() == [
                "the id bao-cao-quy, made from a title of plan p, is gone, and bao-cao-thang is new; write \"id: bao-cao-quy\" there to keep what was sent"
            ])
        let kept = Self.plan.replacing("title: Báo cáo quý", with: "id: bao-cao-quy\n    title: Báo cáo tháng")
        try folder.write("plans/plan.yaml", kept + more)
        #expect(try questions() == [])
        let formerly = Self.plan.replacing("title: Báo cáo quý", with: "formerly: [bao-cao-quy]\n    title: Báo cáo tháng")
        try folder.write("plans/plan.yaml", formerly + more)
        #expect(try questions() == [])
        try folder.write("plans/plan.yaml", Self.plan.replacing("  - {title: \"Họp\", when: 29/6}\n", with: "") + more)
        #expect(try questions() == ["the id hop, made from a title of plan p, is gone"])
        try folder.write("plans/plan.yaml", Self.plan + more)
        try folder.write("people.csv", Self.list.replacing("Thị Lan", with: "Thị Liên"))
        #expect(
            try questions() == [
                "the id nguyen-thi-lan, made from the name of a recipient, is gone, and nguyen-thi-lien is new; write the id nguyen-thi-lan there to keep what was sent"
            ])
        try folder.write("people.csv", "id,name,email\nx,X,x@example.vn\n")
        #expect(try questions() == ["the id nguyen-thi-lan, made from the name of a recipient, is gone"])
    }
}
