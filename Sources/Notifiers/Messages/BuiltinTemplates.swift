/// The templates that are built into the program.
///
/// `config/templates` has the same templates as files, which users may copy and change. A test
/// checks that the files and this type agree.
enum BuiltinTemplates {
    /// The subject for all languages. All its words come from variables.
    static let subject = #"""
        {{prefix}} {{#headline}}{{headline}}: {{/headline}}{{#say}}{{say}} – {{/say}}{{title}}

        """#

    static let vietnameseText = #"""
        {{#test}}
        THƯ THỬ: đây là thư gửi thử để kiểm tra việc gửi, đồng chí/đơn vị không cần xử lý.

        {{/test}}
        {{opening}}

        {{#late}}
        Nhắc muộn: lời nhắc này lẽ ra phải được gửi lúc {{due}}.

        {{/late}}
        {{#moved}}
        {{#back}}
        {{#deadline}}Vẫn giữ hạn{{/deadline}}{{^deadline}}Vẫn diễn ra{{/deadline}}: tin hủy đã gửi trước đây không còn hiệu lực.
        {{/back}}
        {{^back}}
        Đổi lịch: xin bỏ qua thời gian đã báo trước đây.
        {{/back}}

        {{/moved}}
        {{#gone}}
        {{#deadline}}
        Đã hủy: hạn này không còn áp dụng, không cần làm gì thêm.
        {{/deadline}}
        {{^deadline}}
        Đã hủy: hoạt động này không diễn ra nữa, không cần làm gì thêm.
        {{/deadline}}

        {{/gone}}
        {{#possible_duplicate}}
        Lần gửi trước không có hồi âm của máy chủ, nên tin này có thể đến hai lần.

        {{/possible_duplicate}}
        Kính gửi: {{recipient}}

        {{title}}

        {{#former_when}}
        {{#deadline}}Hạn cũ{{/deadline}}{{^deadline}}Thời gian cũ{{/deadline}}: {{former_when}}
        {{#deadline}}Hạn mới{{/deadline}}{{^deadline}}Thời gian mới{{/deadline}}: {{when}}
        {{/former_when}}
        {{^former_when}}
        {{#gone}}
        {{#deadline}}Hạn đã báo{{/deadline}}{{^deadline}}Thời gian đã báo{{/deadline}}: {{when}}
        {{/gone}}
        {{^gone}}
        {{#deadline}}
        Hạn: {{when}}
        {{/deadline}}
        {{^deadline}}
        Thời gian: {{when}}
        {{/deadline}}
        {{/gone}}
        {{/former_when}}
        {{#lunar}}
        Âm lịch: {{lunar}}
        {{/lunar}}
        {{#understood}}
        Kế hoạch ghi: {{understood}}
        {{/understood}}
        {{#place}}
        Địa điểm: {{place}}
        {{/place}}
        {{#owner}}
        Phụ trách: {{owner}}
        {{/owner}}
        {{#link}}
        Liên kết: {{link}}
        {{/link}}

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

        {{#has_recipients}}
        Nơi nhận:
        {{#recipients}}
        - {{.}}
        {{/recipients}}

        {{/has_recipients}}
        Lý do nhận: {{reason}}.
        {{#contact}}
        Liên hệ: {{contact}}
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
        <style>
        :root { color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
        .page { background: #15181c !important; color: #e8eaed !important; }
        .quiet { color: #a8b0b8 !important; }
        .day { border-color: #8ab4f8 !important; color: #8ab4f8 !important; }
        .box { border-color: #d9a441 !important; background: #33270f !important; color: #ffe9c2 !important; }
        .line { border-color: #565d66 !important; }
        .page a { color: #8ab4f8 !important; }
        }
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
        <div style="max-width:600px;margin:0 auto;padding:16px;overflow-wrap:anywhere;word-break:break-word">
        {{#rehearsal}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>DIỄN TẬP:</strong> tin này do đồng hồ diễn tập gửi, không phải lời nhắc thật.</p>
        {{/rehearsal}}
        {{#test}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>THƯ THỬ:</strong> đây là thư gửi thử để kiểm tra việc gửi, đồng chí/đơn vị không cần xử lý.</p>
        {{/test}}
        <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px"><tr>
        <td style="vertical-align:top"><div class="day" style="padding:6px 10px;border:2px solid #2a67b1;border-radius:8px;color:#2a67b1;font-size:13px;line-height:1.3;text-align:center;white-space:nowrap">{{#gone}}<s>{{/gone}}{{day_weekday}}{{#gone}}</s>{{/gone}}<br><strong style="font-size:30px;line-height:1.1">{{#gone}}<s>{{/gone}}{{day_number}}{{#gone}}</s>{{/gone}}</strong><br>{{#gone}}<s>{{/gone}}{{day_month}}{{#gone}}</s>{{/gone}}</div></td>
        <td style="padding:0 0 0 16px;vertical-align:top"><p style="margin:0 0 4px;font-size:18px"><strong>{{state}}</strong></p>
        <h1 style="margin:0;font-size:20px;line-height:1.35">{{title}}</h1></td>
        </tr></table>
        {{#say}}
        <p style="margin:0 0 16px;font-size:18px"><strong>{{say}}</strong></p>
        {{/say}}
        {{#late}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Nhắc muộn:</strong> lời nhắc này lẽ ra phải được gửi lúc {{due}}.</p>
        {{/late}}
        {{#moved}}
        {{#back}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>{{#deadline}}Vẫn giữ hạn{{/deadline}}{{^deadline}}Vẫn diễn ra{{/deadline}}:</strong> tin hủy đã gửi trước đây không còn hiệu lực.</p>
        {{/back}}
        {{^back}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Đổi lịch:</strong> xin bỏ qua thời gian đã báo trước đây.</p>
        {{/back}}
        {{/moved}}
        {{#gone}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Đã hủy:</strong> {{#deadline}}hạn này không còn áp dụng, không cần làm gì thêm.{{/deadline}}{{^deadline}}hoạt động này không diễn ra nữa, không cần làm gì thêm.{{/deadline}}</p>
        {{/gone}}
        {{#possible_duplicate}}
        <p class="quiet" style="margin:0 0 12px;color:#767676">Lần gửi trước không có hồi âm của máy chủ, nên tin này có thể đến hai lần.</p>
        {{/possible_duplicate}}
        <p style="margin:0 0 16px">Kính gửi: {{recipient}}</p>
        {{#note}}
        <h2 style="margin:0 0 4px;font-size:16px">Việc cần làm</h2>
        {{#note_is_list}}
        <ul style="margin:0 0 16px;padding:0 0 0 24px">
        {{#note_items}}
        <li style="margin:0 0 4px">{{.}}</li>
        {{/note_items}}
        </ul>
        {{/note_is_list}}
        {{^note_is_list}}
        <p style="margin:0 0 16px">{{note}}</p>
        {{/note_is_list}}
        {{/note}}
        <table cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px;font-size:15px">
        {{#former_when}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">{{#deadline}}Hạn cũ{{/deadline}}{{^deadline}}Thời gian cũ{{/deadline}}</th><td style="padding:4px 0;vertical-align:top">{{former_when}}</td></tr>
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">{{#deadline}}Hạn mới{{/deadline}}{{^deadline}}Thời gian mới{{/deadline}}</th><td style="padding:4px 0;vertical-align:top"><strong>{{when}}</strong></td></tr>
        {{/former_when}}
        {{^former_when}}
        {{#gone}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">{{#deadline}}Hạn đã báo{{/deadline}}{{^deadline}}Thời gian đã báo{{/deadline}}</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/gone}}
        {{^gone}}
        {{#deadline}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Hạn</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/deadline}}
        {{^deadline}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Thời gian</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/deadline}}
        {{/gone}}
        {{/former_when}}
        {{#lunar}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Âm lịch</th><td style="padding:4px 0;vertical-align:top">{{lunar}}</td></tr>
        {{/lunar}}
        {{#understood}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Kế hoạch ghi</th><td style="padding:4px 0;vertical-align:top">{{understood}}</td></tr>
        {{/understood}}
        {{#place}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Địa điểm</th><td style="padding:4px 0;vertical-align:top">{{place}}</td></tr>
        {{/place}}
        {{#owner}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Phụ trách</th><td style="padding:4px 0;vertical-align:top">{{owner}}</td></tr>
        {{/owner}}
        {{#link}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Liên kết</th><td style="padding:4px 0;vertical-align:top"><a href="{{link}}" style="word-break:break-all">{{link}}</a></td></tr>
        {{/link}}
        {{#source}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Căn cứ</th><td style="padding:4px 0;vertical-align:top">{{source}}{{#cite}}<br>“{{cite}}”{{/cite}}</td></tr>
        {{/source}}
        {{^source}}
        {{#cite}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Căn cứ</th><td style="padding:4px 0;vertical-align:top">“{{cite}}”</td></tr>
        {{/cite}}
        {{/source}}
        </table>
        <div class="quiet line" style="padding:12px 0 0;border-top:1px solid #767676;font-size:14px;color:#767676">
        {{#has_recipients}}
        <p style="margin:0 0 8px">Nơi nhận:{{#recipients}}<br>- {{.}}{{/recipients}}</p>
        {{/has_recipients}}
        <p style="margin:0">Lý do nhận: {{reason}}.{{#contact}}<br>Liên hệ: {{contact}}{{#contact_email}} (<a href="mailto:{{contact_email}}">viết thư</a>){{/contact_email}}{{/contact}}</p>
        </div>
        </div>
        </body>
        </html>

        """#

    static let englishText = #"""
        {{#test}}
        TEST: this is a test message. No action is needed.

        {{/test}}
        {{opening}}

        {{#late}}
        Late: this reminder was due at {{due}}.

        {{/late}}
        {{#moved}}
        {{#back}}
        {{#deadline}}Still due{{/deadline}}{{^deadline}}Still on{{/deadline}}: please ignore the cancellation that was sent before.
        {{/back}}
        {{^back}}
        Rescheduled: please ignore the dates announced before.
        {{/back}}

        {{/moved}}
        {{#gone}}
        {{#deadline}}
        Cancelled: this deadline no longer applies; nothing needs to be done.
        {{/deadline}}
        {{^deadline}}
        Cancelled: this does not take place any more. No action is needed.
        {{/deadline}}

        {{/gone}}
        {{#possible_duplicate}}
        The server did not answer the last attempt, so this may arrive twice.

        {{/possible_duplicate}}
        Dear {{recipient}},

        {{title}}

        {{#former_when}}
        {{#deadline}}Old deadline{{/deadline}}{{^deadline}}Old date{{/deadline}}: {{former_when}}
        {{#deadline}}New deadline{{/deadline}}{{^deadline}}New date{{/deadline}}: {{when}}
        {{/former_when}}
        {{^former_when}}
        {{#gone}}
        Announced for: {{when}}
        {{/gone}}
        {{^gone}}
        {{#deadline}}
        Deadline: {{when}}
        {{/deadline}}
        {{^deadline}}
        When: {{when}}
        {{/deadline}}
        {{/gone}}
        {{/former_when}}
        {{#lunar}}
        Lunar date: {{lunar}}
        {{/lunar}}
        {{#understood}}
        The plan says: {{understood}}
        {{/understood}}
        {{#place}}
        Where: {{place}}
        {{/place}}
        {{#owner}}
        Responsible: {{owner}}
        {{/owner}}
        {{#link}}
        Link: {{link}}
        {{/link}}

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

        {{#has_recipients}}
        Sent to:
        {{#recipients}}
        - {{.}}
        {{/recipients}}

        {{/has_recipients}}
        Why you get this: {{reason}}.
        {{#contact}}
        Questions: {{contact}}
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
        <style>
        :root { color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
        .page { background: #15181c !important; color: #e8eaed !important; }
        .quiet { color: #a8b0b8 !important; }
        .day { border-color: #8ab4f8 !important; color: #8ab4f8 !important; }
        .box { border-color: #d9a441 !important; background: #33270f !important; color: #ffe9c2 !important; }
        .line { border-color: #565d66 !important; }
        .page a { color: #8ab4f8 !important; }
        }
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
        <div style="max-width:600px;margin:0 auto;padding:16px;overflow-wrap:anywhere;word-break:break-word">
        {{#rehearsal}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>REHEARSAL:</strong> this was sent by a rehearsal clock; it is not a real reminder.</p>
        {{/rehearsal}}
        {{#test}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>TEST:</strong> this is a test message. No action is needed.</p>
        {{/test}}
        <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px"><tr>
        <td style="vertical-align:top"><div class="day" style="padding:6px 10px;border:2px solid #2a67b1;border-radius:8px;color:#2a67b1;font-size:13px;line-height:1.3;text-align:center;white-space:nowrap">{{#gone}}<s>{{/gone}}{{day_weekday}}{{#gone}}</s>{{/gone}}<br><strong style="font-size:30px;line-height:1.1">{{#gone}}<s>{{/gone}}{{day_number}}{{#gone}}</s>{{/gone}}</strong><br>{{#gone}}<s>{{/gone}}{{day_month}}{{#gone}}</s>{{/gone}}</div></td>
        <td style="padding:0 0 0 16px;vertical-align:top"><p style="margin:0 0 4px;font-size:18px"><strong>{{state}}</strong></p>
        <h1 style="margin:0;font-size:20px;line-height:1.35">{{title}}</h1></td>
        </tr></table>
        {{#say}}
        <p style="margin:0 0 16px;font-size:18px"><strong>{{say}}</strong></p>
        {{/say}}
        {{#late}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Late:</strong> this reminder was due at {{due}}.</p>
        {{/late}}
        {{#moved}}
        {{#back}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>{{#deadline}}Still due{{/deadline}}{{^deadline}}Still on{{/deadline}}:</strong> please ignore the cancellation that was sent before.</p>
        {{/back}}
        {{^back}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Rescheduled:</strong> please ignore the dates announced before.</p>
        {{/back}}
        {{/moved}}
        {{#gone}}
        <p class="box" style="margin:0 0 12px;padding:8px 12px;border:2px solid #7a4b00;background:#fff4e0;color:#1a1a1a"><strong>Cancelled:</strong> {{#deadline}}this deadline no longer applies; nothing needs to be done.{{/deadline}}{{^deadline}}this does not take place any more. No action is needed.{{/deadline}}</p>
        {{/gone}}
        {{#possible_duplicate}}
        <p class="quiet" style="margin:0 0 12px;color:#767676">The server did not answer the last attempt, so this may arrive twice.</p>
        {{/possible_duplicate}}
        <p style="margin:0 0 16px">Dear {{recipient}},</p>
        {{#note}}
        <h2 style="margin:0 0 4px;font-size:16px">What to do</h2>
        {{#note_is_list}}
        <ul style="margin:0 0 16px;padding:0 0 0 24px">
        {{#note_items}}
        <li style="margin:0 0 4px">{{.}}</li>
        {{/note_items}}
        </ul>
        {{/note_is_list}}
        {{^note_is_list}}
        <p style="margin:0 0 16px">{{note}}</p>
        {{/note_is_list}}
        {{/note}}
        <table cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px;font-size:15px">
        {{#former_when}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">{{#deadline}}Old deadline{{/deadline}}{{^deadline}}Old date{{/deadline}}</th><td style="padding:4px 0;vertical-align:top">{{former_when}}</td></tr>
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">{{#deadline}}New deadline{{/deadline}}{{^deadline}}New date{{/deadline}}</th><td style="padding:4px 0;vertical-align:top"><strong>{{when}}</strong></td></tr>
        {{/former_when}}
        {{^former_when}}
        {{#gone}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Announced for</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/gone}}
        {{^gone}}
        {{#deadline}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Deadline</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/deadline}}
        {{^deadline}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">When</th><td style="padding:4px 0;vertical-align:top">{{when}}</td></tr>
        {{/deadline}}
        {{/gone}}
        {{/former_when}}
        {{#lunar}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Lunar date</th><td style="padding:4px 0;vertical-align:top">{{lunar}}</td></tr>
        {{/lunar}}
        {{#understood}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">The plan says</th><td style="padding:4px 0;vertical-align:top">{{understood}}</td></tr>
        {{/understood}}
        {{#place}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Where</th><td style="padding:4px 0;vertical-align:top">{{place}}</td></tr>
        {{/place}}
        {{#owner}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Responsible</th><td style="padding:4px 0;vertical-align:top">{{owner}}</td></tr>
        {{/owner}}
        {{#link}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Link</th><td style="padding:4px 0;vertical-align:top"><a href="{{link}}" style="word-break:break-all">{{link}}</a></td></tr>
        {{/link}}
        {{#source}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Source</th><td style="padding:4px 0;vertical-align:top">{{source}}{{#cite}}<br>“{{cite}}”{{/cite}}</td></tr>
        {{/source}}
        {{^source}}
        {{#cite}}
        <tr><th scope="row" align="left" class="quiet" style="padding:4px 12px 4px 0;vertical-align:top;font-weight:normal;color:#767676;white-space:nowrap">Source</th><td style="padding:4px 0;vertical-align:top">“{{cite}}”</td></tr>
        {{/cite}}
        {{/source}}
        </table>
        <div class="quiet line" style="padding:12px 0 0;border-top:1px solid #767676;font-size:14px;color:#767676">
        {{#has_recipients}}
        <p style="margin:0 0 8px">Sent to:{{#recipients}}<br>- {{.}}{{/recipients}}</p>
        {{/has_recipients}}
        <p style="margin:0">Why you get this: {{reason}}.{{#contact}}<br>Questions: {{contact}}{{#contact_email}} (<a href="mailto:{{contact_email}}">write to them</a>){{/contact_email}}{{/contact}}</p>
        </div>
        </div>
        </body>
        </html>

        """#
}
