import Foundation

/// Facts from the kernel about this process.
///
/// `residentBytes` and `openDescriptors` are read from proc(5); nil if that fails.
package enum OwnProcess {
    package static var residentBytes: Double? {
        guard let fields = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " "),
            fields.count > 1, let pages = Double(fields[1])
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    package static var openDescriptors: Double? {
        // The listing itself uses a descriptor, which is subtracted.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count - 1) }
    }

    /// The processor time of this process in seconds, in user and in system mode.
    package static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
