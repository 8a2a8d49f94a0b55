import Foundation
import Scheduler
import Testing

@testable import Ledgers

@Suite("Cursors of the SQLite ledger")
struct CursorTests {
    @Test("keep a position of the queue, also with a channel that has spaces", arguments: ["mail", "", "two  words ", "5"])
    func queue(channel: String) throws {
        let cursor = QueuePosition(channel: channel, notBefore: .min, delivery: .max).cursor
        let read = try #require(QueuePosition(try sent(cursor)))
        #expect(read.channel == channel && read.notBefore == .min && read.delivery == .max)
    }

    @Test("keep a position among undelivered recipients, with a channel and without", arguments: [nil, "mail", ""])
    func undelivered(channel: String?) throws {
        let cursor = UndeliveredPosition(channel: channel, deadline: 1, reminder: 2, delivery: 3).cursor
        let read = try #require(UndeliveredPosition(try sent(cursor)))
        #expect(read.channel == channel && read.deadline == 1 && read.reminder == 2 && read.delivery == 3)
    }

    @Test("keep a position among failed deliveries", arguments: [DeliveryState.dead, .unknown])
    func failed(state: DeliveryState) throws {
        let read = try #require(FailedPosition(try sent(FailedPosition(state: state, reminder: 2, delivery: -3).cursor)))
        #expect(read.state == state && read.reminder == 2 && read.delivery == -3)
    }

    @Test("are rejected by another call, and if this ledger did not create them")
    func others() {
        let cursors = [
            QueuePosition(channel: "mail", notBefore: 1, delivery: 2).cursor,
            UndeliveredPosition(channel: "mail", deadline: 1, reminder: 2, delivery: 3).cursor,
            FailedPosition(state: .dead, reminder: 1, delivery: 2).cursor, LedgerCursor(delivery: 7),
        ]
        #expect(cursors.map { QueuePosition($0) != nil } == [true, false, false, false])
        #expect(cursors.map { UndeliveredPosition($0) != nil } == [false, true, false, false])
        #expect(cursors.map { FailedPosition($0) != nil } == [false, false, true, false])
        #expect(cursors.map { $0.delivery != nil } == [false, false, false, true])
        for contents in ["", " ", "failed", "failed 1 2", "failed 1 2 cancelled", "failed x 2 dead", "queue 1 2", "1 2"] {
            let cursor = LedgerCursor(contents)
            #expect(QueuePosition(cursor) == nil && FailedPosition(cursor) == nil && cursor.delivery == nil, "\(contents)")
        }
    }

    /// Encodes and decodes a cursor, as the control socket does.
    private func sent(_ cursor: LedgerCursor) throws -> LedgerCursor {
        try JSONDecoder().decode([LedgerCursor].self, from: JSONEncoder().encode([cursor]))[0]
    }
}
