/// The templates that are built into the program.
///
/// `config/templates` has the same templates as files, which users may copy and change. A test
/// checks that the files and this type agree.
enum BuiltinTemplates {
    /// The subject for all languages. All its words come from variables.
    static let subject = #"""
        {{prefix}} {{title}} – {{countdown}} ({{countdown_date}})

        """#

    static let vietnameseText = #"""
        {{#test}}
        THƯ THỬ: tin này được gửi để thử đường gửi. Quý vị không cần làm gì.

        {{/test}}
        {{#moved}}
        ĐỔI LỊCH: hoạt động này đã có thời gian mới, ghi dưới đây; xin bỏ thời gian đã báo trước.

        {{/moved}}
        {{#gone}}
        ĐÃ HỦY: hoạt động này không diễn ra nữa; thời gian ghi dưới đây là thời gian đã báo trước.

        {{/gone}}
        {{#late}}
        NHẮC MUỘN: lời nhắc này đáng lẽ đến lúc {{due}}.

        {{/late}}
        {{#possible_duplicate}}
        Lần gửi trước không có hồi âm của máy chủ, nên tin này có thể đến hai lần.

        {{/possible_duplicate}}
        Kính gửi {{recipient}},

        {{title}}

        Thời gian: {{when}}
        {{#lunar}}
        Âm lịch: {{lunar}}
        {{/lunar}}
        {{#understood}}
        Kế hoạch ghi: {{understood}}
        {{/understood}}
        Hiện nay: {{countdown}} ({{countdown_date}})

        {{#note}}
        Việc cần làm:
        {{note}}

        {{/note}}
        {{#source}}
        Căn cứ: {{source}}
        {{/source}}
        {{#cite}}
        “{{cite}}”
        {{/cite}}

        Quý vị nhận lời nhắc này vì: {{reason}} ({{plan_id}}).
        {{#contact}}
        Cần hỏi thêm, xin liên hệ: {{contact}}
        {{/contact}}

        """#

    static let vietnameseHTML = #"""
        <!DOCTYPE html>
        <html lang="vi">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{{subject}}</title>
        </head>
        <body style="margin:0;padding:0;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
        <div style="max-width:600px;margin:0 auto;padding:16px">
        {{#rehearsal}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>DIỄN TẬP:</strong> tin này do đồng hồ diễn tập gửi, không phải lời nhắc thật.</p>
        {{/rehearsal}}
        {{#test}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>THƯ THỬ:</strong> tin này được gửi để thử đường gửi. Quý vị không cần làm gì.</p>
        {{/test}}
        {{#moved}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>ĐỔI LỊCH:</strong> hoạt động này đã có thời gian mới, ghi dưới đây; xin bỏ thời gian đã báo trước.</p>
        {{/moved}}
        {{#gone}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>ĐÃ HỦY:</strong> hoạt động này không diễn ra nữa; thời gian ghi dưới đây là thời gian đã báo trước.</p>
        {{/gone}}
        {{#late}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>NHẮC MUỘN:</strong> lời nhắc này đáng lẽ đến lúc {{due}}.</p>
        {{/late}}
        {{#possible_duplicate}}
        <p style="margin:0 0 12px">Lần gửi trước không có hồi âm của máy chủ, nên tin này có thể đến hai lần.</p>
        {{/possible_duplicate}}
        <p style="margin:0 0 12px">Kính gửi {{recipient}},</p>
        <h1 style="margin:0 0 8px;font-size:22px;line-height:1.3">{{title}}</h1>
        <p style="margin:0 0 12px;font-size:18px"><strong>{{countdown}}</strong> ({{countdown_date}})</p>
        <p style="margin:0 0 12px">Thời gian: {{when}}{{#lunar}}<br>Âm lịch: {{lunar}}{{/lunar}}{{#understood}}<br>Kế hoạch ghi: {{understood}}{{/understood}}</p>
        {{#note}}
        <h2 style="margin:0 0 4px;font-size:18px">Việc cần làm</h2>
        <p style="margin:0 0 12px">{{#note_lines}}{{.}}<br>{{/note_lines}}</p>
        {{/note}}
        {{#source}}
        <p style="margin:0 0 4px">Căn cứ: {{source}}</p>
        {{/source}}
        {{#cite}}
        <blockquote style="margin:0 0 12px;padding:0 0 0 12px;border-left:4px solid #767676">“{{cite}}”</blockquote>
        {{/cite}}
        <p style="margin:16px 0 0;padding:12px 0 0;border-top:1px solid #767676;font-size:14px">Quý vị nhận lời nhắc này vì: {{reason}} ({{plan_id}}).{{#contact}}<br>Cần hỏi thêm, xin liên hệ: {{contact}}{{#contact_email}} (<a href="mailto:{{contact_email}}">viết thư</a>){{/contact_email}}{{/contact}}</p>
        </div>
        </body>
        </html>

        """#

    static let englishText = #"""
        {{#test}}
        TEST: this is a test message. No action is needed.

        {{/test}}
        {{#moved}}
        RESCHEDULED: the new dates are given below; please ignore the dates announced before.

        {{/moved}}
        {{#gone}}
        CANCELLED: this does not take place any more; the dates below are the ones announced before.

        {{/gone}}
        {{#late}}
        LATE: this reminder was due at {{due}}.

        {{/late}}
        {{#possible_duplicate}}
        The server did not answer the last attempt, so this may arrive twice.

        {{/possible_duplicate}}
        Dear {{recipient}},

        {{title}}

        When: {{when}}
        {{#lunar}}
        Lunar date: {{lunar}}
        {{/lunar}}
        {{#understood}}
        The plan says: {{understood}}
        {{/understood}}
        Now: {{countdown}} ({{countdown_date}})

        {{#note}}
        What to do:
        {{note}}

        {{/note}}
        {{#source}}
        Source: {{source}}
        {{/source}}
        {{#cite}}
        “{{cite}}”
        {{/cite}}

        Why you get this: {{reason}} ({{plan_id}}).
        {{#contact}}
        Questions? {{contact}}
        {{/contact}}

        """#

    static let englishHTML = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{{subject}}</title>
        </head>
        <body style="margin:0;padding:0;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
        <div style="max-width:600px;margin:0 auto;padding:16px">
        {{#rehearsal}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>REHEARSAL:</strong> this was sent by a rehearsal clock; it is not a real reminder.</p>
        {{/rehearsal}}
        {{#test}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>TEST:</strong> this is a test message. No action is needed.</p>
        {{/test}}
        {{#moved}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>RESCHEDULED:</strong> the new dates are given below; please ignore the dates announced before.</p>
        {{/moved}}
        {{#gone}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>CANCELLED:</strong> this does not take place any more; the dates below are the ones announced before.</p>
        {{/gone}}
        {{#late}}
        <p style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>LATE:</strong> this reminder was due at {{due}}.</p>
        {{/late}}
        {{#possible_duplicate}}
        <p style="margin:0 0 12px">The server did not answer the last attempt, so this may arrive twice.</p>
        {{/possible_duplicate}}
        <p style="margin:0 0 12px">Dear {{recipient}},</p>
        <h1 style="margin:0 0 8px;font-size:22px;line-height:1.3">{{title}}</h1>
        <p style="margin:0 0 12px;font-size:18px"><strong>{{countdown}}</strong> ({{countdown_date}})</p>
        <p style="margin:0 0 12px">When: {{when}}{{#lunar}}<br>Lunar date: {{lunar}}{{/lunar}}{{#understood}}<br>The plan says: {{understood}}{{/understood}}</p>
        {{#note}}
        <h2 style="margin:0 0 4px;font-size:18px">What to do</h2>
        <p style="margin:0 0 12px">{{#note_lines}}{{.}}<br>{{/note_lines}}</p>
        {{/note}}
        {{#source}}
        <p style="margin:0 0 4px">Source: {{source}}</p>
        {{/source}}
        {{#cite}}
        <blockquote style="margin:0 0 12px;padding:0 0 0 12px;border-left:4px solid #767676">“{{cite}}”</blockquote>
        {{/cite}}
        <p style="margin:16px 0 0;padding:12px 0 0;border-top:1px solid #767676;font-size:14px">Why you get this: {{reason}} ({{plan_id}}).{{#contact}}<br>Questions? {{contact}}{{#contact_email}} (<a href="mailto:{{contact_email}}">write to them</a>){{/contact_email}}{{/contact}}</p>
        </div>
        </body>
        </html>

        """#
}
