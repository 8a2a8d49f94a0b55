import Reports
import Scheduler
import Synchronization
import Testing

@testable import Clocks
@testable import remindd

/// Tests how requests reach the loop's thread.
@Suite("Requests to the loop")
struct LoopControlTests {
    private final class Answers: Sendable {
        private let taken = Mutex<[String]>([])
        var all: [String] { taken.withLock { $0 } }
        func take(_ name: String) -> @Sendable (SharedAnswer) -> Void {
            { shared in self.taken.withLock { $0.append("\(name) \(shared.answer.status)") } }
        }
    }

    private static func status(_ status: Int32) -> Answer { .failure("x", status: status) }

    @Test("Equal requests share one answer, but each request that changes something gets its own")
    func shared() throws {
        let (control, answers) = (LoopControl(bell: Waker()), Answers())
        control.ask(.status, reply: answers.take("a"))
        control.ask(.release(sends: true, clockIsRight: false), reply: answers.take("b"))
        control.ask(.status, reply: answers.take("c"))
        control.ask(.health, reply: answers.take("d"))
        control.ask(.release(sends: true, clockIsRight: false), reply: answers.take("e"))
        var status: Int32 = 0
        var more = true
        while more, let next = control.takeQuestion() {
            next.question.reply(Self.status(status))
            (status, more) = (status + 1, next.more)
        }
        #expect(answers.all == ["a 0", "c 0", "b 1", "d 2", "e 3"])
        #expect(control.takeQuestion() == nil)
    }

    @Test(
        "Sixty-four requests wait, shared or not; the next one is refused with 75, and after the end all are refused")
    func bounded() {
        for same in [true, false] {
            let (control, answers) = (LoopControl(bell: Waker()), Answers())
            for number in 0..<64 { control.ask(same ? .health : .retry(.init(ids: ["\(number)"])), reply: answers.take("waits")) }
            #expect(answers.all.isEmpty)
            control.ask(.health, reply: answers.take("late"))
            #expect(answers.all == ["late 75"])
            control.endQuestions()
            #expect(answers.all.count == 65 && answers.all.allSatisfy { $0.hasSuffix(" 75") })
            control.ask(.health, reply: answers.take("later"))
            #expect(answers.all.last == "later 75")
        }
    }

    @Test("An action for the stop runs once, immediately if the stop has begun")
    func stopping() {
        for ends: @Sendable (LoopControl) -> Void in [{ $0.requestStop() }, { $0.endQuestions() }] {
            let (control, count) = (LoopControl(bell: Waker()), Counter())
            control.whenStopping { count.add() }
            #expect(count.value == 0)
            ends(control)
            ends(control)
            #expect(count.value == 1)
            control.whenStopping { count.add() }
            #expect(count.value == 2)
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }
}
