import Randomness
import Testing

@testable import Dates

@Suite("Instants: RFC 3339 text")
struct InstantTextTests {
    @Test(
        "RFC 3339 text is read to the millisecond, and a leap second as the second before it (fault 50)",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01T07:00:00+07:00", 0),
            ("1969-12-31T23:59:59.999Z", -1), ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.1239999-00:00", 123),
            ("2027-05-02T07:59:58+07:00", 1_809_219_598_000), ("2016-12-31T23:59:60Z", 1_483_228_799_000),
            ("2016-12-31T23:59:59Z", 1_483_228_799_000), ("2024-02-29T12:00:00-23:59", 1_709_294_340_000),
        ] as [(String, Int64)])
    func accepted(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "Any other text is refused",
        arguments: [
            "", "2027-05-02", "2027-05-02T07:59:58", "2027-05-02 07:59:58Z", "2027-05-02T07:59Z", "2027-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "2027-05-02T24:00:00Z", "2027-05-02T23:60:00Z", "2027-05-02T23:59:61Z",
            "2027-05-02T07:59:58.Z",
            "2027-05-02T07:59:58+0700", "2027-05-02T07:59:58+07", "2027-05-02T07:59:58+24:00", "2027-05-02T07:59:58+07:60",
            "2027-05-02T07:59:58Z ", " 2027-05-02T07:59:58Z", "2027-05-02T07:59:58.5", "+027-05-02T07:59:58Z",
            "2027-05-02T-7:59:58Z",
            "2027-05-02T07:59:58.12345678901234567890123456789012345678901234567890Z", "２027-05-02T07:59:58Z",
        ])
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("The text that a zone writes reads back as the same second")
    func roundTrip() throws {
        var random = RandomSource(seed: 50)
        for zone in [Zone.utc, try SystemZones.zone("Europe/Berlin"), try SystemZones.zone("Asia/Ho_Chi_Minh")] {
            for _ in 0..<500 {
                let instant = Instant(seconds: Int64(random.next() % 10_000_000_000) - 3_000_000_000)
                try #require(Instant(rfc3339: zone.rfc3339(instant)) == instant)
            }
        }
    }
}
