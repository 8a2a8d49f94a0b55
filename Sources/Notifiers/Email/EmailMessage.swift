import Dates
import Diagnostics
import Foundation
import Messages
import Plans
import Scheduler
import Transport

/// The parts of a mail that are the same for all its recipients, encoded once.
///
/// The mail has RFC 5322 headers and a `multipart/alternative` body of text and HTML. If it has an
/// attachment, that body and the attachment are the parts of a `multipart/mixed` body. All lines
/// end in CR LF, and all bytes are ASCII.
struct EmailMessage: Sendable {
    private let domain: String
    /// The header fields that are the same for all recipients.
    ///
    /// `opening` comes before the field To, and `closing` comes after the field Message-ID.
    private let opening: String
    private let closing: String
    /// The header field Subject; nil if the subject contains the recipient's name.
    private let subject: String?
    private let draft: RenderedTemplate
    private let text: SplicedBody
    private let html: SplicedBody
    /// The attachment as a MIME part, without its boundary; nil if there is none.
    private let attachment: [UInt8]?

    /// A calendar file that is attached to a mail.
    struct CalendarAttachment: Sendable {
        /// The name of the file, in ASCII letters, digits, hyphens and full stops.
        let name: String
        let bytes: [UInt8]
    }

    /// The sender's domain and header fields, which are the same in all mails of a channel.
    struct Sender: Sendable {
        let domain: String
        /// The header field From and, if it is configured, the header field Reply-To.
        let fields: String

        init(from: Mailbox, replyTo: Mailbox?) throws(RenderFailure) {
            domain = from.address.domain
            var fields = try HeaderEncoder.field("From", mailbox: from)
            if let replyTo { fields += try HeaderEncoder.field("Reply-To", mailbox: replyTo) }
            self.fields = fields
        }
    }

    /// - Parameters:
    ///   - thread: the left part of the Message-ID to which all mails of the thread refer. Each
    ///     occurrence of a campaign and each kind of operator message has a thread of its own.
    ///   - list: the name for the field List-Id: the plan's id, or `remindd` for operator messages.
    init(
        thread: String, list: String, sender: Sender, draft: RenderedTemplate, language: Language, isRehearsal: Bool,
        calendar: CalendarAttachment? = nil
    ) throws(RenderFailure) {
        self.draft = draft
        domain = sender.domain
        opening = sender.fields
        var closing = try HeaderEncoder.field("References", raw: "<\(thread)@\(domain)>")
        // RFC 2919 defines the field List-Id.
        closing += try HeaderEncoder.field("List-Id", raw: "<\(list).remindd.\(domain)>")
        // RFC 3834, section 5, defines the field Auto-Submitted. Exchange reads the field
        // X-Auto-Response-Suppress ([MS-OXCMAIL], 2.1.3.2.20). Its value "All" is not used, because
        // it would suppress non-delivery reports too.
        closing += try HeaderEncoder.field("Auto-Submitted", raw: "auto-generated")
        closing += try HeaderEncoder.field("X-Auto-Response-Suppress", raw: "OOF, AutoReply, RN, NRN, DR")
        if isRehearsal { closing += try HeaderEncoder.field("X-Remindd-Rehearsal", raw: "yes") }
        closing += try HeaderEncoder.field("MIME-Version", raw: "1.0")
        closing += try HeaderEncoder.field("Content-Language", raw: language.rawValue)
        self.closing = closing
        subject = draft.subject.count == 1 ? try HeaderEncoder.field("Subject", text: draft.subject[0]) : nil
        text = SplicedBody(draft.text)
        html = SplicedBody(draft.html)
        attachment = calendar.map(EmailMessage.part)
    }

    /// Returns a calendar file as a MIME part, without its boundary.
    private static func part(_ calendar: CalendarAttachment) -> [UInt8] {
        let head = """
            Content-Type: text/calendar; charset=utf-8; method=PUBLISH;
             name="\(calendar.name)"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="\(calendar.name)"


            """
        return head.replacing("\n", with: "\r\n").utf8 + Base64.lines(calendar.bytes[...], length: 76) + [13, 10]
    }

    /// Returns the whole mail for one recipient.
    ///
    /// Both bodies are in base64. Every server accepts base64, also a server without 8BITMIME
    /// (fault 73). In base64 no line is too long, and no line begins with a dot.
    ///
    /// - Parameters:
    ///   - id: the delivery's id. The Message-ID consists of this id and the sender's domain, so it
    ///     is the same in every attempt.
    ///   - date: the time of the attempt in the form of RFC 5322.
    ///   - addressee: the name in the texts; nil for the name in `reader`.
    func bytes(id: String, to reader: Mailbox, addressee: String? = nil, date: String) throws(RenderFailure) -> [UInt8] {
        // Base64 contains no hyphen, so no line of a body equals a boundary.
        let boundary = "=_remindd-\(id)"
        let name = TemplateContext.clean(addressee ?? reader.name)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.size + html.size + (attachment?.count ?? 0) + 2_048)
        bytes += try HeaderEncoder.field("Date", raw: date).utf8
        bytes += opening.utf8
        bytes += try HeaderEncoder.field("To", mailbox: reader).utf8
        if let subject {
            bytes += subject.utf8
        } else {
            bytes += try HeaderEncoder.field("Subject", text: draft.subject(with: name)).utf8
        }
        bytes += try HeaderEncoder.field("Message-ID", raw: "<\(id)@\(domain)>").utf8
        bytes += closing.utf8
        let whole = "=_remindd-mixed-\(id)"
        if attachment != nil {
            bytes += "Content-Type: multipart/mixed;\r\n boundary=\"\(whole)\"\r\n\r\n--\(whole)\r\n".utf8
        }
        bytes += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n".utf8
        // The text comes first, because the last alternative is the preferred one (RFC 2046,
        // section 5.1.4).
        append(text, filling: name, type: "text/plain", boundary, to: &bytes)
        append(html, filling: TemplateContext.escaped(name), type: "text/html", boundary, to: &bytes)
        bytes += "--\(boundary)--\r\n".utf8
        if let attachment {
            bytes += "--\(whole)\r\n".utf8
            bytes += attachment
            bytes += "--\(whole)--\r\n".utf8
        }
        return bytes
    }

    private func append(_ body: SplicedBody, filling name: String, type: String, _ boundary: String, to bytes: inout [UInt8]) {
        bytes += "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".utf8
        body.append(filling: name, to: &bytes)
        bytes += "\r\n".utf8
    }

    /// Returns the text in NFC with CR LF line ends, ready for base64 (RFC 2045, section 6.8).
    static func canonical(_ body: String) -> [UInt8] {
        var composed = body.composed
        return composed.withUTF8 { bytes in
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count + bytes.count / 32 + 2)
            // Ranges without a line end are copied as a whole.
            var copied = 0
            for (index, byte) in bytes.enumerated() where byte == 10 || byte == 13 {
                let isPair = byte == 13 ? index + 1 < bytes.count && bytes[index + 1] == 10 : index > 0 && bytes[index - 1] == 13
                if isPair { continue }
                output += bytes[copied..<index]
                output += [13, 10]
                copied = index + 1
            }
            output += bytes[copied...]
            return output
        }
    }

    /// Returns a time in the form `Mon, 01 Mar 2027 08:00:00 +0700` (RFC 5322, section 3.3).
    static func date(_ instant: Instant, in zone: Zone) -> String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let civil = zone.civil(at: instant)
        let (year, month, day) = civil.day.fields
        let second = civil.secondOfDay
        // Leaves out the seconds of an offset, which the format cannot express. Some zones had such
        // offsets before 1970.
        let offset = abs(civil.offset) / 60
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { twoDigits($0) }.joined(separator: ":")
        return "\(days[civil.day.weekday.rawValue - 1]), \(twoDigits(day)) \(months[month - 1]) \(year) \(clock) "
            + "\(civil.offset < 0 ? "-" : "+")\(twoDigits(offset / 60))\(twoDigits(offset % 60))"
    }
}
