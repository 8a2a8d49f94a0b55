import Foundation
import ProgramHarness
import Support
import Testing

@Suite("Old names of time zones")
struct OldZoneNamesTests {
    @Test(
        "The program keeps running after an upgrade that removed an old zone name, and warns of it (fault 131)",
        .enabled(if: getuid() == 0, "only root can lay other zones over the system's"))
    func afterAnUpgrade() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]).replacing(
                "timezone: \(noon.zone)", with: "timezone: Asia/Saigon"), smtp: FreePort.next(), http: FreePort.next())
        let poor = try TemporaryFolder.systemZones(without: ["Asia/Saigon"])
        let shell = "mount --bind \(poor.path) /usr/share/zoneinfo && exec \"$0\" run --config \"$1\""
        let daemon = try Subprocess(["unshare", "-m", "/bin/sh", "-c", shell, Program.path, office.configuration])
        try await daemon.hasPrinted("notice: remindd ")
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0)
        #expect(
            ended.errors.contains("timezone \"Asia/Saigon\" is an old name, which this system does not have"), "\(ended.errors)")
        #expect(ended.errors.contains("did you mean \"Asia/Ho_Chi_Minh\"?"))
    }
}
