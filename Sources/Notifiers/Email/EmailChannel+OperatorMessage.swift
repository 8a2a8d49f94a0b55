import Messages
import Scheduler
import Transport

extension EmailChannel: Announcing {
    public func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        submit(to: recipient, report: report) { (address) throws(RenderFailure) in
            try EmailMessage(
                thread: bulletin.kind.rawValue, list: "remindd", sender: try sender.get(),
                draft: RenderedTemplate(subject: [bulletin.subject], text: [bulletin.text], html: [Self.html(bulletin)]),
                language: bulletin.language, isRehearsal: false
            )
            .bytes(
                id: bulletin.id, to: Mailbox(name: recipient.name, address: address),
                date: EmailMessage.date(bulletin.at, in: bulletin.zone))
        }
    }

    /// Returns the HTML part of the mail.
    static func html(_ bulletin: OperatorMessage) -> String {
        func paragraph(_ text: String) -> String {
            text.isEmpty ? "" : "<p>\(escaped(text))</p>\n"
        }
        let facts = bulletin.facts.map { "<li style=\"margin:0 0 8px\">\(escaped($0.text))</li>\n" }.joined()
        return """
            <!DOCTYPE html>
            <html lang="\(bulletin.language.rawValue)">
            <head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>\(escaped(bulletin.subject))</title></head>
            <body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
            <div style="max-width:600px;margin:0 auto">
            \(paragraph(bulletin.opening))<ul style="padding:0 0 0 20px">
            \(facts)</ul>
            \(paragraph(bulletin.ending))</div>
            </body>
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        TemplateContext.escaped(text).replacing("\n", with: "<br>")
    }
}
