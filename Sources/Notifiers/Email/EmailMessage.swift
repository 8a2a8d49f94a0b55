import Foundation
import Scheduler

/// One mail in the making: RFC 5322 headers and a `multipart/alternative` of text and HTML, in CRLF and ASCII throughout.
struct EmailMessage {
    /// The delivery's id; with the sender's domain it is the Message-ID, the same on every try.
    let id: String
    /// The id of the thread's root: one per occurrence of a campaign.
    let thread: String
    /// The plan's id, for List-Id.
    let list: String
    let from: Mailbox
    let to: Mailbox
    let replyTo: Mailbox?
    let subject: String
    let text: String
    let html: String
    let language: Language
    /// RFC 5322 date of the attempt.
    let date: String
    let isRehearsal: Bool

    /// Both bodies in base64: any server takes it (no 8BITMIME needed, fault 73), no line of it is long or begins with a dot.
    func bytes() throws(RenderFailure) -> [UInt8] {
        let domain = from.address.domain
        // Base64 holds no hyphen, so no line of a body can be taken for this.
        let boundary = "=_remindd-\(id)"
        var head = ""
        head += try HeaderEncoder.field("Date", raw: date)
        head += try HeaderEncoder.field("From", mailbox: from)
        if let replyTo { head += try HeaderEncoder.field("Reply-To", mailbox: replyTo) }
        head += try HeaderEncoder.field("To", mailbox: to)
        head += try HeaderEncoder.field("Subject", text: subject)
        head += try HeaderEncoder.field("Message-ID", raw: "<\(id)@\(domain)>")
        head += try HeaderEncoder.field("References", raw: "<\(thread)@\(domain)>")
        // RFC 2919.
        head += try HeaderEncoder.field("List-Id", raw: "<\(list).remindd.\(domain)>")
        // RFC 3834, section 5; the next is what Exchange heeds.
        head += try HeaderEncoder.field("Auto-Submitted", raw: "auto-generated")
        head += try HeaderEncoder.field("X-Auto-Response-Suppress", raw: "All")
        if isRehearsal { head += try HeaderEncoder.field("X-Remindd-Rehearsal", raw: "yes") }
        head += try HeaderEncoder.field("MIME-Version", raw: "1.0")
        head += try HeaderEncoder.field("Content-Language", raw: language.rawValue)
        head += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
        var bytes = Array(head.utf8)
        // Text first: the last alternative is the preferred one (RFC 2046, section 5.1.4).
        append(text, type: "text/plain", boundary, to: &bytes)
        append(html, type: "text/html", boundary, to: &bytes)
        bytes.append(contentsOf: "--\(boundary)--\r\n".utf8)
        return bytes
    }

    private func append(_ body: String, type: String, _ boundary: String, to bytes: inout [UInt8]) {
        bytes.append(
            contentsOf: """
                --\(boundary)\r
                Content-Type: \(type); charset=utf-8\r
                Content-Transfer-Encoding: base64\r
                \r

                """.utf8)
        bytes.append(contentsOf: Base64.lines(Self.canonical(body), length: 76))
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// NFC, and every line end CR LF, as text must be before it is encoded (RFC 2045, section 6.8).
    static func canonical(_ body: String) -> [UInt8] {
        var output: [UInt8] = []
        let bytes = Array(body.precomposedStringWithCanonicalMapping.utf8)
        output.reserveCapacity(bytes.count + bytes.count / 32)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 10, previous != 13 { output.append(13) }
            if previous == 13, byte != 10 { output.append(10) }
            output.append(byte)
            previous = byte
        }
        if previous == 13 { output.append(10) }
        return output
    }

    /// `Mon, 01 Mar 2027 08:00:00 +0700` (RFC 5322, section 3.3).
    static func date(_ instant: Instant, in zone: Zone) -> String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let civil = zone.civil(at: instant)
        let (year, month, day) = civil.day.fields
        let second = civil.secondOfDay
        // Zones of before 1970 had offsets with seconds; the format has none.
        let offset = abs(civil.offset) / 60
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { twoDigits($0) }.joined(separator: ":")
        return "\(days[civil.day.weekday.rawValue - 1]), \(twoDigits(day)) \(months[month - 1]) \(year) \(clock) "
            + "\(civil.offset < 0 ? "-" : "+")\(twoDigits(offset / 60))\(twoDigits(offset % 60))"
    }
}

func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}
