import CSystemd
import Dates
import Diagnostics
import Foundation
import Scheduler

/// Notifies systemd of the daemon's state (sd_notify(3)). Has no effect without `NOTIFY_SOCKET`.
final class SystemdNotifier: Sendable {
    /// Half of `WatchdogSec`, as sd_watchdog_enabled(3) advises; nil if the unit has no watchdog.
    let watchdogEvery: TimeSpan?

    init() {
        var period_us: UInt64 = 0
        let isEnabled = sd_watchdog_enabled(0, &period_us) > 0
        watchdogEvery = isEnabled ? TimeSpan(milliseconds: Int64(period_us / 2_000)) : nil
    }

    /// Whether systemd accepts notifications.
    let isListening = getenv("NOTIFY_SOCKET") != nil

    /// Sets the line that `systemctl status` shows.
    func status(_ text: String) { tell("STATUS=\(printable(text, limit: 500))") }

    func ready() { tell("READY=1") }
    func stopping() { tell("STOPPING=1") }

    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)")
    }

    /// Notifies systemd's watchdog. Only the loop's thread calls this, so that systemd detects a
    /// loop that hangs.
    func feedWatchdog() {
        if watchdogEvery != nil { tell("WATCHDOG=1") }
    }

    private func tell(_ state: String) {
        _ = sd_notify(0, state)
    }
}
