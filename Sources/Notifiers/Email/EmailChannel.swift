import Dates
import ICalendar
import Messages
import Scheduler
import Transport

/// The settings of a running mail channel.
public struct EmailSettings: Sendable {
    public let server: SMTPServer
    public let from: Mailbox
    public let replyTo: Mailbox?
    public let onUnknown: ChannelPolicy.UnknownOutcome
    /// Whether mails have the occurrence as a calendar file.
    public let attachesCalendar: Bool
    /// The maximum number of simultaneous connections, 1...8.
    public let concurrency: Int

    public init(
        server: SMTPServer, from: Mailbox, replyTo: Mailbox? = nil, onUnknown: ChannelPolicy.UnknownOutcome = .resend,
        attachesCalendar: Bool = true, concurrency: Int = 8
    ) {
        self.attachesCalendar = attachesCalendar
        self.server = server
        self.from = from
        self.replyTo = replyTo
        self.onUnknown = onUnknown
        self.concurrency = concurrency
    }
}

/// A channel that sends mail through one server.
public final class EmailChannel: Channel {
    public let name: String
    public let policy: ChannelPolicy
    let settings: EmailSettings
    private let wording: Wording
    private let lanes: SMTPLanes
    let sender: Result<EmailMessage.Sender, RenderFailure>
    private let mails = RenderCache<EmailMessage>()

    public init(name: String, settings: EmailSettings, wording: Wording) {
        self.name = name
        self.settings = settings
        self.wording = wording
        // A refusal of this client affects all mail, because every connection uses the same name
        // and login. After an unknown outcome, the user's setting `on_unknown` decides. A mail that
        // was sent cannot be withdrawn, and the recipient's server does not recognise a duplicate.
        policy = ChannelPolicy(onUnknown: settings.onUnknown, refusesForAll: true, loadHoldsChannel: false)
        sender = Result { () throws(RenderFailure) in
            try EmailMessage.Sender(from: settings.from, replyTo: settings.replyTo)
        }
        lanes = SMTPLanes(server: settings.server, count: settings.concurrency)
    }

    public var concurrency: Int { settings.concurrency }
    public var openingConcurrency: Int { min(settings.concurrency, 4) }
    public var logsIn: Bool { settings.server.username != nil }
    /// The number of messages that may wait in the channel for a free connection.
    ///
    /// With `on_unknown: hold` the number is 0, because after a crash an operator would have to
    /// decide about each message that was waiting.
    public var ahead: Int { settings.onUnknown == .hold ? 0 : settings.concurrency }

    public func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        let failure = wording.draft(of: message).failure
        let telling: @Sendable (Receipt) -> Void = { receipt in
            var receipt = receipt
            receipt.unrendered = failure
            report(receipt)
        }
        submit(to: message.recipient, report: telling) { (_) throws(RenderFailure) in try preview(message) }
    }

    /// Submits a mail to `lanes`. If the mail cannot be encoded, reports that it was not sent.
    func submit(
        to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void,
        bytes: (EmailAddress) throws(RenderFailure) -> [UInt8]
    ) {
        let mail: SMTPMail
        do throws(RenderFailure) {
            let address = try address(of: recipient)
            mail = try SMTPMail(sender: settings.from.address, recipient: address, bytes: bytes(address))
        } catch {
            return report(Receipt(.notSent, about: .recipient, reply: oneLine(error.description, limit: 512)))
        }
        let sender = settings.from.address.ascii
        let server = settings.server
        lanes.submit(mail) { transfer in
            report(EmailOutcome.receipt(transfer, hiding: [mail.recipient, sender], secrets: server.loginTexts(in: transfer)))
        }
    }

    public var isIdle: Bool { lanes.isIdle }

    public func withdraw() {
        lanes.withdraw()
    }

    public func preview(_ message: Message) throws(RenderFailure) -> [UInt8] {
        let notice = message.notice
        let draft = wording.draft(of: message)
        let mail = try mails.value(of: draft) { () throws(RenderFailure) in
            try EmailMessage(
                thread: Self.thread(notice.reminder.occurrenceKey), list: notice.plan.id, sender: try sender.get(), draft: draft,
                language: message.language, isRehearsal: notice.rehearsal,
                calendar: settings.attachesCalendar ? Self.calendar(of: message) : nil)
        }
        return try mail.bytes(
            id: message.delivery.text, to: Mailbox(name: message.recipient.name, address: address(of: message.recipient)),
            addressee: message.addressee, date: EmailMessage.date(message.sentAt, in: notice.plan.zone))
    }

    public func tryEncoding(_ message: Message) throws(RenderFailure) {
        _ = try sender.get()
        let reader = Mailbox(name: message.recipient.name, address: try address(of: message.recipient))
        _ = try HeaderEncoder.field("To", mailbox: reader)
        let name = TemplateContext.clean(message.addressee)
        _ = try HeaderEncoder.field("Subject", text: wording.draft(of: message).subject(with: name))
    }

    public func subject(_ message: Message) throws(RenderFailure) -> String {
        wording.render(message).subject
    }

    public func stop(grace: TimeSpan) {
        lanes.stop(grace: grace)
    }

    /// Returns the calendar file of a message's occurrence; nil if the occurrence has no event.
    private static func calendar(of message: Message) -> EmailMessage.CalendarAttachment? {
        guard let event = CalendarEvent(message.notice, language: message.language) else { return nil }
        let reminder = message.notice.reminder
        // The name of an occurrence that lost it to another one contains spaces and brackets.
        let occurrence = reminder.occurrence.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return EmailMessage.CalendarAttachment(
            name: "\(reminder.key.campaign)-\(occurrence).ics", bytes: CalendarFile([event]).bytes)
    }

    /// Returns the recipient's address. Throws if the recipient has no address or an invalid one.
    ///
    /// The address was checked when the configuration was read. This function checks it again
    /// before libcurl gets it.
    private func address(of recipient: Recipient) throws(RenderFailure) -> EmailAddress {
        guard let email = recipient.addresses[.email] else { throw RenderFailure("the recipient \(recipient.id) has no address") }
        do throws(AddressRefusal) {
            return try EmailAddress(email)
        } catch {
            throw RenderFailure("the address of \(recipient.id): \(error)")
        }
    }

    /// Returns the left part of a Message-ID to which all mails of an occurrence refer.
    ///
    /// No mail has this Message-ID. Because all mails of the occurrence refer to it, mail programs
    /// show them as one thread.
    static func thread(_ key: OccurrenceKey) -> String {
        let digest = SHA256.digest(Array("\(key.plan)\n\(key.campaign)\n\(key.occurrence)\n".utf8))
        return "thread-" + digest.prefix(16).map { twoHexDigits($0) }.joined()
    }

    private static func twoHexDigits(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}
