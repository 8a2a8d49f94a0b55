import Foundation

/// Two independent programs that parse calendar files.
public enum CalendarReader: String, CaseIterable, Sendable {
    /// Python's icalendar package.
    case python
    /// libical, the library of GNOME Evolution and KDE.
    case libical

    /// The values of one event, as a program reads them.
    ///
    /// A day is written as `2027-04-01` and an instant as `2027-04-01T07:00:00Z`.
    public struct Event: Decodable, Hashable, Sendable {
        public var uid: String?
        public var sequence = 0
        public var stamp: String?
        public var start: String?
        public var end: String?
        public var summary: String?
        public var description: String?
        public var location: String?
        public var url: String?
        public var status: String?
    }

    /// The calendar of one file.
    public struct Calendar: Decodable, Hashable, Sendable {
        public var method: String?
        public var errors: [String] = []
        public var events: [Event] = []
    }

    /// Returns the calendars of these files, in order.
    public func read(_ files: [[UInt8]]) async throws -> [Calendar] {
        let folder = try TemporaryFolder()
        let paths = try files.enumerated().map { try folder.write("\($0.offset).ics", bytes: $0.element) }
        switch self {
        case .python:
            let finished = try await Subprocess.run(["/usr/bin/python3", PackageRoot.script("ical_python.py")] + paths)
            guard finished.status == 0 else { throw Unread(description: finished.errors) }
            return try finished.lines.map { try JSONDecoder().decode(Calendar.self, from: Data($0.utf8)) }
        case .libical:
            let program = folder.path("ical_libical")
            let source = PackageRoot.script("ical_libical.c")
            let built = try await Subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", program, source, "-lical"])
            guard built.status == 0 else { throw Unread(description: built.errors) }
            let finished = try await Subprocess.run([program] + paths)
            guard finished.status == 0 else { throw Unread(description: finished.errors) }
            return Self.calendars(finished.lines)
        }
    }

    /// Reads the output of `ical_libical.c`.
    private static func calendars(_ lines: [String]) -> [Calendar] {
        var (found, calendar) = ([Calendar](), Calendar())
        for line in lines {
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count > 1 ? parts[1].replacing("\\n", with: "\n") : ""
            switch parts[0] {
            case "end" where parts.count == 1:
                found.append(calendar)
                calendar = Calendar()
            case "error": calendar.errors.append(value)
            case "method": calendar.method = value
            case "uid": calendar.events.append(Event(uid: value))
            default: calendar.events[calendar.events.count - 1].take(parts[0], value)
            }
        }
        return found
    }
}

extension CalendarReader.Event {
    fileprivate mutating func take(_ name: String, _ value: String) {
        switch name {
        case "sequence": sequence = Int(value) ?? -1
        case "stamp": stamp = value
        case "start": start = value
        case "end": end = value
        case "summary": summary = value
        case "description": description = value
        case "location": location = value
        case "url": url = value
        case "status": status = value
        default: break
        }
    }
}
