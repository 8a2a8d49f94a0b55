import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("The packed table of recipients")
struct RecipientsTests {
    /// Returns random recipients. Some of them share an id or an address with another recipient.
    private static func people(_ count: Int, seed: UInt64) -> [Recipient] {
        var dice = RandomSource(seed: seed)
        func text(_ letters: [Character], _ lengths: ClosedRange<Int>) -> String {
            String((0..<Int.random(in: lengths, using: &dice)).map { _ in letters.randomElement(using: &dice)! })
        }
        let channels = ["mail", "hub", "relay", "a-channel-with-a-long-name"]
        return (0..<count).map { number in
            let id = Int.random(in: 0..<20, using: &dice) == 0 ? "r\(number / 2)" : text(Array("abcxyz0189-"), 1...64)
            let domain = Bool.random(using: &dice) ? "example.vn" : text(Array("abcdef.-"), 0...200)
            let local = Bool.random(using: &dice) ? "same" : text(Array("abcdef.+"), 0...64)
            var addresses: Addresses = [:]
            if Int.random(in: 0..<4, using: &dice) == 0 { addresses[.chat] = text(Array("12"), 0...2) }
            if Int.random(in: 0..<4, using: &dice) > 0 { addresses[.email] = "\(local)@\(domain)" }
            if Bool.random(using: &dice) { addresses[.phone] = "+84\(text(Array("0123456789@"), 0...2))" }
            return Recipient(
                id: id, name: Bool.random(using: &dice) ? id : text(Array("ABc ệữđ\u{1F600}"), 0...200),
                addresses: addresses,
                language: [nil, .vi, .en].randomElement(using: &dice)!,
                via: channels.filter { _ in Bool.random(using: &dice) },
                otherwise: channels.filter { _ in Int.random(in: 0..<4, using: &dice) == 0 })
        }
    }

    @Test("The table returns equal recipients, and an id finds its first recipient", arguments: 0..<20 as Range<UInt64>)
    func keeps(seed: UInt64) {
        let people = Self.people(400, seed: seed)
        var recipients = RecipientTable(people)
        recipients.trim()
        #expect(Array(recipients) == people)
        for (position, person) in people.enumerated() {
            #expect(recipients.id(at: position) == person.id)
            for kind in AddressKind.allCases {
                #expect(recipients.address(kind, at: position) == person.addresses[kind])
            }
            let domain = person.addresses[.email].map { String($0.drop { $0 != "@" }.dropFirst()).lowercased() } ?? ""
            #expect(recipients.domain(at: position) == (domain.isEmpty ? nil : domain))
            #expect(
                recipients.reach(at: position)
                    == .init(language: person.language, via: person.via, otherwise: person.otherwise))
            #expect(recipients.position(of: person.id) == people.firstIndex { $0.id == person.id })
        }
        #expect(recipients.position(of: "nobody") == nil)
        #expect(recipients.haveOtherwise == people.contains { !$0.otherwise.isEmpty })
        #expect(recipients.tally().reduce(0) { $0 + $1.count } == people.count)
    }

    @Test(
        "`duplicates` gives the first recipient with the same address of a kind for each of them",
        arguments: 0..<20 as Range<UInt64>)
    func duplicates(seed: UInt64) {
        let people = Self.people(300, seed: seed)
        for kind in AddressKind.allCases {
            var expected: [UInt32: UInt32] = [:]
            for (position, person) in people.enumerated() {
                guard let address = person.addresses[kind], people.count(where: { $0.addresses[kind] == address }) > 1 else {
                    continue
                }
                expected[UInt32(position)] = UInt32(people.firstIndex { $0.addresses[kind] == address }!)
            }
            #expect(RecipientTable(people).duplicates(of: kind) == expected)
        }
    }

    @Test("Addresses are equal in whatever order they were added, and nil removes an address")
    func addresses() {
        var addresses: Addresses = [.phone: "+84912345678", .email: "an@example.vn"]
        #expect(addresses == [.email: "an@example.vn", .phone: "+84912345678"])
        #expect(addresses.all.map(\.kind) == [.email, .phone] && addresses[.chat] == nil)
        addresses[.email] = nil
        #expect(addresses == [.phone: "+84912345678"])
    }

    @Test("The table keeps more domains than it can number")
    func domains() {
        let people = (0..<12_000).map {
            Recipient(id: "r\($0)", name: "R", email: "r@d\($0).vn", language: nil, via: [], otherwise: [])
        }
        let recipients = RecipientTable(people + people)
        #expect(recipients[11_999].email == "r@d11999.vn")
        #expect(recipients[23_998].email == "r@d11998.vn")
        #expect(recipients.duplicates(of: .email).count == 24_000)
    }

    @Test("An empty table has no recipients and no duplicates")
    func empty() {
        #expect(RecipientTable().isEmpty)
        #expect(RecipientTable().position(of: "a") == nil)
        #expect(RecipientTable().duplicates(of: .email).isEmpty)
    }
}

@Suite("Sets of recipients")
struct PositionsTests {
    @Test("A recipient set behaves as a set in each of its representations", arguments: 0..<200 as Range<UInt64>)
    func set(seed: UInt64) {
        var dice = RandomSource(seed: seed)
        func some() -> [Int] {
            let top = [1, 40, 300, 5_000].randomElement(using: &dice)!
            return (0..<Int.random(in: 0...300, using: &dice)).map { _ in Int.random(in: 0..<top, using: &dice) }
        }
        let (a, b) = (some(), some())
        let (x, y) = (RecipientSet(a), RecipientSet(b))
        #expect(Array(x) == Set(a).sorted())
        #expect(x.count == Set(a).count)
        #expect(Array(x.union(y)) == Set(a).union(b).sorted())
        #expect(Array(x.subtracting(y)) == Set(a).subtracting(b).sorted())
        #expect(Array(x.intersection(y)) == Set(a).intersection(b).sorted())
        #expect((0...6_000).allSatisfy { x.contains($0) == a.contains($0) })
        // Sets with equal members are equal, however they were computed.
        #expect(x.union(y).subtracting(y).union(x) == x)
        #expect(x.subtracting(x) == RecipientSet())
    }
}
