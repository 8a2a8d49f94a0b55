import ArgumentParser
import Foundation

/// Commands run on the main thread, whose heap grows without a system call every few kilobytes, unlike that of any other;
/// only the daemon waits for many things at a time.
@main
enum EntryPoint {
    static func main() {
        do {
            var command = try Remindd.parseAsRoot()
            guard let daemon = command as? Run else { return try command.run() }
            run(daemon)
        } catch {
            Remindd.exit(saying: error)
        }
    }

    private static func run(_ daemon: Run) -> Never {
        // The one task that nothing waits for: the program ends with it.
        Task {
            do {
                try await daemon.run()
            } catch {
                Remindd.exit(saying: error)
            }
            Remindd.exit()
        }
        dispatchMain()
    }
}
