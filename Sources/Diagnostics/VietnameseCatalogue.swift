/// The Vietnamese texts of the program, keyed by their English templates.
///
/// `table` has a pair of lines for each text, and an empty line between two pairs: the English
/// template as it stands in the sources, then the Vietnamese one. A line break within a text is
/// written `\n`. The Vietnamese text has the same placeholders as the English one, in any order.
/// `packaging/texts.py` compares the table with the sources.
public enum VietnameseCatalogue {
    /// The Vietnamese template of each English template.
    public static let entries: [String: String] = {
        var entries: [String: String] = [:]
        for pair in table.split(separator: "\n\n") {
            let lines = pair.split(separator: "\n").filter { !$0.hasPrefix("// ") }
            guard lines.count == 2 else { continue }
            entries[unescaped(lines[0])] = unescaped(lines[1])
        }
        return entries
    }()

    private static func unescaped(_ line: Substring) -> String {
        line.contains("\\n")
            ? line.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n") : String(line)
    }

    private static let table = #"""
        // The frame of a problem
        error
        lỗi

        warning
        cảnh báo

        ; did you mean {1}?
        ; có phải là {1}?

        ; did you mean "{1}"?
        ; có phải là "{1}"?

        {1} or {2}
        {1} hoặc {2}

        {1}; for example {2}
        {1}; ví dụ {2}

        ; for example "{1}"
        ; ví dụ "{1}"

        // Phrases of plans: days, months, windows
        "{1}" is written without its accents
        "{1}" viết thiếu dấu

        "{1}" has no place in such a phrase
        không hiểu chữ "{1}" trong câu này

        the phrase stops too early
        câu còn thiếu phần cuối

        "{1}" does not fit here
        chữ "{1}" đặt ở đây không đúng chỗ

        the phrase is empty
        chưa ghi gì

        a phrase has at most {1} characters
        câu dài nhất là {1} ký tự

        this names no day from 1970 to 2199
        không có ngày nào như vậy từ năm 1970 đến năm 2199

        of so many digits
        có nhiều chữ số như vậy

        there is no month {1}
        không có tháng {1}

        dates here are day/month, and there is no month {1}
        ở đây ngày đứng trước, tháng đứng sau, và không có tháng {1}

        days count from 1
        ngày tính từ 1

        {1} has {2} days
        {1} có {2} ngày

        {1} has at most 29 days
        {1} có nhiều nhất 29 ngày

        {1} {2} has {3} days
        {1} năm {2} có {3} ngày

        {1} has no day {2}
        {1} không có ngày {2}

        day and month are joined by "/"
        ngày và tháng nối với nhau bằng dấu "/"

        the day comes before the month
        ngày đứng trước tháng

        dates are written {1} or {2}
        ngày viết là {1} hoặc {2}

        a month with its year needs a word
        tháng kèm năm phải có chữ "tháng" đứng trước

        a whole year needs a word
        ghi cả năm thì phải có chữ "năm" đứng trước

        years are 1970 to 2199, in four digits
        năm từ 1970 đến 2199, viết đủ bốn chữ số

        the year {1} is before 1970; for the same day in every year, for example "{2}/{3}"
        năm {1} trước năm 1970; nếu năm nào cũng có thì ghi ngày và tháng, ví dụ "{2}/{3}"

        years are 1970 to 2199
        năm từ 1970 đến 2199

        years are written 2024-2030, 2024- or 2026
        năm viết là 2024-2030, 2024- hoặc 2026

        these years end before they begin
        năm kết thúc đứng trước năm bắt đầu

        this takes no year; write `years: {1}` beside it for one year
        câu này không nhận năm; muốn chỉ một năm, hãy ghi thêm `years: {1}`

        29 February is missing in most years
        phần lớn các năm không có ngày 29/2

        29 February is missing in most years; say what happens then
        phần lớn các năm không có ngày 29/2; hãy ghi rõ những năm ấy tính ngày nào

        this window ends before it starts
        ngày kết thúc đứng trước ngày bắt đầu

        this window has a year on one side only
        chỉ một trong hai ngày có ghi năm

        a window is written with its first and last day
        khoảng thời gian phải ghi cả ngày đầu và ngày cuối

        each end of a window has its month
        ngày đầu và ngày cuối đều phải ghi tháng

        the hyphen between two dates needs spaces here
        ở đây, dấu gạch nối giữa hai ngày cần có dấu cách ở hai bên

        a phrase names one day or one window; take two campaigns
        mỗi câu chỉ ghi một ngày hoặc một khoảng thời gian; hãy tách thành hai hoạt động

        the number in brackets is another one
        số ghi bằng chữ trong ngoặc khác với số đứng trước

        these brackets have no date to be checked against
        phần trong ngoặc không có ngày nào để đối chiếu

        only a solar date with its year can be checked
        chỉ đối chiếu được với ngày dương lịch có ghi năm

        {1} is a {2}, not a {3}
        ngày {1} là {2}, không phải {3}

        this lunar date cannot be checked
        không đối chiếu được ngày âm lịch này

        {1} is the lunar {2}/{3}{4}
        ngày {1} là {2}/{3}{4} âm lịch

         leap
         nhuận

        {1} is in another lunar year
        ngày {1} thuộc năm âm lịch khác

        this does not come once every year
        việc này không phải mỗi năm một lần

        a deadline is one day, a month or a quarter
        hạn là một ngày, một tháng hoặc một quý

        a part of the year is a quarter or a month
        phần của năm chỉ có thể là một quý hoặc một tháng

        quarters are 1 to 4
        quý từ 1 đến 4

        the month is missing
        thiếu tháng

        the month is a name here
        ở đây phải có chữ "tháng" trước số tháng

        two dates of this list share a day
        hai mục trong danh sách này có ngày trùng nhau

        a list has at most {1} dates
        danh sách có nhiều nhất {1} ngày

        a list has only days and windows with years
        danh sách chỉ gồm ngày và khoảng thời gian có ghi năm

        "{1}" goes by the sun, and its date differs from year to year; write its date with the year
        "{1}" tính theo tiết khí nên ngày dương lịch mỗi năm có thể khác; hãy ghi ngày cụ thể, có năm

        "{1}" is 1 January
        "{1}" là ngày 1/1

        // Phrases: times of day
        a phrase has at most two times of day
        mỗi câu có nhiều nhất hai giờ

        a deadline has one time of day
        hạn chỉ có một giờ

        times of day are written 18:00
        giờ viết là 18:00

        a phrase names one part of the day
        mỗi câu chỉ ghi một buổi

        a deadline before a part of the day needs its hour
        hạn trước một buổi phải ghi rõ giờ

        two times of day need a window of several days
        ghi hai giờ thì phải có khoảng thời gian nhiều ngày

        the time of day ends before it starts
        giờ kết thúc đứng trước giờ bắt đầu

        only days are allowed here, without an hour or a part of the day
        ở đây chỉ ghi ngày, không ghi giờ hay buổi

        there is no such hour in this part of the day; hours are written 00:00 to 23:59
        buổi này không có giờ ấy; giờ viết từ 00:00 đến 23:59

        a time is written 14:00 or, with its end, 14:00 - 16:30
        giờ viết là 14:00 hoặc, nếu có giờ kết thúc, 14:00 - 16:30

        // Phrases: lunar dates
        a date is either lunar or solar
        một ngày hoặc là âm lịch, hoặc là dương lịch

        only dates and windows of dates can be lunar
        chỉ ngày và khoảng thời gian mới tính theo âm lịch được

        only lunar months have a leap month, and this date is not marked as lunar
        chỉ âm lịch mới có tháng nhuận, mà ngày này không ghi là âm lịch

        "mùng" is used for lunar and for solar days
        "mùng" dùng cho cả âm lịch và dương lịch; hãy ghi rõ

        "mùng" is used for the days 1 to 10
        "mùng" dùng cho các ngày từ 1 đến 10

        one side of this window is lunar, the other is not marked
        một ngày ghi âm lịch, ngày kia thì không ghi

        there is no such lunar day in {1}
        năm {1} không có ngày âm lịch này

        {1} may be the lunar or the civil year here; write the solar date
        ở đây {1} có thể là năm âm lịch hoặc năm dương lịch; hãy ghi ngày dương lịch

        a lunar window takes no year; write `years: {1}` beside it for one year
        khoảng thời gian âm lịch không nhận năm; muốn chỉ một năm, hãy ghi thêm `years: {1}`

        lunar months are numbers
        tháng âm lịch ở đây ghi bằng số

        half of the lunar months have no day 30
        một nửa số tháng âm lịch không có ngày 30

        a lunar month has at most 30 days
        tháng âm lịch có nhiều nhất 30 ngày

        a whole lunar month is written as a window
        cả một tháng âm lịch phải ghi từ ngày đầu đến ngày cuối

        // Phrases: series
        the first day of one quarter is named by its month
        ngày đầu của một quý phải gọi theo tháng

        the last day of one quarter is named by its month
        ngày cuối của một quý phải gọi theo tháng

        the first day of one month is written as its date
        ngày đầu của một tháng phải viết thành ngày cụ thể

        not every month has a fifth one
        không phải tháng nào cũng có lần thứ năm

        which {1} is not said: first, second, third, fourth or last
        chưa ghi {1} lần thứ mấy: đầu tiên, thứ hai, thứ ba, thứ tư hay cuối cùng

        which {1} of the month is not said: first, second, third, fourth or last
        chưa ghi {1} lần thứ mấy của tháng: đầu tiên, thứ hai, thứ ba, thứ tư hay cuối cùng

        it is not said how often this weekday comes
        chưa ghi thứ này bao lâu một lần

        weekdays are counted in solar months only
        thứ trong tuần chỉ đếm theo tháng dương lịch

        a step needs the day it starts from
        phải ghi tính từ ngày nào

        a step starts from one dated day, such as {1}
        phải tính từ một ngày có ghi năm, như {1}

        a step is 1 to {1} {2}
        bước lặp từ 1 đến {1} {2}

        this series ends before it starts
        chuỗi ngày kết thúc trước khi bắt đầu

        a series begins and ends on a dated day, such as {1}
        chuỗi ngày phải bắt đầu và kết thúc vào ngày có ghi năm, như {1}

        a quarter takes one day; take two campaigns
        mỗi quý chỉ ghi một ngày; hãy tách thành hai hoạt động

        not every month has a day {1}
        không phải tháng nào cũng có ngày {1}

        there is no day {1} of a month
        không tháng nào có ngày {1}

        not every quarter has such a day
        không phải quý nào cũng có ngày này

        a month has at most 23 working days
        một tháng có nhiều nhất 23 ngày làm việc

        // Phrases: rules of RFC 5545
        a rule and its first day are missing
        thiếu quy tắc và ngày bắt đầu

        a rule needs the day it starts from
        quy tắc phải có ngày bắt đầu

        a rule starts from one dated day, such as 2026-01-01
        quy tắc phải tính từ một ngày có ghi năm, như 2026-01-01

        this rule names no day from its start to 2199
        quy tắc này không cho ngày nào từ ngày bắt đầu đến năm 2199

        occurrences of this rule would share days
        các lần theo quy tắc này sẽ có ngày trùng nhau

        an occurrence of a rule lasts 1 to 366 days, as in "for 3 days"
        mỗi lần theo quy tắc kéo dài từ 1 đến 366 ngày, như "for 3 days"

        a rule is made of NAME=VALUE, joined by ";"
        quy tắc gồm các phần TÊN=GIÁ-TRỊ, nối với nhau bằng ";"

        remindd plans whole days: no {1}; the time of day belongs to the leads
        remindd tính trọn ngày nên không dùng {1}; giờ ghi ở lời nhắc

        remindd plans whole days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY
        remindd tính trọn ngày: FREQ là DAILY, WEEKLY, MONTHLY hoặc YEARLY

        FREQ is DAILY, WEEKLY, MONTHLY or YEARLY
        FREQ là DAILY, WEEKLY, MONTHLY hoặc YEARLY

        FREQ is missing
        thiếu FREQ

        {1} is no part of a rule; there are {2}
        quy tắc không có phần {1}; các phần dùng được: {2}

        {1} stands twice
        {1} ghi hai lần

        COUNT and UNTIL exclude each other
        chỉ dùng một trong hai phần COUNT và UNTIL

        UNTIL={1} is no day of 1970 to 2199
        UNTIL={1} không phải là ngày từ năm 1970 đến năm 2199

        UNTIL is a whole day, as in UNTIL=20261231
        UNTIL là trọn ngày, như UNTIL=20261231

        {1} is a number from {2} to {3}
        {1} là số từ {2} đến {3}

        1 to {1} or -{2} to -1
        1 đến {1} hoặc -{2} đến -1

        1 to {1}
        1 đến {1}

        {1} takes numbers from {2}, joined by ","
        {1} nhận các số từ {2}, nối với nhau bằng ","

        BYDAY takes MO, TU, WE, TH, FR, SA, SU, each perhaps with a number from 1 to 53 or -53 to -1 before it
        BYDAY nhận MO, TU, WE, TH, FR, SA, SU, trước mỗi phần có thể có số từ 1 đến 53 hoặc từ -53 đến -1

        WKST is one of MO, TU, WE, TH, FR, SA, SU
        WKST là một trong MO, TU, WE, TH, FR, SA, SU

        {1} {2} (RFC 5545, 3.3.10)
        {1} {2} (RFC 5545, 3.3.10)

        goes with FREQ=YEARLY only
        chỉ dùng với FREQ=YEARLY

        does not go with FREQ=WEEKLY
        không dùng với FREQ=WEEKLY

        takes numbers with FREQ=MONTHLY and FREQ=YEARLY only
        chỉ nhận số khi FREQ=MONTHLY hoặc FREQ=YEARLY

        takes no numbers beside BYWEEKNO
        không nhận số khi có BYWEEKNO

        needs another BY… part to choose from
        cần thêm một phần BY… khác để chọn

        // Phrases: leads
        a lead has at most {1} characters
        lời nhắc dài nhất là {1} ký tự

        the time stands at the end
        giờ phải đứng ở cuối câu

        a lead has at most one time
        mỗi lời nhắc chỉ có một giờ

        the time of day has a place of its own
        giờ ghi ở mục riêng, không ghi trong câu này

        a weekly lead counts the days of the occurrence
        lời nhắc hằng tuần tính theo các ngày trong đợt

        a daily lead begins some days before the first day
        lời nhắc hằng ngày bắt đầu từ mấy ngày trước ngày đầu

        a lead says what it counts from
        lời nhắc phải ghi tính từ đâu

        a lead counts from 1
        lời nhắc tính từ 1

        a lead is at most {1}
        lời nhắc cách xa nhất là {1}

        leads are counted in days, weeks, months or working days
        lời nhắc tính bằng ngày, tuần, tháng hoặc ngày làm việc

        before counts from the start by itself
        "trước" đã có nghĩa là tính từ ngày bắt đầu

        leads after an occurrence count from its end
        lời nhắc sau đợt phải tính từ khi kết thúc

        times of day are 00:00 to 23:59
        giờ từ 00:00 đến 23:59

        times of day are written 07:30
        giờ viết là 07:30

        a lead in hours or minutes has no time of day of its own
        lời nhắc tính bằng giờ hoặc phút không ghi giờ riêng

        a lead is counted in hours or in minutes
        lời nhắc tính bằng giờ hoặc bằng phút

        no lead counts from the start on; leads after an occurrence count from its end
        lời nhắc không tính từ ngày bắt đầu trở đi; lời nhắc sau hoạt động tính từ khi kết thúc

        a lead in hours or minutes counts back from the start
        lời nhắc tính bằng giờ hoặc phút phải tính lùi từ lúc bắt đầu

        // Phrases: exceptions
        an exception is `none`, a day or a window, with years
        ngoại lệ là `none`, một ngày hoặc một khoảng thời gian, có ghi năm

        an occurrence that comes once is named `once`
        việc chỉ có một lần thì tên là `once`

        its occurrences are named by {1}
        tên của mỗi lần là {1}

        a year, such as 2026
        năm, như 2026

        a month, such as 2026-04
        tháng, như 2026-04

        a quarter, such as 2026-Q2
        quý, như 2026-Q2

        a day on which it starts, such as 2026-01-05
        ngày bắt đầu, như 2026-01-05

        nothing starts in {1}
        không có lần nào bắt đầu trong năm {1}

        nothing comes under the name {1}
        không có lần nào mang tên {1}

        // Files: YAML
        an empty value
        giá trị trống

        a list
        danh sách

        a table
        bảng khóa và giá trị

        an item of {1}
        một mục của {1}

        {1} must be a text; found {2}
        {1} phải là văn bản; ở đây là {2}

        {1} carries the tag {2}; tags are not allowed
        {1} có thẻ {2}; không được dùng thẻ

        {1} is empty
        {1} để trống

        {1} has {2} bytes; at most {3} are allowed
        {1} dài {2} byte; nhiều nhất là {3}

        {1} has {2} characters; at most {3} are allowed
        {1} dài {2} ký tự; nhiều nhất là {3}

        {1} is one line of text, and after > or | a line break stands at its end; write it behind the colon
        {1} là một dòng, mà sau dấu > hoặc | thì cuối dòng có dấu xuống dòng; hãy ghi ngay sau dấu hai chấm

        {1} holds the character \u{{2}}, which is not allowed{3}
        {1} có ký tự \u{{2}}, không được dùng{3}

         in one line of text
         trong văn bản một dòng

        {1} is {2}: typographic quotation marks are letters like any other; write " or none
        {1} là {2}: dấu ngoặc kép kiểu chữ in được coi là chữ; hãy dùng dấu " hoặc bỏ đi

        {1} ends before "{2}": what follows a # after a space is a comment; put the text in quotes
        {1} bị cắt trước "{2}": phần sau dấu cách và dấu # là chú thích; hãy đặt văn bản trong dấu ngoặc kép

        ; it reads "{1}"
        ; đọc là "{1}"

        {1} must be a list; found {2}
        {1} phải là danh sách; ở đây là {2}

        {1} must be a list; found {2}: a space is missing after the "-" of an item
        {1} phải là danh sách; ở đây là {2}: thiếu dấu cách sau dấu "-" đầu mục

        {1} must be a table of keys and values; found {2}
        {1} phải gồm các khóa và giá trị; ở đây là {2}

        a key must be a text; found {1}
        khóa phải là văn bản; ở đây là {1}

        merge keys (<<) are not allowed; write it out
        không được dùng khóa gộp (<<); hãy ghi đầy đủ ra

        the key "{1}" stands twice in {2}, first in line {3}; one of them must go
        khóa "{1}" ghi hai lần trong {2}, lần đầu ở dòng {3}; phải bỏ một lần

        {1} has no "{2}"; it is required
        {1} thiếu "{2}"; đây là mục bắt buộc

        allowed: {1}
        được dùng: {1}

        unknown key{1} in {2}; {3}
        khóa{1} không hợp lệ trong {2}; {3}

        what begins here
        phần bắt đầu ở đây

        {1} in {2} is no key with a value: within { } a comma ends a value; put a value with a comma in quotes; {3}
        {1} trong {2} không phải là khóa có giá trị: trong { }, dấu phẩy kết thúc giá trị; giá trị có dấu phẩy phải đặt trong dấu ngoặc kép; {3}

        {1} is {2}; allowed: {3}
        {1} là {2}; được dùng: {3}

        {1} is "{2}"; allowed: {3}
        {1} là "{2}"; phải gồm: {3}

        a small letter or digit, then up to 63 small letters, digits or hyphens
        một chữ thường không dấu hoặc chữ số, sau đó nhiều nhất 63 chữ thường không dấu, chữ số hoặc dấu gạch nối

        the file is empty
        tệp trống

        a second document begins here; one file holds one
        ở đây bắt đầu văn bản thứ hai; mỗi tệp chỉ chứa một

        nested deeper than {1} levels
        lồng nhau quá {1} cấp

        more than {1} values (aliases counted as often as they are used)
        quá {1} giá trị (bí danh tính theo số lần dùng)

        the alias that begins here names nothing written before it; write a text that begins with * in quotes
        bí danh bắt đầu ở đây không trỏ đến phần nào ở trên; văn bản bắt đầu bằng dấu * phải đặt trong dấu ngoặc kép

        this is {1}, and {2} is read here
        đây là {1}, trong khi ở đây phải là {2}

        the file has more than {1} bytes, which is the most; many recipients belong in a CSV file
        tệp lớn hơn giới hạn {1} byte; danh sách nhiều người nhận nên để trong tệp CSV

        a colon with a space after it is not allowed in the middle of a value; put the value in quotes
        giữa giá trị không được có dấu hai chấm kèm dấu cách; hãy đặt giá trị trong dấu ngoặc kép

        this line has no colon; a line is written "key: value"
        dòng này thiếu dấu hai chấm; mỗi dòng viết "khóa: giá trị"

        a quotation mark is opened in this line and never closed, or closed and followed by more text
        dấu ngoặc kép mở ở dòng này mà không đóng, hoặc đóng rồi còn chữ phía sau

        the list that begins in line {1} is not closed here: a comma or ] is missing, or quotes around a text with a colon
        danh sách bắt đầu ở dòng {1} chưa đóng: thiếu dấu phẩy hoặc dấu ], hoặc thiếu dấu ngoặc kép quanh văn bản có dấu hai chấm

        the table that begins in line {1} is not closed here: a comma or } is missing, or quotes around a text with a colon
        phần { bắt đầu ở dòng {1} chưa đóng: thiếu dấu phẩy hoặc dấu }, hoặc thiếu dấu ngoặc kép quanh văn bản có dấu hai chấm

        this line does not stand under the "-" of the list that begins in line {1}; check its indentation
        dòng này không thẳng hàng với dấu "-" của danh sách bắt đầu ở dòng {1}; hãy xem lại phần thụt đầu dòng

        this line does not fit the table that begins in line {1}; check its indentation and quotes
        dòng này không khớp với phần bắt đầu ở dòng {1}; hãy xem lại phần thụt đầu dòng và dấu ngoặc kép

        a value cannot begin with this character; put the value in quotes
        giá trị không được bắt đầu bằng ký tự này; hãy đặt giá trị trong dấu ngoặc kép

        a "-" cannot begin a list here; begin it in a line of its own
        dấu "-" không mở danh sách ở đây được; hãy bắt đầu danh sách ở dòng riêng

        not YAML: {1}
        không đúng dạng YAML: {1}

        what follows a # after a space is a comment, and the } or ] behind it is not read; put the text with # in quotes
        phần sau dấu cách và dấu # là chú thích, nên dấu } hoặc ] phía sau không được đọc; hãy đặt văn bản có dấu # trong dấu ngoặc kép

        a tab stands where the line is indented; use spaces
        đầu dòng có dấu tab; hãy dùng dấu cách

        "{1}" is not the "-" of a list; write "- "
        "{1}" không phải là dấu "-" của danh sách; hãy viết "- "

        a space is missing after the "-" of the list
        thiếu dấu cách sau dấu "-" của danh sách

        this line stands deeper than the key in line {1}, whose value it would go on with; begin both in one column
        dòng này thụt sâu hơn khóa ở dòng {1} nên bị coi là phần tiếp của giá trị ấy; hãy để hai dòng thẳng cột

        {1} stands after "{2}:"; use a plain space
        sau "{2}:" có {1}; hãy dùng dấu cách thường

        a space is missing after "{1}:"
        thiếu dấu cách sau "{1}:"

        a colon is missing after "{1}"
        thiếu dấu hai chấm sau "{1}"

        text stands after a closing quotation mark; put all of the value in '…', or write \" for a mark within "…"
        còn chữ sau dấu ngoặc kép đóng; hãy đặt cả giá trị trong '…', hoặc viết \" cho dấu ngoặc nằm trong "…"

        {1} stands where the line is indented; use plain spaces
        đầu dòng có {1}; hãy dùng dấu cách thường

        a no-break space (U+00A0)
        dấu cách không ngắt dòng (U+00A0)

        a space of another kind (U+{1})
        dấu cách loại khác (U+{1})

        // Files: text and encodings
        a link leads out of {1}
        liên kết dẫn ra ngoài {1}

        not a regular file
        không phải là tệp thường

        the file is in {1}; save it as {2}
        tệp lưu theo bảng mã {1}; hãy lưu lại theo {2}

        this is {1}, whatever its name says; save it as {2}
        dù tên tệp thế nào, đây là {1}; hãy lưu lại theo {2}

        not UTF-8 at byte {1}; save the file as {2}
        không đúng bảng mã UTF-8 tại byte {1}; hãy lưu tệp theo {2}

        a byte order mark (\u{feff}) stands inside the file; remove it
        giữa tệp có dấu thứ tự byte (\u{feff}); hãy bỏ đi

        the control character \u{{1}} is not allowed in a text
        văn bản không được có ký tự điều khiển \u{{1}}

        the text was encoded twice (UTF-8 that was read as Latin-1); it reads "{1}"
        văn bản bị mã hóa hai lần (UTF-8 bị đọc thành Latin-1); đọc là "{1}"

        an Excel workbook, a Word document or another zip archive
        tệp Excel, Word hoặc tệp nén zip

        a workbook or document of an old Excel or Word
        tệp Excel hoặc Word đời cũ

        a PDF
        tệp PDF

        a compressed file (gzip)
        tệp nén (gzip)

        a document in RTF
        tệp RTF

        does not exist
        không tồn tại

        cannot be read: {1}
        không đọc được: {1}

        is no folder
        không phải là thư mục

        was encoded twice (UTF-8 that was read as Latin-1)
        bị mã hóa hai lần (UTF-8 bị đọc thành Latin-1)

        holds U+FFFD, which stands where a conversion lost a letter; write the letters again
        có ký tự U+FFFD, dấu vết của chữ bị mất khi chuyển mã; hãy gõ lại

        is in the old encoding TCVN3 (fonts .Vn…), not in Unicode
        còn theo bảng mã cũ TCVN3 (phông .Vn…), chưa phải Unicode

        is in the old encoding VNI (fonts VNI-…), not in Unicode
        còn theo bảng mã cũ VNI (phông VNI-…), chưa phải Unicode

        {1} where that has {2}
        {1} ở chỗ tên kia có {2}

        // Files: CSV
        the file has more than {1} bytes, which is the most
        tệp lớn hơn giới hạn {1} byte

        the file is empty; its first line must name the columns, such as id,name,email,via
        tệp trống; dòng đầu phải ghi tên các cột, như id,name,email,via

        a quotation mark is opened in this row and never closed
        dấu ngoặc kép mở ở hàng này mà không đóng

        the column "{1}" stands twice (numbers {2} and {3}); one of them must go
        cột "{1}" ghi hai lần (cột thứ {2} và {3}); phải bỏ một cột

        more than {1} recipients; no more are allowed
        quá {1} người nhận; không nhận thêm được

        field {1} is {2}, but the first line names no such column; are quotes around a text missing?
        ô thứ {1} là {2}, nhưng dòng đầu không có cột này; có phải thiếu dấu ngoặc kép quanh văn bản?

        // Ids and former ids
        a former id of {1}
        id cũ của {1}

        formerly names more than {1} ids; no more are allowed
        formerly có quá {1} id; không nhận thêm được

        formerly names {1} twice
        formerly ghi {1} hai lần

        formerly: {1} is claimed already, by {2}
        formerly: {1} đã được khai ở {2}

        formerly: {1} is in use; only an id that is no longer in use can be a former one
        formerly: {1} đang dùng; chỉ id không còn dùng mới là id cũ

        // Plans
        a plan
        kế hoạch

        a configuration
        cấu hình

        the plan
        kế hoạch

        the plan's id
        id của kế hoạch

        the plan id {1} is taken already, by {2}
        id kế hoạch {1} đã có ở {2}

        at is {1}; allowed: a time from 00:00 to 23:59
        at là {1}; phải là giờ từ 00:00 đến 23:59

        a campaign
        hoạt động

        the campaign
        hoạt động

        a campaign's id
        id của hoạt động

        the campaign id {1} is taken already, in line {2}
        id hoạt động {1} đã có ở dòng {2}

        without id
        không có id

        campaign {1} has no "remind": no reminder is ever sent
        hoạt động {1} không có "remind": sẽ không nhắc lần nào

        campaign {1} has no "notify" for "{2}": nobody is notified
        hoạt động {1} không có "notify" cho "{2}": không ai được nhắc

        an exception
        ngoại lệ

        several occurrences come in {1}: a whole year takes only "none"
        năm {1} có nhiều lần: ghi cả năm thì chỉ nhận "none"

        {1} lies {2} days from {3}, where the occurrence {4} starts by its phrase
        ngày {1} cách {3} tới {2} ngày, trong khi theo câu chữ thì lần {4} bắt đầu ngày {3}

        {1}; "except" goes by the year of the start
        {1}; "except" tính theo năm của ngày bắt đầu

        the occurrence {1} moves into another year: {2}
        lần {1} bị dời sang năm khác: {2}

        two occurrences of campaign {1} come on {2}, {3} and {4}: reminders that count from the same day go out once
        hai lần của hoạt động {1} cùng rơi vào ngày {2}: {3} và {4}; lời nhắc tính từ cùng một ngày chỉ gửi một lần

        remind has {1} entries; at most {2} are allowed
        remind có {1} mục; nhiều nhất là {2}

        two reminders of a campaign are both "{1}"; name them: {id: …, when: …}
        hai lời nhắc của một hoạt động cùng là "{1}"; hãy đặt id cho từng lời nhắc: {id: …, when: …}

        a reminder
        lời nhắc

        the reminder
        lời nhắc

        a reminder's id
        id của lời nhắc

        the time stands twice: in the phrase and under "at"
        giờ ghi hai lần: trong câu và ở "at"

        "{1}" has an empty "notify": nobody is notified
        "{1}" có "notify" trống: không ai được nhắc

        {1} names "{2}", which is no recipient or group; known: {3}
        {1} ghi "{2}", không phải là người nhận hay nhóm nào; hiện có: {3}

        source.date is {1}; allowed: a day as 2024-01-24 or 24/1/2024
        source.date là {1}; phải là ngày, như 2024-01-24 hoặc 24/1/2024

        time {1}: the time of day ends before it starts
        time {1}: giờ kết thúc đứng trước giờ bắt đầu

        time is {1}, but "when" says {2}; write it once
        time là {1}, nhưng "when" ghi {2}; hãy ghi một lần

        time is {1}, but "when" says {2}; write one of the two
        time là {1}, nhưng "when" ghi {2}; hãy ghi một trong hai

        owner is the group {1}; one recipient is responsible
        owner là nhóm {1}; người phụ trách phải là một người nhận

        link is {1}; {2}
        link là {1}; {2}

        allowed: an address that begins with https:// or http://
        phải là địa chỉ bắt đầu bằng https:// hoặc http://

        its host is missing, has a user name or has letters outside ASCII
        tên máy bị thiếu, có kèm tên đăng nhập hoặc có chữ ngoài ASCII

        spaces and letters outside ASCII are written %-encoded
        dấu cách và chữ ngoài ASCII phải viết dạng mã hóa %

        "{1}" counts back from a time of day, and the campaign has no "time"
        "{1}" tính lùi từ một giờ, mà hoạt động không có "time"

        "at" has no effect: "{1}" counts back from the time of the campaign
        "at" không có tác dụng: "{1}" tính lùi từ giờ của hoạt động

        1 campaign of this plan comes back every year; for {1} alone write years: {2}
        1 hoạt động của kế hoạch này năm nào cũng có; nếu chỉ cho {1}, hãy ghi years: {2}

        {1} campaigns of this plan come back every year; for {2} alone write years: {3}
        {1} hoạt động của kế hoạch này năm nào cũng có; nếu chỉ cho {2}, hãy ghi years: {3}

        this is a window of {1}, from {2} to {3}; for the same day of every year write {4}/{5}
        đây là khoảng thời gian dài {1}, từ {2} đến {3}; nếu là cùng một ngày mỗi năm, hãy ghi {4}/{5}

        this is a window of {1}, from {2} to {3}
        đây là khoảng thời gian dài {1}, từ {2} đến {3}

        {1} and {2}
        {1} và {2}

        1 year
        1 năm

        {1} years
        {1} năm

        1 day
        1 ngày

        {1} days
        {1} ngày

        {1} (line {2})
        {1} (dòng {2})

        campaigns without "id" get one from their titles, and lose what was sent if the title changes: {1}; remindd check --fix writes them into the file
        hoạt động không có "id" được đặt id theo tên; nếu đổi tên thì mất dấu những thư đã gửi: {1}; remindd check --fix ghi các id này vào tệp

        a table of days
        bảng ngày

        a day
        ngày

        // Working days
        a working calendar
        lịch làm việc

        {1} is both under "off" and under "work" ({2})
        ngày {1} vừa ở "off" vừa ở "work" ({2})

        {1} has {2} entries; at most {3} are allowed
        {1} có {2} mục; nhiều nhất là {3}

        weekly_rest names {1}; allowed: {2}
        weekly_rest ghi {1}; được dùng: {2}

        weekly_rest names all seven days; at least one must be worked
        weekly_rest ghi cả bảy ngày; phải có ít nhất một ngày làm việc

        a holiday
        ngày nghỉ lễ

        when {1}: a holiday cannot depend on working days
        when {1}: ngày nghỉ lễ không được tính theo ngày làm việc

        {1} stands twice under "{2}"
        ngày {1} ghi hai lần ở "{2}"

        date is {1}; allowed: a day as 2026-01-02 or 2/1/2026
        date là {1}; phải là ngày, như 2026-01-02 hoặc 2/1/2026

        // The configuration
        the configuration
        cấu hình

        cannot read the configuration: {1}
        không đọc được cấu hình: {1}

        timezone {1} is not in the system's list
        timezone {1} không có trong danh sách múi giờ của hệ thống

        timezone {1} cannot be read: {2}
        không đọc được timezone {1}: {2}

        it is not in the system's list; install tzdata
        không có trong danh sách của hệ thống; hãy cài gói tzdata

        the default timezone {1} cannot be read: {2}
        không đọc được múi giờ mặc định {1}: {2}

        {1}/tzdata.zi is missing; install tzdata
        thiếu {1}/tzdata.zi; hãy cài gói tzdata

        timezone "{1}" is an old name, {2}
        timezone "{1}" là tên cũ, {2}

        which newer systems do not have
        các hệ thống mới không còn

        which this system does not have: its successor is used
        hệ thống này không có: tên mới được dùng thay

        timezone "{1}" is UTC{2}{3}:00: in these names the sign is the reverse of what it says; name a place
        timezone "{1}" là UTC{2}{3}:00: trong các tên này, dấu ngược với nghĩa thông thường; hãy ghi theo địa danh

        an item of plans
        một mục của plans

        ledger is {1}; allowed: sqlite:PATH
        ledger là {1}; phải ghi sqlite:ĐƯỜNG-DẪN

        weekly is {1}; allowed: a weekday and a time
        weekly là {1}; phải ghi thứ và giờ

        every is {1}; allowed: 10 seconds to 24 hours
        every là {1}; phải từ 10 giây đến 24 giờ

        {1} per {2}
        {1} mỗi {2}

        cannot read the plan: {1}
        không đọc được kế hoạch: {1}

        plans: {1} does not exist
        plans: {1} không tồn tại

        plans: {1} holds {2} files; at most {3} are read
        plans: {1} có {2} tệp; chỉ đọc nhiều nhất {3} tệp

        plans: {1} cannot be listed: {2}
        plans: không liệt kê được {1}: {2}

        working_days: {1} cannot be read: {2}
        working_days: không đọc được {1}: {2}

        templates: {1} {2}
        templates: {1} {2}

        no text of this name is ever used; there are {1}
        không có mẫu nào dùng tên này; các tên dùng được: {1}

        the texts in this language: it {1}
        mẫu của ngôn ngữ này: thư mục {1}

        cannot read the template: {1}
        không đọc được mẫu: {1}

        the template has more than {1} bytes, which is the most
        mẫu lớn hơn giới hạn {1} byte

        this file changed while it was read: it is being written; try again when it is complete
        tệp thay đổi trong lúc đọc vì đang được ghi; hãy thử lại khi ghi xong

        this plan is not read: folders within a folder are left out, unless plans: lists them; such as plans: [{1}, {2}]
        kế hoạch này không được đọc: thư mục con bị bỏ qua, trừ khi ghi trong plans:, như plans: [{1}, {2}]

        this plan is not read: its name begins with a dot
        kế hoạch này không được đọc: tên tệp bắt đầu bằng dấu chấm

        this plan is not read: its name must end in .yaml or .yml
        kế hoạch này không được đọc: tên tệp phải kết thúc bằng .yaml hoặc .yml

        copies has {1} items; at most {2} are allowed
        copies có {1} mục; nhiều nhất là {2}

        an item of copies
        một mục của copies

        // Recipients and groups
        a group's id
        id của nhóm

        group {1}
        nhóm {1}

        group {1} has no members
        nhóm {1} không có ai

        group {1} contains itself: {2}
        nhóm {1} chứa chính nó: {2}

        the id {1} is taken already, at {2}:{3}; recipients and groups share their ids
        id {1} đã dùng ở {2}:{3}; người nhận và nhóm dùng chung một bộ id

        a recipient
        người nhận

        a recipient's id
        id của người nhận

        recipient {1} has no {2}, and {3} is a {4} channel
        người nhận {1} không có {2}, mà {3} là kênh {4}

        {1} names "{2}", which is no channel; known: {3}
        {1} ghi "{2}", không phải là kênh nào; hiện có: {3}

        file {1} of group {2} cannot be read: {3}
        không đọc được tệp {1} của nhóm {2}: {3}

        group {1} has no members: file {2} lists nobody
        nhóm {1} không có ai: tệp {2} không ghi người nào

        a recipient's id is "{1}"; allowed: {2}
        id của người nhận là "{1}"; phải gồm: {2}

        the name {1}{2}
        tên {1}{2}

        "{1}" holds a character that is not allowed
        "{1}" có ký tự không được dùng

        recipient {1} has an empty "via"
        người nhận {1} có "via" trống

        a former id of a recipient is "{1}"; allowed: {2}
        id cũ của người nhận là "{1}"; phải gồm: {2}

        recipient {1} has no {2}, and uses a {3} channel
        người nhận {1} không có {2}, mà dùng kênh {3}

        {1} "{2}" of {3}: {4}
        {1} "{2}" của {3}: {4}

        language is "{1}"; allowed: vi, en
        language là "{1}"; được dùng: vi, en

        group is "{1}", which cannot name a group
        group là "{1}", không đặt làm tên nhóm được

        the domain mixes letters of several scripts, as look-alikes of other names do; it is sent as {1}
        tên miền lẫn chữ của nhiều hệ chữ viết, như tên giả mạo hay dùng; sẽ gửi dưới dạng {1}

        group {1} must be a list; found {2}
        nhóm {1} phải là danh sách; ở đây là {2}

        a recipient has no "via"; it is required
        người nhận thiếu "via"; đây là mục bắt buộc

        no column "id"; the first line must name it
        thiếu cột "id"; dòng đầu phải có tên cột này

        no column "via"; the first line must name it, or the configuration must have "via: [CHANNEL]"
        thiếu cột "via"; dòng đầu phải có tên cột này, hoặc cấu hình phải có "via: [KÊNH]"

        columns that are not known are ignored: {1}; known: {2}
        bỏ qua các cột không dùng: {1}; các cột dùng được: {2}

        {1} recipients without "id" get one from their names: {2}{3}; remindd check --fix writes them into the file
        {1} người nhận không có "id" được đặt id theo tên: {2}{3}; remindd check --fix ghi các id này vào tệp

        // Addresses
        an address is empty
        địa chỉ để trống

        an address has no spaces, line ends or control characters
        địa chỉ không có dấu cách, dấu xuống dòng hay ký tự điều khiển

        an address is local@domain
        địa chỉ có dạng tên@miền

        the domain {1} has no dot
        tên miền {1} không có dấu chấm

        an address has at most 254 octets
        địa chỉ dài nhất là 254 byte

        nothing stands before the @
        trước dấu @ không có gì

        letters outside ASCII before the @ are not supported (RFC 6531)
        trước dấu @ không được có chữ có dấu (RFC 6531)

        quoted text before the @ is not supported
        trước dấu @ không được có dấu ngoặc kép

        at most 64 octets stand before the @
        trước dấu @ có nhiều nhất 64 byte

        an address does not begin with a hyphen
        địa chỉ không bắt đầu bằng dấu gạch nối

        a dot before the @ stands between other characters
        dấu chấm trước dấu @ phải nằm giữa các ký tự khác

        “{1}” cannot stand before the @
        trước dấu @ không được có “{1}”

        nothing stands after the @
        sau dấu @ không có gì

        an IP address instead of a domain is not supported
        không dùng địa chỉ IP thay cho tên miền

        a domain does not end in a dot
        tên miền không kết thúc bằng dấu chấm

        a domain has at most 253 octets
        tên miền dài nhất là 253 byte

        a domain has an empty part between two dots
        tên miền có phần trống giữa hai dấu chấm

        the domain part {1} is too long
        phần {1} của tên miền quá dài

        a part of a domain has at most 63 octets
        mỗi phần của tên miền dài nhất là 63 byte

        a domain has letters, digits, hyphens and dots only
        tên miền chỉ gồm chữ, số, dấu gạch nối và dấu chấm

        a part of a domain does not begin or end with a hyphen
        phần của tên miền không bắt đầu hay kết thúc bằng dấu gạch nối

        the domain part {1} is not valid Punycode
        phần {1} của tên miền không đúng dạng Punycode

        the domain part {1} stands for characters that no domain has
        phần {1} của tên miền ứng với những ký tự mà tên miền không có

        the domain part {1} holds a compatibility character
        phần {1} của tên miền có ký tự tương thích

        a name and address have no line ends or control characters
        tên và địa chỉ không có dấu xuống dòng hay ký tự điều khiển

        // Channels: settings
        a channel's name
        tên kênh

        a channel
        kênh

        channel {1}
        kênh {1}

        channel {1} must have one of: {2}
        kênh {1} phải có một trong: {2}

        rate is {1}; allowed: N per second, minute or hour
        rate là {1}; phải ghi N per second, minute hoặc hour

        {1} is {2}; allowed: true, false
        {1} là {2}; được dùng: true, false

        {1} is no network; allowed: an address and a prefix length
        {1} không phải là mạng; phải ghi địa chỉ và độ dài tiền tố

        {1} is empty; write {credential: NAME}, {file: PATH} or {env: NAME}
        {1} để trống; hãy ghi {credential: TÊN}, {file: ĐƯỜNG-DẪN} hoặc {env: TÊN}

        {1} must not stand in the configuration; write {credential: NAME}, {file: PATH} or {env: NAME}
        {1} không được ghi trong cấu hình; hãy ghi {credential: TÊN}, {file: ĐƯỜNG-DẪN} hoặc {env: TÊN}

        {1} must have one of: credential, file, env
        {1} phải có một trong: credential, file, env

        {1}.credential is {2}; allowed: the name of a credential, without a slash
        {1}.credential là {2}; phải ghi tên thông tin xác thực, không có dấu gạch chéo

        {1} lists none; leave it out where there is none
        {1} là danh sách trống; không có thì bỏ khóa này

        the credential {1} is not visible here (it exists inside the service)
        ở đây không thấy thông tin xác thực {1} (chỉ có bên trong dịch vụ)

        {1} can be read by others; chmod 0600 or 0640
        người khác đọc được {1}; hãy chạy chmod 0600 hoặc 0640

        the environment variable {1} is not set
        chưa đặt biến môi trường {1}

        {1} holds more than {2} bytes; a secret is one line of text
        {1} lớn hơn {2} byte; thông tin bí mật là một dòng

        {1} holds several lines; a secret is one line of text
        {1} có nhiều dòng; thông tin bí mật là một dòng

        {1} holds a control character; a secret is one line of text
        {1} có ký tự điều khiển; thông tin bí mật là một dòng

        a token logs in with auth: xoauth2; write auth: xoauth2 beside it, or a password instead
        mã truy cập (token) đăng nhập bằng auth: xoauth2; hãy ghi thêm auth: xoauth2, hoặc dùng mật khẩu

        a password needs a username beside it
        có mật khẩu thì phải có username

        a username needs a password beside it, or auth: xoauth2 and token: {file: PATH}
        có username thì phải có password, hoặc auth: xoauth2 và token: {file: ĐƯỜNG-DẪN}

        auth: xoauth2 logs in with a token, token: {file: PATH}; leave the password out
        auth: xoauth2 đăng nhập bằng mã truy cập, token: {file: ĐƯỜNG-DẪN}; hãy bỏ password

        auth: xoauth2 needs a username and a token beside it, such as token: {file: secrets/token}; missing: {1}
        auth: xoauth2 phải có username và token, như token: {file: secrets/token}; còn thiếu: {1}

        token must not stand in the configuration; write {file: PATH}
        token không được ghi trong cấu hình; hãy ghi {file: ĐƯỜNG-DẪN}

        tls: off cannot go with smtps://
        tls: off không đi cùng smtps://

        tls: off sends mail in clear; allowed for a loopback server, or for a relay of your own network with both: tls: off and allow_networks: [{1}]
        tls: off gửi thư không mã hóa; chỉ dùng cho máy chủ trên chính máy này, hoặc cho máy chuyển tiếp trong mạng của cơ quan khi có cả hai khóa: tls: off và allow_networks: [{1}]

        server holds an @
        server có dấu @

        server is {1}
        server là {1}

        {1}; allowed: smtp://HOST:PORT without a path or user name, and HOST a name or an IPv4 address
        {1}; phải ghi smtp://MÁY-CHỦ:CỔNG, không có đường dẫn hay tên đăng nhập; MÁY-CHỦ là tên hoặc địa chỉ IPv4

        port {1} is TLS from the first byte, which is smtps://
        cổng {1} dùng TLS ngay từ đầu, tức là smtps://

        port {1} begins without TLS and turns to it (STARTTLS), which is smtp://
        cổng {1} bắt đầu không mã hóa rồi chuyển sang TLS (STARTTLS), tức là smtp://

        ehlo is {1}; allowed: a host name
        ehlo là {1}; phải ghi tên máy

        introduces itself as "{1}", which is no full domain name: many mail servers refuse that; write ehlo: remindd.example.vn with your own domain
        xưng tên "{1}", chưa phải tên miền đầy đủ: nhiều máy chủ thư từ chối; hãy ghi ehlo: remindd.example.vn với tên miền của cơ quan

        from is at {1}, and the login at {2}: most servers refuse a sender that the login does not own; write an address at {3}, or ask the server's administrator
        from thuộc {1}, còn tên đăng nhập thuộc {2}: phần lớn máy chủ từ chối người gửi không thuộc tài khoản; hãy ghi địa chỉ thuộc {3}, hoặc hỏi người quản trị máy chủ

        from is at {1}, and {2} does not send for it: recipients' servers refuse such mail or take it for spam (SPF, DMARC); write an address of your own domain
        from thuộc {1}, mà {2} không gửi thay cho tên miền này: máy chủ nhận sẽ từ chối hoặc coi là thư rác (SPF, DMARC); hãy ghi địa chỉ thuộc tên miền của cơ quan

        {1} takes no password, only a token; write auth: xoauth2 and token: {file: PATH}, or send through a relay
        {1} không nhận mật khẩu, chỉ nhận mã truy cập; hãy ghi auth: xoauth2 và token: {file: ĐƯỜNG-DẪN}, hoặc gửi qua máy chuyển tiếp

        Microsoft 365 switches logins with a password off by default at the end of December 2026, and then takes only a token; write auth: xoauth2 and token: {file: PATH}, or send through a relay (MAIL SERVERS in remindd(8))
        cuối tháng 12 năm 2026, Microsoft 365 mặc định tắt đăng nhập bằng mật khẩu và chỉ nhận mã truy cập; hãy ghi auth: xoauth2 và token: {file: ĐƯỜNG-DẪN}, hoặc gửi qua máy chuyển tiếp (mục MÁY CHỦ THƯ trong remindd(8))

        channel {1} has no secret: its requests carry no signature
        kênh {1} không có secret: các yêu cầu không có chữ ký

        proxy has a user name or password, which must not stand in the configuration; a proxy is asked without
        proxy có tên đăng nhập hoặc mật khẩu, không được ghi trong cấu hình; remindd gọi proxy không cần đăng nhập

        server: smtps:// is TLS from the first byte (port 465), smtp:// is STARTTLS (port 587 or 25); or, for a relay of your own network without TLS, both tls: off and allow_networks: [{1}]
        server: smtps:// dùng TLS ngay từ đầu (cổng 465), smtp:// dùng STARTTLS (cổng 587 hoặc 25); hoặc, với máy chuyển tiếp trong mạng của cơ quan không có TLS, cần cả hai khóa: tls: off và allow_networks: [{1}]

        {1}; allowed: smtp://HOST:PORT or smtps://HOST:PORT{2}
        {1}; phải ghi smtp://MÁY-CHỦ:CỔNG hoặc smtps://MÁY-CHỦ:CỔNG{2}

        ; a relay without TLS needs both tls: off and allow_networks: [{1}], and one with a certificate of your own authority needs ca: FILE
        ; máy chuyển tiếp không có TLS cần cả hai khóa: tls: off và allow_networks: [{1}]; máy có chứng chỉ do đơn vị tự cấp cần ca: TỆP

        http:// sends in clear and is allowed to loopback only; use https://, or set insecure: true{1}
        http:// gửi không mã hóa, chỉ được dùng đến chính máy này; hãy dùng https://, hoặc đặt insecure: true{1}

        ; a private address needs allow_networks: [10.20.0.0/16] too
        ; địa chỉ nội bộ cần thêm allow_networks: [10.20.0.0/16]

         with {1}
         cùng với {1}

        ; either needs {1} too
        ; cách nào cũng cần thêm {1}

        // Channels: URLs
        it holds an encoded line break or NUL
        có dấu xuống dòng hoặc NUL viết mã hóa

        port {1} is not for webhooks; allowed: 80, 443, and 1024 or above less those of other services
        cổng {1} không dùng cho webhook; được dùng: 80, 443, và từ 1024 trở lên trừ cổng của các dịch vụ khác

        {1} is link-local, a metadata service, multicast or reserved; it is never allowed
        {1} là địa chỉ link-local, dịch vụ metadata, multicast hoặc dành riêng; không bao giờ được dùng

        , and ca: FILE where its certificate is from an authority of your own
        , và ca: TỆP nếu chứng chỉ do đơn vị tự cấp

        {1} is private, loopback or reserved; if it is meant, add {2}{3}
        {1} là địa chỉ nội bộ, địa chỉ của chính máy này hoặc dành riêng; nếu đúng ý, hãy thêm {2}{3}

        {1} is this machine; if it is meant, add allow_networks: [127.0.0.0/8]
        {1} là chính máy này; nếu đúng ý, hãy thêm allow_networks: [127.0.0.0/8]

        a URL has at most 2048 characters
        URL dài nhất là 2048 ký tự

        a URL has no spaces, control characters or letters outside ASCII; write them %-encoded, a host as xn--…
        URL không có dấu cách, ký tự điều khiển hay chữ ngoài ASCII; hãy viết dạng mã hóa %, tên máy viết xn--…

        such a URL begins with https:// (or http://)
        URL này phải bắt đầu bằng https:// (hoặc http://)

        such a URL has no # part
        URL này không có phần sau dấu #

        such a URL has no user name or password
        URL này không có tên đăng nhập hay mật khẩu

        the ] of the address is missing
        địa chỉ thiếu dấu ]

        an address in a URL has no zone
        địa chỉ trong URL không có phần vùng

        [{1}] is no IPv6 address
        [{1}] không phải là địa chỉ IPv6

        after ] comes :port or nothing
        sau dấu ] chỉ có :cổng hoặc không có gì

        a port is 1 to 65535
        cổng từ 1 đến 65535

        the host is missing
        thiếu tên máy chủ

        “{1}” is no host name: {2}
        “{1}” không phải là tên máy chủ: {2}

        {1} is not within allow_networks, and without TLS mail would go there in clear
        {1} không thuộc allow_networks, và không có TLS thì thư đến đó không được mã hóa

        a webhook secret begins with whsec_
        khóa bí mật của webhook bắt đầu bằng whsec_

        a webhook secret is whsec_ and base64
        khóa bí mật của webhook gồm whsec_ và base64

        a webhook secret has 24 to 64 bytes
        khóa bí mật của webhook dài từ 24 đến 64 byte

        // Advice after a refusal
        channels.{1}.allow_networks: add the server's network
        channels.{1}.allow_networks: thêm mạng của máy chủ

        channels.{1}: the server's certificate has another name; use the name in it ({2})
        channels.{1}: chứng chỉ của máy chủ mang tên khác; hãy dùng tên ghi trong chứng chỉ ({2})

        channels.{1}.ca: the certificate authority of the server, where it is not one of the system's
        channels.{1}.ca: nơi cấp chứng chỉ của máy chủ, nếu hệ thống chưa có

        {1}: that port does not speak TLS
        {1}: cổng này không dùng TLS

        recipients: the address (email) of {1}
        recipients: địa chỉ (email) của {1}

        channels.{1}.rate: fewer messages in a time, if the server says so often
        channels.{1}.rate: gửi ít thư hơn trong một khoảng thời gian, nếu máy chủ hay trả lời như vậy

        channels.{1}.server: host and port; or the server is out of order
        channels.{1}.server: tên máy và cổng; hoặc máy chủ đang hỏng

         (now: {1})
         (hiện nay: {1})

        channels.{1}.ehlo: this machine's full name, with dots{2}
        channels.{1}.ehlo: tên đầy đủ của máy này, có dấu chấm{2}

        channels.{1}.rate: the server allows fewer messages
        channels.{1}.rate: máy chủ cho gửi ít hơn

        channels.{1}.auth: xoauth2, with token: the server takes no password any more
        channels.{1}.auth: xoauth2, cùng token: máy chủ không nhận mật khẩu nữa

        channels.{1}.token: the server does not take it
        channels.{1}.token: máy chủ không nhận mã này

        channels.{1}.username and password: the server wants a login
        channels.{1}.username và password: máy chủ đòi đăng nhập

        channels.{1}.username and password: the server does not take them
        channels.{1}.username và password: máy chủ không nhận

        channels.{1}.from: an address that this login may send from (now: {2})
        channels.{1}.from: địa chỉ mà tài khoản này được gửi thay (hiện nay: {2})

        channels.{1}.server: this one refuses the machine's address; ask its administrator, or send through another
        channels.{1}.server: máy chủ này từ chối địa chỉ của máy; hãy hỏi người quản trị, hoặc gửi qua máy chủ khác

        channels.{1}.username and password; or let the server relay for this machine
        channels.{1}.username và password; hoặc máy chủ phải được đặt để chuyển tiếp cho máy này

        the server does not relay for this login to that address: ask its administrator
        máy chủ không chuyển tiếp cho tài khoản này đến địa chỉ ấy: hãy hỏi người quản trị

        whether it is about {1} or about us shows when another recipient is tried: remindd send-test OTHER --via {2}
        thử với người nhận khác mới biết lỗi do {1} hay do phía gửi: remindd send-test NGƯỜI-KHÁC --via {2}

        channels.{1}: server, from, ehlo, username
        channels.{1}: server, from, ehlo, username

        channels.{1}.secret: the endpoint does not take the signature, or url holds an old key
        channels.{1}.secret: nơi nhận không nhận chữ ký, hoặc url có khóa cũ

        channels.{1}.url: the endpoint is not there
        channels.{1}.url: địa chỉ này không có nơi nhận

        channels.{1}.rate: fewer messages in a time
        channels.{1}.rate: gửi ít hơn trong một khoảng thời gian

        channels.{1}.url: host and port; or the endpoint is out of order
        channels.{1}.url: tên máy và cổng; hoặc nơi nhận đang hỏng

        the endpoint refuses this message: its own log says why
        nơi nhận từ chối thông báo này: xem lý do trong nhật ký của nơi nhận

        // Templates of messages
        no such template; there are {1}
        không có mẫu này; các mẫu dùng được: {1}

        a tag is not closed: }} is missing
        thẻ chưa đóng: thiếu }}

        the section {{#{1}}} is not closed
        phần {{#{1}}} chưa đóng

        an empty tag {{}}
        thẻ trống {{}}

        the list {{#{1}}} stands within a list: each of its lines would repeat all of them
        danh sách {{#{1}}} nằm trong một danh sách: mỗi dòng sẽ lặp lại tất cả các dòng

        sections stand in one another deeper than {1}
        các phần lồng nhau quá {1} cấp

        {{/{1}}} closes no section
        {{/{1}}} không đóng phần nào

        {{/{1}}} stands where {{/{2}}} should
        ở đây là {{/{1}}}, đáng lẽ là {{/{2}}}

        text in HTML is always escaped: write {{{1}}}
        văn bản trong HTML luôn được chuyển mã: hãy viết {{{1}}}

        {{{1}…}} is not supported: variables, sections and comments only
        không dùng được {{{1}…}}: chỉ có biến, phần và chú thích

        {{.}} stands only within a list such as {{#note_lines}}
        {{.}} chỉ đứng trong danh sách, như {{#note_lines}}

        there is no variable {1}{2}
        không có biến {1}{2}

        {1} is a list: {{#{2}}}{{.}}{{/{3}}}
        {1} là danh sách: {{#{2}}}{{.}}{{/{3}}}

        {1} is a condition: {{#{2}}}…{{/{3}}}
        {1} là điều kiện: {{#{2}}}…{{/{3}}}

        the template cannot be read
        không đọc được mẫu

        a subject is one line: the lines of this text are joined by spaces
        tiêu đề chỉ có một dòng: các dòng của mẫu này được nối bằng dấu cách

        // check
        channel {1}: {2}
        kênh {1}: {2}

        {1}: the credential {2} is not visible here
        {1}: ở đây không thấy thông tin xác thực {2}

        channel {1}: ca: {2}: {3}
        kênh {1}: ca: {2}: {3}

        channel {1}: ca: {2} holds no certificate (PEM)
        kênh {1}: ca: {2} không có chứng chỉ (PEM)

        channel {1} {2}
        kênh {1} {2}

        no recipient uses channel {1}
        không có người nhận nào dùng kênh {1}

        channel {1} has {2} recipients and no rate: all at once may be more than its server takes; such as rate: 100 per minute
        kênh {1} có {2} người nhận mà không có rate: gửi cùng lúc có thể quá sức máy chủ; ví dụ rate: 100 per minute

        without a channel: "via" is empty
        chưa có kênh gửi: "via" trống

        named by no plan and no alert
        không có trong kế hoạch hay thông báo sự cố nào

        recipient {1} is {2}
        người nhận {1} {2}

        {1} more recipients ({2} to {3}) are {4}
        {1} người nhận nữa (từ {2} đến {3}) {4}

        group {1} has no members: its groups have none
        nhóm {1} không có ai: các nhóm bên trong đều trống

        {1} and {2} have the same address on channel {3}: if both are notified, only {4} gets it
        {1} và {2} có cùng địa chỉ trên kênh {3}: khi nhắc cả hai, chỉ {4} nhận được

        campaign {1}, "{2}": the groups named have no members
        hoạt động {1}, "{2}": các nhóm được ghi không có ai

        ; its last day was {1}
        ; ngày cuối cùng là {1}

        : its years and exceptions leave nothing
        : years và except không để lại lần nào

        campaign {1} never comes again{2}
        hoạt động {1} không diễn ra lần nào nữa{2}

        campaign {1}, "{2}": {3} ({4})
        hoạt động {1}, "{2}": {3} ({4})

        no such day lies between {1} and {2}
        từ {1} đến {2} không có ngày như vậy

        the working calendar has no such day
        lịch làm việc không có ngày như vậy

        falls on {1}, not before the beginning on {2}
        rơi vào {1}, không trước ngày bắt đầu {2}

        falls on {1}, not before the end on {2}
        rơi vào {1}, không trước ngày kết thúc {2}

        the title of campaign {1} looks like that of {2}, but holds {3}
        tên của hoạt động {1} trông giống tên của {2}, nhưng có {3}

        nothing
        không có gì

        campaign {1}, "{2}": {3}; it goes out at {4}
        hoạt động {1}, "{2}": {3}; sẽ gửi lúc {4}

        there is no {1} on {2}, the clocks go forward
        ngày {2} không có {1}, vì đồng hồ được chỉnh nhanh lên

        {1} comes twice on {2}, the clocks go back
        ngày {2} có hai lần {1}, vì đồng hồ được chỉnh lùi

        reminders that count working days fall in {1}, for which no official working calendar is loaded
        có lời nhắc tính theo ngày làm việc rơi vào {1}, mà chưa có lịch làm việc chính thức

        , behind {1} that wait already
        , sau {1} thư đang chờ

        campaign {1}, "{2}" by {3}: {4} at {5}{6}; at {7} {8} can go before the deadline {9}, {10} would not
        hoạt động {1}, "{2}" qua {3}: {4} lúc {5}{6}; với hạn mức {7}, {8} thư kịp hạn {9}, {10} thư không kịp

        channel {1}: at {2} {3} more reminders of the next {4} days would not go whole before their deadlines
        kênh {1}: với hạn mức {2}, {3} lời nhắc nữa trong {4} ngày tới không gửi hết kịp hạn

        a late reminder
        nhắc muộn

        other dates
        đổi lịch

        a cancellation
        báo hủy

        a test
        thư thử

        {1} in {2}: {3}: the built-in one would go out
        {1} ({2}): {3}: mẫu có sẵn sẽ được dùng thay

        {1}: the built-in one would go out
        {1}: mẫu có sẵn sẽ được dùng thay

        the subject has {1} characters; most mail programs show fewer than {2}
        tiêu đề dài {1} ký tự; phần lớn chương trình thư hiện không đến {2} ký tự

        campaign {1}, "{2}" by {3} in {4}: {5}
        hoạt động {1}, "{2}" qua {3}, tiếng {4}: {5}

        socket: {1} is {2}, not a socket: it is not touched, and no command reaches the daemon; name another
        socket: {1} là {2}, không phải socket: tệp được giữ nguyên và không lệnh nào đến được dịch vụ; hãy ghi tên khác

        socket: {1} has more than {2} bytes, which is the most for a socket
        socket: {1} dài hơn giới hạn {2} byte của socket

        ledger: {1} is a file of yours, read as {2}; name another
        ledger: {1} là tệp của cơ quan, được đọc là {2}; hãy ghi tên khác

        ledger: {1} is {2}, not a ledger: it is not touched; name another
        ledger: {1} là {2}, không phải sổ ghi: tệp được giữ nguyên; hãy ghi tên khác

        socket and ledger are both {1}; each needs a file of its own
        socket và ledger cùng là {1}; mỗi khóa phải có tệp riêng

        {1}: {2} is not visible to the service: its sandbox hides {3}; put it under /etc/remindd, or see SANDBOX in remindd(8)
        {1}: dịch vụ không thấy {2}: vùng cách ly che {3}; hãy để trong /etc/remindd, hoặc xem mục SANDBOX trong remindd(8)

        ledger: {1} is outside of {2}, the one folder that the service may write to; leave ledger: out, or see SANDBOX in remindd(8)
        ledger: {1} nằm ngoài {2}, thư mục duy nhất mà dịch vụ được ghi; hãy bỏ khóa ledger, hoặc xem mục SANDBOX trong remindd(8)

        remindd: these are the first {1} problems; there may be more
        remindd: đây là {1} vấn đề đầu tiên; có thể còn nữa

        remindd: other plans have problems too; check without PLAN shows them
        remindd: các kế hoạch khác cũng có vấn đề; chạy check không kèm KẾ-HOẠCH để xem

        no errors, {1}
        không có lỗi, {1}

        fine
        không có lỗi

        {1} with {2}, {3}: {4}.
        {1} với {2}, {3}: {4}.

        Sent as written in ASCII: {1}, {2} → {3}
        Gửi dưới dạng ASCII: {1}, {2} → {3}

        In the next {1} days: nothing.
        Trong {1} ngày tới: không có gì.

        In the next {1} days:
        Trong {1} ngày tới:

        {1} deliveries
        {1} lượt gửi

        {1}: {2} written
        {1}: đã ghi {2}

        remindd: {1} stays as it is: {2}
        remindd: giữ nguyên {1}: {2}

        it is read-only
        tệp chỉ cho đọc

        it changed meanwhile
        tệp vừa bị sửa trong lúc ghi

        the ids cannot be written without another change; write them by hand
        không ghi được id nếu không sửa chỗ khác; hãy tự ghi vào tệp

        remindd: what would go out at once is not known: {1}
        remindd: không biết sẽ gửi ngay những gì: {1}

        At once on the next reload
        Gửi ngay khi nạp lại lần tới

        At once on the next start
        Gửi ngay khi khởi động lần tới

        At once on the next start or reload: not known, because the record of what was sent was not read: {1}
        Gửi ngay khi khởi động hoặc nạp lại lần tới: không rõ, vì không đọc được phần ghi những gì đã gửi: {1}

        {1}: nothing.
        {1}: không có gì.

        {1} (including overdue reminders):
        {1} (gồm cả lời nhắc đã quá giờ gửi):

        cancelled, announced a minute later: {1}
        hủy, một phút sau sẽ báo: {1}

        moved: {1} → {2}
        dời: {1} → {2}

        // Commands: names and refusals
        no campaign "{1}"{2}
        không có hoạt động "{1}"{2}

        several plans have a campaign "{1}"; say which: {2}
        nhiều kế hoạch có hoạt động "{1}"; hãy ghi rõ: {2}

        no channel "{1}"; known: {2}
        không có kênh "{1}"; hiện có: {2}

        {1} is a group; name one of its members: {2}
        {1} là nhóm; hãy ghi một người trong nhóm: {2}

        no recipient "{1}"{2}
        không có người nhận "{1}"{2}

        remindd: {1}
        remindd: {1}

        remindd: {1}: {2}
        remindd: {1}: {2}

        remindd: there is no plan file {1}
        remindd: không có tệp kế hoạch {1}

        remindd: campaign {1} does not come on or after {2}
        remindd: hoạt động {1} không diễn ra từ ngày {2} trở đi

        campaign {1} does not come after {2}
        hoạt động {1} không diễn ra sau ngày {2}

        remindd: no channel "{1}"; known: {2}{3}
        remindd: không có kênh "{1}"; hiện có: {2}{3}

        remindd: recipient {1} has no channel
        remindd: người nhận {1} không có kênh nào

        recipient {1} has no channel
        người nhận {1} không có kênh nào

        remindd: standard output cannot be written: {1}
        remindd: không ghi được kết quả ra luồng xuất chuẩn: {1}

        remindd: the ledger cannot be read: {1}
        remindd: không đọc được sổ ghi: {1}

        the ledger cannot be read: {1}
        không đọc được sổ ghi: {1}

        there is no ledger yet at {1}
        chưa có sổ ghi tại {1}

        the daemon at {1} does not answer: {2}
        dịch vụ tại {1} không trả lời: {2}

        {1} is not for this user: be root, or of the group remindd
        người dùng này không được dùng {1}: phải là root, hoặc thuộc nhóm remindd

        {1} is {2}, not a socket: it is not touched
        {1} là {2}, không phải socket: tệp được giữ nguyên

        only a running daemon does this
        chỉ dịch vụ đang chạy mới làm được việc này

        remindd is stopping
        remindd đang dừng

        remindd is stopping, or too busy to answer; try again
        remindd đang dừng, hoặc quá bận; hãy thử lại

        the daemon runs: stop it first (systemctl stop remindd)
        dịch vụ đang chạy: hãy dừng trước (systemctl stop remindd)

        the clock says {1}: no ledger is created before the clock is set
        đồng hồ đang chỉ {1}: phải chỉnh đồng hồ rồi mới tạo được sổ ghi

        no plan "{1}"; known: {2}{3}
        không có kế hoạch "{1}"; hiện có: {2}{3}

        campaign {1}
        hoạt động {1}

        {1} has several leads "{2}"; say which: {3}
        {1} có nhiều lời nhắc "{2}"; hãy nêu rõ một trong: {3}

        {1} has no leads
        {1} không có lời nhắc nào

        {1} has no lead "{2}"; it has: {3}{4}
        {1} không có lời nhắc "{2}"; hiện có: {3}{4}

        write a day as 2027-01-31 or 31/1/2027, in the years 1970 to 2199
        ngày viết là 2027-01-31 hoặc 31/1/2027, từ năm 1970 đến 2199

        write a year as 2027, from 1970 to 2199
        năm viết là 2027, từ 1970 đến 2199

        the title names "{1}", which is {2}, but "when" gives {3}
        tên hoạt động ghi "{1}", tức là {2}, nhưng "when" cho {3}

        campaign {1}, "{2}": this reminds ahead of the occurrence before it; from {3} to the next one on {4} are only {5} days
        hoạt động {1}, "{2}": lời nhắc này rơi vào trước cả lần liền trước; từ {3} đến lần sau vào {4} chỉ có {5} ngày

        is due at {1}, and is never sent, because the occurrence ends at {2}
        lúc gửi là {1}, nhưng lần này kết thúc từ {2}, nên lời nhắc không bao giờ được gửi

        // Commands: backup, restore, new-ledger
        the daemon gives no copy: {1}
        dịch vụ không đưa bản sao: {1}

        the copy cannot be written to standard output: {1}
        không ghi được bản sao ra luồng xuất chuẩn: {1}

        another backup is under way
        đang có một lần sao lưu khác

        no space for a copy of {1} MB beside the ledger: {2} MB are free
        cạnh sổ ghi không đủ chỗ cho bản sao {1} MB: còn trống {2} MB

        a copy is not for a terminal; write: remindd backup > FILE
        bản sao không in ra màn hình được; hãy gõ: remindd backup > TỆP

        the copy comes from standard input; write: remindd restore < FILE
        bản sao được đọc từ luồng nhập chuẩn; hãy gõ: remindd restore < TỆP

        {1}: the copy could not be written: {2}
        {1}: không ghi được bản sao: {2}

        standard input is no copy of a ledger: it is empty
        luồng nhập chuẩn không phải là bản sao sổ ghi: không có gì

        standard input is no copy of a ledger: {1}
        luồng nhập chuẩn không phải là bản sao sổ ghi: {1}

        the copy cannot be used: {1}
        không dùng được bản sao: {1}

        Restored {1} as it was at {2}.
        Đã khôi phục {1} như lúc {2}.

        The ledger that was there is kept as {1}.
        Sổ ghi cũ được giữ lại với tên {1}.

        The next start holds reminders due since then, and waiting deliveries, until: remindd release --send|--drop
        Khi khởi động lần tới, lời nhắc đến hạn từ lúc ấy và các lượt gửi đang chờ bị tạm giữ cho đến lệnh: remindd release --send|--drop

        Began a new ledger at {1}.
        Đã mở sổ ghi mới tại {1}.

        Recorded as superseded, and not sent: {1} due by now.
        Ghi là đã được thay thế và không gửi: {1} đã đến giờ gửi.

        {1} is missing, but its high-water mark file is there: without the ledger, reminders would be sent twice. Put it back, or start over with: remindd new-ledger
        thiếu {1}, trong khi tệp mốc của sổ vẫn còn: không có sổ ghi thì lời nhắc sẽ bị gửi hai lần. Hãy đưa sổ ghi trở lại, hoặc bắt đầu lại bằng: remindd new-ledger

        {1} is {2}, not a ledger: it is not touched; name another under ledger:
        {1} là {2}, không phải sổ ghi: tệp được giữ nguyên; hãy ghi tên khác ở khóa ledger:

        {1} cannot be set aside: {2}
        không cất được {1}: {2}

        {1}: {2}; it belongs to {3}, mode 0{4}, and this process is {5}
        {1}: {2}; tệp thuộc {3}, quyền 0{4}, còn tiến trình này là {5}

        user {1}
        người dùng {1}

        the ledger is held by process {1}; stop it first, or ask it through its socket
        tiến trình {1} đang giữ sổ ghi; hãy dừng tiến trình ấy trước, hoặc hỏi qua cổng lệnh của nó

        the ledger is held by another process; stop it first, or ask it through its socket
        tiến trình khác đang giữ sổ ghi; hãy dừng tiến trình ấy trước, hoặc hỏi qua cổng lệnh của nó

        the ledger was written by a newer remindd (schema {1}); install that version or a later one
        sổ ghi do một phiên bản remindd mới hơn ghi (schema {1}); hãy cài phiên bản ấy hoặc mới hơn

        the ledger was written by an older remindd (schema {1}); start the daemon once to upgrade it
        sổ ghi do một phiên bản remindd cũ hơn ghi (schema {1}); hãy khởi động dịch vụ một lần để nâng cấp

        the ledger is damaged or is not a ledger: {1}
        sổ ghi bị hỏng hoặc không phải là sổ ghi: {1}

        this is a real ledger; a rehearsal uses its own, name a new file
        đây là sổ ghi thật; diễn tập phải dùng sổ riêng, hãy ghi tên tệp mới

        this is the ledger of a rehearsal; the real daemon never uses it
        đây là sổ ghi diễn tập; dịch vụ thật không dùng sổ này

        there is no ledger yet
        chưa có sổ ghi

        the ledger cannot be opened: {1}
        không mở được sổ ghi: {1}

        // Commands: failed, history, release
        remindd: name what is to be tried again: ids, as `remindd failed` shows them, or --campaign, --channel, --since
        remindd: hãy ghi rõ cần gửi lại những gì: các id do `remindd failed` in ra, hoặc --campaign, --channel, --since

        name what is to be tried again, at most {1} ids at once
        hãy ghi rõ cần gửi lại những gì, mỗi lần nhiều nhất {1} id

        the ledger is held: failed deliveries may have been sent since the copy; first: remindd release --send|--drop
        sổ ghi đang tạm giữ: các lượt gửi không thành có thể đã được gửi từ sau bản sao; trước hết hãy chạy: remindd release --send|--drop

        {1}: pending again
        {1}: đã chờ gửi lại

        its deadline is past
        đã quá hạn

        no failed delivery has this id{1}
        không có lượt gửi không thành nào mang id này{1}

         and fits the options
         và hợp với các tùy chọn

         {1} left: their deadline is past.
         Còn {1} lượt giữ nguyên vì đã quá hạn.

        {1} pending again.{2}
        {1} đã chờ gửi lại.{2}

        remindd: nothing yet: there is no ledger at {1}
        remindd: chưa có gì: không có sổ ghi tại {1}

        remindd: these are the latest {1}; a running daemon shows no more at once
        remindd: đây là {1} dòng mới nhất; dịch vụ đang chạy không in nhiều hơn trong một lần

        accepted by the server
        máy chủ đã nhận

        , late
        , muộn

        Nothing is held: there is no ledger yet at {1}.
        Không có gì bị tạm giữ: chưa có sổ ghi tại {1}.

        Nothing is held.
        Không có gì bị tạm giữ.

        Releasing now writes off {1} as missed.
        Nếu kết thúc tạm giữ lúc này, {1} sẽ bị coi là lỡ.

        Released: {1} missed{2}. {3}
        Đã kết thúc tạm giữ: lỡ {1}{2}. {3}

        , {1} not sent
        , không gửi {1}

        remindd goes on from here.
        remindd chạy tiếp từ đây.

        The next start of the daemon goes on from here.
        Dịch vụ chạy tiếp từ đây khi khởi động lần tới.

        remindd: {1}. Set it right, and sending goes on by itself. If it is right: remindd release {2} --clock-is-right
        remindd: {1}. Hãy chỉnh đồng hồ, việc gửi sẽ tự tiếp tục. Nếu đồng hồ đúng: remindd release {2} --clock-is-right

        {1}: set it right first; sending then goes on by itself
        {1}: trước hết hãy chỉnh đồng hồ; việc gửi sẽ tự tiếp tục

        The clock says {1}; the last evaluation was at {2}.
        Đồng hồ đang chỉ {1}; lần xét gần nhất là {2}.

        // Commands: reload
        remindd: no daemon answers at {1}; the files take effect at its next start, and `remindd check` checks them
        remindd: không có dịch vụ nào trả lời tại {1}; các tệp có hiệu lực khi dịch vụ khởi động lần tới, và `remindd check` kiểm tra các tệp

        nothing was changed; a reload would be accepted: {1}
        chưa thay đổi gì; nạp lại sẽ được chấp nhận: {1}

        reloaded: {1}
        đã nạp lại: {1}

        {1} with {2}, {3}
        {1} với {2}, {3}

        remindd: a reload would be refused: {1}
        remindd: nạp lại sẽ bị từ chối: {1}

        remindd: reload refused, the old state stays: {1}
        remindd: không nạp lại, vẫn dùng bản cũ: {1}

        the files above have errors
        các tệp nêu trên có lỗi

        a rehearsal sends to loopback only: {1}
        khi diễn tập chỉ được gửi đến chính máy này: {1}

        channel {1} is {2}
        kênh {1} gửi đến {2}

        ledger: is {1}, and the file says {2}
        ledger: đang là {1}, còn trong tệp ghi {2}

        socket: is {1}, and the file says {2}
        socket: đang là {1}, còn trong tệp ghi {2}

        ; to keep the record of what was sent, first: remindd backup > FILE, and restore it under the new name
        ; để giữ lịch sử gửi, trước hết hãy chạy: remindd backup > TỆP, rồi khôi phục dưới tên mới

        {1}: this needs a restart, not a reload (systemctl restart remindd){2}
        {1}: phải khởi động lại chứ không nạp lại được (systemctl restart remindd){2}

        {1} of {2} campaigns are gone ({3})
        mất {1} trong {2} hoạt động ({3})

        all groups together
        tất cả các nhóm

        {1} of {2} recipients of {3} are gone ({4})
        mất {1} trong {2} người nhận của {3} ({4})

        the changed files would send {1} messages at once
        các tệp đã sửa sẽ gửi ngay {1} thư

        {1}; if that is meant: remindd reload --confirm
        {1}; nếu đúng ý: remindd reload --confirm

        added
        thêm

        removed
        bỏ

        cancelled, and announced in a minute
        hủy, sẽ báo sau một phút

        moved, and announced at once
        dời, báo ngay

        takes place on {1} again
        lại diễn ra ngày {1}

        moved, and nobody was notified of the old dates
        dời, chưa ai được nhắc theo ngày cũ

        reminders that come at another time
        lời nhắc đổi thời điểm

        no campaign added, removed or moved
        không thêm, bỏ hay dời hoạt động nào

        goes out at once
        gửi ngay

        goes out at once: nothing
        gửi ngay: không có gì

          and {1} more
          và {1} mục nữa

        {1} to {2}
        {1} đến {2}

        // Commands: status, send-test
        running       no
        đang chạy     không

        running       since {1}
        đang chạy     từ {1}

        files         {1}{2}
        tệp           {1}{2}

        as they were at the start
        như lúc khởi động

        ; the last reload was refused
        ; lần nạp lại gần nhất bị từ chối

                      changed since, taken by a reload only: {1}
                      đã thay đổi, chỉ có hiệu lực khi nạp lại: {1}

        plans         {1}, with {2} campaigns
        kế hoạch      {1}, với {2} hoạt động

        recipients    {1}
        người nhận    {1}

        next due      {1}
        lần tới       {1}

        next due      nothing
        lần tới       không có

        ledger        {1}{2}
        sổ ghi        {1}{2}

         (there is none: remindd has not run with it)
         (chưa có: remindd chưa chạy với sổ này)

        looked until  {1}
        đã xét đến    {1}

        looked until  never
        đã xét đến    chưa lần nào

        deliveries    {1}
        lượt gửi      {1}

        deliveries    none
        lượt gửi      chưa có

        clock         HOLD: {1}
        đồng hồ       TẠM GIỮ: {1}

        clock         fine
        đồng hồ       bình thường

        held          {1} to {2}: remindd release --send|--drop
        tạm giữ       {1} đến {2}: remindd release --send|--drop

        failing       {1}
        đang hỏng     {1}

        trouble       {1}
        sự cố         {1}

        {1} by {2}: not tried: the channel is paused for another {3} min; a reload with other settings or another secret ends the pause
        {1} qua {2}: chưa thử: kênh còn tạm ngừng {3} phút; nạp lại với cài đặt hoặc thông tin bí mật khác thì hết tạm ngừng

        {1} by {2}: {3}{4}: {5}
        {1} qua {2}: {3}{4}: {5}

        the last answer was: {1}
        lần trả lời gần nhất: {1}

          see {1}
          xem {1}

        the id {1}, made from a title of plan {2}, is gone, and {3} is new; write "id: {4}" there to keep what was sent
        id {1}, đặt theo tên trong kế hoạch {2}, không còn, và có id mới {3}; hãy ghi "id: {4}" vào chỗ ấy để giữ phần đã gửi

        the id {1}, made from a title of plan {2}, is gone
        id {1}, đặt theo tên trong kế hoạch {2}, không còn

        the id {1}, made from the name of a recipient, is gone, and {2} is new; write the id {3} there to keep what was sent
        id {1}, đặt theo tên người nhận, không còn, và có id mới {2}; hãy ghi id {3} vào chỗ ấy để giữ phần đã gửi

        the id {1}, made from the name of a recipient, is gone
        id {1}, đặt theo tên người nhận, không còn

        {1} at {2}
        {1} lúc {2}

        reloaded at {1}
        nạp lại lúc {1}

                      and 1 more reminder
                      và 1 lời nhắc nữa

                      and {1} more reminders
                      và {1} lời nhắc nữa

         and {1} more
         và {1} người nữa

        failed        nothing to do: every deadline is past, or another channel took over; remindd failed
        không thành   không phải làm gì: mọi hạn đã qua, hoặc kênh khác đã gửi thay; remindd failed

        failed        {1} can still be sent again: look at remindd failed, correct the address or the channel,
        không thành   {1} lượt còn gửi lại được: hãy xem remindd failed, sửa địa chỉ hoặc kênh,

                      remindd reload, then: remindd failed retry ID, or --campaign CAMPAIGN
                      remindd reload, rồi: remindd failed retry ID, hoặc --campaign HOẠT-ĐỘNG

        // Commands: init, simulate, year
        --username and --password-file belong together
        --username và --password-file phải đi cùng nhau

        no terminal is there to ask; give {1}
        không có màn hình để hỏi; hãy ghi {1}

        remindd: {1} is there already; nothing was written
        remindd: đã có {1}; chưa ghi gì

        Written: {1}
        Đã ghi {1}

        remindd: the files are written, but the test was not delivered; correct {1}, then: remindd send-test {2} --config {3}
        remindd: đã ghi các tệp nhưng thư thử không đến nơi; hãy sửa {1}, rồi chạy: remindd send-test {2} --config {3}

        Address that mails come from
        Địa chỉ thư điện tử gửi đi

        Mail server
        Máy chủ thư

        Address of the first recipient
        Địa chỉ thư của người nhận đầu tiên

        Name of the recipient
        Họ tên người nhận

        remindd: {1} "{2}": {3}
        remindd: {1} "{2}": {3}

        remindd: no answer; nothing was written
        remindd: không có câu trả lời; chưa ghi gì

        remindd: nothing was written
        remindd: chưa ghi gì

        remindd: {1} cannot be written: {2}
        remindd: không ghi được {1}: {2}

        --to {1} lies before today, {2}; name the first day with --from
        --to {1} đứng trước hôm nay, {2}; hãy nêu ngày đầu bằng --from

        --html and --pdf exclude each other
        không dùng --html và --pdf cùng lúc

        --format json goes with neither --html nor --pdf
        không dùng --format json cùng với --html hay --pdf

        --pdf needs WeasyPrint: apt install weasyprint fonts-liberation2. Or use --html FILE and print from a browser.
        --pdf cần WeasyPrint: apt install weasyprint fonts-liberation2. Hoặc dùng --html TỆP rồi in từ trình duyệt.

        --pdf needs a font with all Vietnamese letters: apt install fonts-liberation2. Or use --html FILE and print from a browser.
        --pdf cần một phông có đủ chữ tiếng Việt: apt install fonts-liberation2. Hoặc dùng --html TỆP rồi in từ trình duyệt.

        WeasyPrint cannot be started: {1}
        không chạy được WeasyPrint: {1}

        WeasyPrint made no PDF (status {1}){2}
        WeasyPrint không tạo được PDF (mã {1}){2}

        // Help: remindd and common options
        Sends reminders ahead of every deadline of a plan calendar.
        Gửi lời nhắc trước mỗi hạn trong lịch kế hoạch.

        Exit codes: 0 fine; 1 failed; 2 or 64 usage; 3 a named plan, campaign, recipient or id does not exist; 65 a plan, working-day or recipient file has errors; 75 the ledger is held by another process; 78 the configuration has errors, or the ledger needs a person.\n\nExample: remindd check --config /etc/remindd/remindd.yaml
        Mã kết thúc: 0 thành công; 1 thất bại; 2 hoặc 64 dòng lệnh sai; 3 không có kế hoạch, hoạt động, người nhận hay id được nêu; 65 tệp kế hoạch, lịch làm việc hay tệp người nhận có lỗi; 75 tiến trình khác đang giữ sổ ghi; 78 cấu hình có lỗi, hoặc sổ ghi cần người xử lý.\n\nVí dụ: remindd check --config /etc/remindd/remindd.yaml

        The configuration.
        Tệp cấu hình.

        The language of the answers. Default: that of the environment (LC_ALL, LC_MESSAGES, LANG).
        Ngôn ngữ trả lời. Mặc định: theo môi trường (LC_ALL, LC_MESSAGES, LANG).

        text for people, json for one JSON object a line.
        text cho người đọc, json là mỗi dòng một đối tượng JSON.

        Plan files.
        Các tệp kế hoạch.

        First day.
        Ngày đầu.

        Last day.
        Ngày cuối.

        campaign, or plan/campaign.
        hoạt động, hoặc kế-hoạch/hoạt-động.

        write an instant as 2027-05-02T07:59:58+07:00, in the years 1970 to 2199
        thời điểm viết là 2027-05-02T07:59:58+07:00, trong các năm từ 1970 đến 2199

        --from {1} lies after --to {2}
        --from {1} đứng sau --to {2}

        // Help: check, occurrences, simulate, explain, render
        Reads all files, renders every text, and prints all problems and what would be sent.
        Đọc mọi tệp, soạn thử mọi thư, in mọi vấn đề và những gì sẽ được gửi.

        Fail on warnings too (exit 1).
        Có cảnh báo thì cũng kết thúc với mã 1.

        Lists every occurrence that overlaps a span of days.
        Liệt kê các hoạt động diễn ra trong những ngày đã cho.

        Reads only the named plan files, or the configuration's plans if none is named.\n\nExample: remindd occurrences plans/quang-ninh.yaml --from 2027-01-01 --to 2027-12-31
        Chỉ đọc các tệp kế hoạch được nêu; không nêu thì đọc các kế hoạch của cấu hình.\n\nVí dụ: remindd occurrences plans/quang-ninh.yaml --from 2027-01-01 --to 2027-12-31

        Lists every delivery that would be sent in a span of days.
        Liệt kê mọi lượt gửi trong những ngày đã cho.

        Shows how the dates and reminders of a campaign are computed.
        Cho biết ngày và các lời nhắc của một hoạt động được tính thế nào.

        Prints the phrase as written and as understood, the days with their lunar dates, every reminder with its due time and the reason for a shift, and the source.\n\nExample: remindd explain quang-ninh-transport/mid-autumn --on 2027-09-01
        In câu chữ như đã ghi và như được hiểu, các ngày kèm ngày âm lịch, từng lời nhắc với giờ gửi và lý do dời, và văn bản làm căn cứ.\n\nVí dụ: remindd explain quang-ninh-transport/mid-autumn --on 2027-09-01

        Show the first occurrence not over on this day. Default: today.
        Xét lần đầu tiên chưa kết thúc vào ngày này. Mặc định: hôm nay.

        Writes the exact bytes of one message.
        Ghi ra đúng từng byte của một thư.

        The id of the recipient.
        Id của người nhận.

        The name of the channel.
        Tên kênh.

        Use the first occurrence not over on this day. Default: today.
        Dùng lần đầu tiên chưa kết thúc vào ngày này. Mặc định: hôm nay.

        // Help: history, missed, failed, status
        Lists what was sent, to whom, and the servers' replies.
        Liệt kê những gì đã gửi, gửi cho ai, và máy chủ trả lời thế nào.

        All times are shown in the plan's zone.\n\nExample: remindd history --campaign drowning-prevention --limit 20
        Mọi giờ theo múi giờ của kế hoạch.\n\nVí dụ: remindd history --campaign drowning-prevention --limit 20

        Only this campaign (campaign or plan/campaign).
        Chỉ hoạt động này (hoạt động hoặc kế-hoạch/hoạt-động).

        Only this recipient.
        Chỉ người nhận này.

        Only reminders due on this day or later.
        Chỉ các lời nhắc có giờ gửi từ ngày này.

        How many of the latest to list.
        Số dòng mới nhất cần in.

        Another ledger than the configuration's, such as a rehearsal's.
        Sổ ghi khác với sổ của cấu hình, như sổ diễn tập.

        --limit must be 1 or more
        --limit phải từ 1 trở lên

        Lists reminders whose deadline passed before they could be sent.
        Liệt kê các lời nhắc đã quá hạn trước khi gửi được.

        Example: remindd missed --format json
        Ví dụ: remindd missed --format json

        Lists or retries deliveries that were given up or may not have arrived.
        Liệt kê hoặc gửi lại các lượt gửi không thành, hoặc có thể không đến nơi.

        dead: refused for good, or not accepted before the deadline. unknown: it may have been delivered.\n\nExample: remindd failed\nExample: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
        không gửi được (dead): bị từ chối hẳn, hoặc không được nhận trước hạn. không rõ (unknown): có thể đã đến nơi.\n\nVí dụ: remindd failed\nVí dụ: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm

        Lists the failed deliveries.
        Liệt kê các lượt gửi không thành.

        Example: remindd failed list --format json
        Ví dụ: remindd failed list --format json

        Tries failed deliveries again, under the same ids.
        Gửi lại các lượt gửi không thành, giữ nguyên id.

        Tries deliveries with the given ids, or all of a campaign, of a channel, or of reminders due since a day. Several options narrow the selection. Deliveries whose deadline has passed stay as they are. A running daemon tries them at once. Otherwise they go at its next start.\n\nExample: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm\nExample: remindd failed retry --campaign drowning-prevention --since 2027-03-01
        Gửi lại theo id, hoặc mọi lượt gửi của một hoạt động, của một kênh, hay của các lời nhắc đến hạn từ một ngày. Nhiều tùy chọn thì lượt gửi phải hợp với tất cả. Lượt gửi đã quá hạn được giữ nguyên. Dịch vụ đang chạy thử gửi ngay; nếu không thì gửi khi khởi động lần tới.\n\nVí dụ: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm\nVí dụ: remindd failed retry --campaign drowning-prevention --since 2027-03-01

        Delivery ids, as `failed` shows them.
        Id của các lượt gửi, như `failed` in ra.

        All of this campaign (campaign or plan/campaign).
        Mọi lượt gửi của hoạt động này (hoạt động hoặc kế-hoạch/hoạt-động).

        All of this channel.
        Mọi lượt gửi của kênh này.

        All of reminders due on this day or later.
        Mọi lượt gửi của các lời nhắc đến hạn từ ngày này.

        Shows the next reminder, waiting and failed deliveries, and troubles.
        Cho biết lời nhắc sắp tới, các lượt gửi đang chờ và không thành, và các sự cố.

        Example: remindd status --format json
        Ví dụ: remindd status --format json

        // Help: year and init
        Shows a whole year of the plans: in the terminal, as a page, or as a sheet to print and sign.
        Cho xem cả năm của các kế hoạch: trên màn hình, thành một trang, hoặc thành bản in để trình ký.

        Every activity is one row, with its dates and bars over twelve months. The sheet is A4 landscape; its head and signatures come from `sheet:` in the configuration. --pdf needs WeasyPrint.\n\nExample: remindd year 2027 --pdf year.pdf
        Mỗi hoạt động là một dòng, kèm thời gian và thanh ngang trên mười hai tháng. Bản in khổ A4 ngang; phần đầu và phần ký lấy từ khóa `sheet:` trong cấu hình. --pdf cần WeasyPrint.\n\nVí dụ: remindd year 2027 --pdf nam-2027.pdf

        The year. Default: the current one.
        Năm. Mặc định: năm nay.

        Only this plan: its id or its file.
        Chỉ kế hoạch này: id hoặc tệp của kế hoạch.

        Only activities that this recipient is reminded of.
        Chỉ những hoạt động mà người nhận này được nhắc.

        Write the year as a page to this file.
        Ghi lịch năm thành một trang vào tệp này.

        Write the year as a sheet in PDF to this file.
        Ghi lịch năm thành bản in PDF vào tệp này.

        Writes a first configuration and plan, and sends a test.
        Ghi cấu hình và kế hoạch đầu tiên, rồi gửi một thư thử.

        Asks for the sender, the mail server and the first recipient if a terminal is there. Without a terminal, --from and --to are required. No file is ever overwritten: if one is there already, nothing is written.\n\nExample: remindd init /etc/remindd\nExample: remindd init office --from nhac@example.vn --server smtp://mail.example.vn:587 --to lan@example.vn
        Nếu có màn hình, lệnh hỏi địa chỉ gửi đi, máy chủ thư và người nhận đầu tiên. Nếu không, phải ghi --from và --to. Lệnh không bao giờ ghi đè: nếu đã có một tệp thì không ghi gì.\n\nVí dụ: remindd init /etc/remindd\nVí dụ: remindd init office --from nhac@example.vn --server smtp://mail.example.vn:587 --to lan@example.vn

        The folder. It is made if it is missing.
        Thư mục. Chưa có thì được tạo.

        The address that mails come from.
        Địa chỉ thư điện tử gửi đi.

        The mail server. Default: this machine's, smtp://127.0.0.1:25.
        Máy chủ thư. Mặc định: máy chủ trên chính máy này, smtp://127.0.0.1:25.

        The login of the mail server, if it wants one.
        Tên đăng nhập máy chủ thư, nếu máy chủ đòi.

        The file with the password of the login.
        Tệp chứa mật khẩu đăng nhập.

        The address of the first recipient.
        Địa chỉ thư của người nhận đầu tiên.

        The name of the first recipient.
        Họ tên người nhận đầu tiên.

        The language of plan, mails and answers. Default: that of the environment.
        Ngôn ngữ của kế hoạch, thư và câu trả lời. Mặc định: theo môi trường.

        Send no test message.
        Không gửi thư thử.

        With --fix, campaigns and recipients without an id get one in their files, made from their titles and names. If plan files or folders are named, the problems and reminders of other plans are left out. A named file that does not belong to the configuration is a draft, and is read as if it did. Warnings make the command fail only with --strict.\n\nExample: remindd check --config /etc/remindd/remindd.yaml --strict
        Với --fix, hoạt động và người nhận chưa có id được ghi thêm id vào tệp, đặt theo tên. Nếu nêu tên tệp hay thư mục kế hoạch thì vấn đề và lời nhắc của các kế hoạch khác được bỏ qua. Tệp được nêu mà không thuộc cấu hình là bản nháp, và được đọc như thể thuộc cấu hình. Cảnh báo chỉ làm lệnh thất bại khi có --strict.\n\nVí dụ: remindd check --config /etc/remindd/remindd.yaml --strict

        Write missing ids into plans and recipient files first, and change nothing else in them.
        Trước hết ghi các id còn thiếu vào tệp kế hoạch và tệp người nhận, không sửa gì khác.

        The span is from 00:00 of the first day to 24:00 of the last. The ledger is not read. Everything due before the span counts as sent. The text is grouped by month and day, and an entry has all recipients of a reminder; with --wide each message is one line.\n\nExample: remindd simulate --from 2027-01-01 --to 2027-12-31
        Khoảng xét từ 00:00 ngày đầu đến 24:00 ngày cuối. Lệnh không đọc sổ ghi. Mọi lời nhắc đến hạn trước đó được coi là đã gửi. Kết quả xếp theo từng tháng, từng ngày; mỗi mục có mọi người nhận của một lời nhắc. Với --wide, mỗi thư là một dòng.\n\nVí dụ: remindd simulate --from 2027-01-01 --to 2027-12-31

        First day. Default: today.
        Ngày đầu. Mặc định: hôm nay.

        Last day. Default: 30 days after the first.
        Ngày cuối. Mặc định: 30 ngày sau ngày đầu.

        Only messages to this recipient.
        Chỉ những thư gửi cho người nhận này.

        Only this campaign: campaign, or plan/campaign.
        Chỉ hoạt động này: hoạt động, hoặc kế-hoạch/hoạt-động.

        Print each message on one line, however long.
        In mỗi thư trên một dòng, dù dài đến đâu.

        Secrets are left out. The lead is named by its id, or by its phrase in English or Vietnamese.\n\n--text writes the subject and the text as a person reads them, --html a page for a browser. --send-to sends the message, marked as a test, to the address of another recipient.\n\nExample: remindd render drowning-prevention --recipient quang-ninh-women --lead "30 days before" --via mail
        Không in thông tin bí mật. Lời nhắc được gọi bằng id, hoặc bằng cách ghi tiếng Việt hay tiếng Anh.\n\n--text ghi tiêu đề và nội dung như người nhận đọc, --html ghi trang cho trình duyệt. --send-to gửi thư ấy, có ghi rõ là thư thử, đến địa chỉ của một người nhận khác.\n\nVí dụ: remindd render drowning-prevention --recipient quang-ninh-women --lead "30 days before" --via mail

        Write the subject and the text as a person reads them.
        Ghi tiêu đề và nội dung như người nhận đọc.

        Write the message as a page for a browser into FILE.
        Ghi thư thành trang cho trình duyệt vào tệp FILE.

        Send the message, marked as a test, to this recipient.
        Gửi thư này, có ghi rõ là thư thử, cho người nhận này.

        give only one of --text, --html and --send-to
        chỉ dùng một trong các tùy chọn --text, --html và --send-to

        --format json has the whole message; --text and --html have no other format
        --format json đã có toàn bộ thư; --text và --html không có định dạng khác

        the page cannot be written to {1}: {2}
        không ghi được trang vào {1}: {2}

        confidential names {1}, which is no domain
        confidential ghi {1}, không phải là tên miền

        {1} is notified by {2}, which is no mail channel with TLS
        {1} được nhắc qua kênh {2}, không phải kênh thư điện tử có TLS

        the address of {1} is outside {2}
        địa chỉ của {1} nằm ngoài {2}

         (and {1} more)
         (và {1} trường hợp khác)

        campaign {1} is confidential, and {2}{3}
        hoạt động {1} có confidential (hạn chế nơi nhận), nhưng {2}{3}

        salutation has {1} characters; allowed: at most {2}
        salutation dài {1} ký tự; cho phép nhiều nhất {2}

        The lead: its id or its phrase.
        Lời nhắc: id hoặc cách ghi.

        // Help: run, reload, release, send-test
        Runs the daemon in the foreground.
        Chạy dịch vụ ở tiền cảnh.

        With --clock the daemon rehearses. Its clock starts at that instant and runs fast while nothing is due. It has a ledger of its own and sends to loopback only.\n\nExample: remindd run --clock 2027-05-02T07:59:58+07:00 --speed 3600 --until 2027-06-01T00:00:00+07:00
        Với --clock, dịch vụ diễn tập. Đồng hồ bắt đầu từ thời điểm ấy và chạy nhanh khi chưa có gì đến hạn. Dịch vụ dùng sổ ghi riêng và chỉ gửi đến chính máy này.\n\nVí dụ: remindd run --clock 2027-05-02T07:59:58+07:00 --speed 3600 --until 2027-06-01T00:00:00+07:00

        Start over with an empty ledger. Reminders due now count as sent. The old ledger is kept beside it.
        Bắt đầu lại với sổ ghi trống. Lời nhắc đang đến hạn được coi là đã gửi. Sổ cũ được giữ bên cạnh.

        Rehearse, on a clock that starts at this instant.
        Diễn tập, với đồng hồ bắt đầu từ thời điểm này.

        How many times as fast the rehearsal's clock runs while nothing is due.
        Đồng hồ diễn tập chạy nhanh gấp bao nhiêu lần khi chưa có gì đến hạn.

        End the rehearsal after this instant, once nothing is pending.
        Kết thúc diễn tập sau thời điểm này, khi không còn gì chờ gửi.

        The rehearsal's ledger. Default: a new temporary one.
        Sổ ghi diễn tập. Mặc định: sổ tạm mới.

        --speed, --until and --ledger belong to a rehearsal: give --clock too
        --speed, --until và --ledger chỉ dùng khi diễn tập: hãy ghi thêm --clock

        --speed must be from 1 to {1}
        --speed phải từ 1 đến {1}

        --until must lie after --clock
        --until phải sau --clock

        --new-ledger is for the real ledger; a rehearsal names a new file with --ledger
        --new-ledger dùng cho sổ ghi thật; khi diễn tập hãy ghi tệp mới bằng --ledger

        Makes the daemon read its files again; prints the changes and what is sent at once.
        Yêu cầu dịch vụ nạp lại các tệp; in những thay đổi và những gì được gửi ngay.

        If a file has an error, nothing changes and the command fails. With --dry-run nothing changes in any case. --confirm is required if more than ten campaigns, or more than a fifth of them, are gone; if a group loses at least three recipients, and these are more than ten or more than a fifth of its recipients; or if the changed files would send more than 100 messages at once.\n\nExample: remindd reload --dry-run
        Nếu một tệp có lỗi thì không có gì thay đổi và lệnh thất bại. Với --dry-run, không có gì thay đổi. Cần --confirm nếu mất hơn mười hoạt động hoặc hơn một phần năm số hoạt động; nếu một nhóm mất ít nhất ba người nhận, và số này nhiều hơn mười hoặc hơn một phần năm của nhóm; hoặc nếu các tệp đã sửa gửi ngay hơn 100 thư.\n\nVí dụ: remindd reload --dry-run

        Print what would change, and change nothing.
        Chỉ in những gì sẽ thay đổi.

        Confirm the loss of campaigns and recipients, and the messages to be sent.
        Xác nhận việc mất hoạt động, mất người nhận, và các thư sẽ gửi.

        Ends a hold.
        Kết thúc việc tạm giữ.

        A hold keeps reminders from being sent if the clock cannot be trusted or the ledger was restored from a copy. With --send, reminders that are still useful are sent as late. With --drop, they are not sent. Reminders past their deadline are recorded as missed in both cases. If the clock is far ahead, the command prints how many that would be, and requires --clock-is-right.\n\nExample: remindd release --drop
        Khi đồng hồ không đáng tin, hoặc sổ ghi được khôi phục từ bản sao, lời nhắc bị tạm giữ. Với --send, những lời nhắc vẫn còn tác dụng được gửi, ghi là nhắc muộn. Với --drop, không gửi. Trong cả hai trường hợp, lời nhắc đã quá hạn được ghi là lỡ. Nếu đồng hồ chạy trước quá xa, lệnh nêu số lời nhắc ấy và đòi --clock-is-right.\n\nVí dụ: remindd release --drop

        Send the held reminders that are still useful.
        Gửi những lời nhắc bị tạm giữ vẫn còn tác dụng.

        Do not send the held reminders.
        Không gửi những lời nhắc bị giữ.

        Confirm a clock that is far ahead of the last evaluation.
        Xác nhận đồng hồ đúng, dù chạy trước lần xét gần nhất quá xa.

        say one of --send and --drop
        hãy ghi một trong hai: --send hoặc --drop

        Sends a message marked as a test now, and prints the server's answer.
        Gửi ngay một thư thử và in câu trả lời của máy chủ.

        Sends through every channel of the recipient, or the one named.\n\nExample: remindd send-test quang-ninh-women --via mail
        Gửi qua mọi kênh của người nhận, hoặc chỉ qua kênh được nêu.\n\nVí dụ: remindd send-test quang-ninh-women --via mail

        Use only this channel.
        Chỉ dùng kênh này.

        // Help: backup, restore, new-ledger, schema
        Writes a consistent copy of the ledger to standard output, also while the daemon runs.
        Ghi một bản sao nhất quán của sổ ghi ra luồng xuất chuẩn, cả khi dịch vụ đang chạy.

        Copy the configuration and the plans as files.\n\nExample: remindd backup > ledger-2027-01-31.sqlite
        Cấu hình và kế hoạch thì sao chép như tệp thường.\n\nVí dụ: remindd backup > ledger-2027-01-31.sqlite

        Replaces the ledger by a copy made by backup, while the daemon is stopped.
        Thay sổ ghi bằng bản sao do backup tạo, khi dịch vụ đã dừng.

        The old ledger is kept beside it. Reminders due since the copy was made, and deliveries waiting in it, are held at the next start until: remindd release --send|--drop\n\nExample: remindd restore < ledger-2027-01-31.sqlite
        Sổ cũ được giữ bên cạnh. Lời nhắc đến hạn từ lúc sao lưu và các lượt gửi đang chờ trong bản sao bị tạm giữ khi khởi động lần tới, cho đến lệnh: remindd release --send|--drop\n\nVí dụ: remindd restore < ledger-2027-01-31.sqlite

        Begins a new ledger if the old one is lost or damaged, while the daemon is stopped.
        Mở sổ ghi mới nếu sổ cũ bị mất hay hỏng, khi dịch vụ đã dừng.

        Reminders that are due now, with their deadline ahead, are recorded as superseded and not sent. The old ledger is kept beside the new one. The new one belongs to the owner of its folder. The command needs no secrets. Stop the daemon first: systemctl stop remindd\n\nExample: remindd new-ledger
        Lời nhắc đang đến hạn và chưa quá hạn được ghi là đã được thay thế, không gửi. Sổ cũ được giữ bên cạnh sổ mới. Sổ mới thuộc chủ của thư mục. Lệnh không cần thông tin bí mật. Hãy dừng dịch vụ trước: systemctl stop remindd\n\nVí dụ: remindd new-ledger

        Prints the JSON Schema of a file, for editors.
        In JSON Schema của một loại tệp, cho trình soạn thảo.

        The same as config/*.schema.json. An editor that knows YAML finds it by the first line of a file:\n# yaml-language-server: $schema=config.schema.json\n\nExample: remindd schema plan > plan.schema.json
        Giống config/*.schema.json. Trình soạn thảo hiểu YAML tìm thấy nhờ dòng đầu của tệp:\n# yaml-language-server: $schema=config.schema.json\n\nVí dụ: remindd schema plan > plan.schema.json

        Which file: config, plan or working-days.
        Loại tệp: config, plan hoặc working-days.

        // LOOKED UP: names, states and system errors, which are no literals of texts
        id
        id

        ids
        id

        none
        không có

        plan
        kế hoạch

        plans
        kế hoạch

        campaign
        hoạt động

        campaigns
        hoạt động

        recipient
        người nhận

        recipients
        người nhận

        warnings
        cảnh báo

        message
        thư

        messages
        thư

        reminder
        lời nhắc

        reminders
        lời nhắc

        file
        tệp

        files
        tệp

        failed delivery
        lượt gửi không thành

        failed deliveries
        lượt gửi không thành

        elsewhere
        nơi khác

        second
        giây

        minute
        phút

        hour
        giờ

        day
        ngày

        days
        ngày

        weeks
        tuần

        months
        tháng

        Monday
        thứ Hai

        Tuesday
        thứ Ba

        Wednesday
        thứ Tư

        Thursday
        thứ Năm

        Friday
        thứ Sáu

        Saturday
        thứ Bảy

        Sunday
        Chủ nhật

        January
        tháng 1

        February
        tháng 2

        March
        tháng 3

        April
        tháng 4

        May
        tháng 5

        June
        tháng 6

        July
        tháng 7

        August
        tháng 8

        September
        tháng 9

        October
        tháng 10

        November
        tháng 11

        December
        tháng 12

        730 days
        730 ngày

        72 hours
        72 giờ

        4320 minutes
        4320 phút

        104 weeks
        104 tuần

        24 months
        24 tháng

        500 working days
        500 ngày làm việc

        pending
        chờ gửi

        in flight
        đang gửi

        delivered
        đã nhận

        unknown
        không rõ

        dead
        không gửi được

        cancelled
        đã hủy

        superseded
        đã được thay thế

        missed
        lỡ

        refused for now
        tạm từ chối

        refused for good
        từ chối hẳn

        not sent
        chưa gửi

        changed
        ngày đã đổi

        gone
        hoạt động không còn

        recipient gone
        người nhận không còn

        channel gone
        kênh không còn

        via changed
        người nhận dùng kênh khác

        failed over
        kênh khác gửi thay

        dropped
        đã bỏ theo lệnh release --drop

        later lead
        có lời nhắc mới hơn

        the clock is before the day this program was released
        đồng hồ chỉ trước ngày phát hành chương trình

        the clock is more than a day before the last evaluation
        đồng hồ chậm hơn lần xét gần nhất quá một ngày

        the clock is more than 100 days after the last evaluation
        đồng hồ nhanh hơn lần xét gần nhất quá 100 ngày

        the clock was set ahead by more than a day at once
        đồng hồ vừa bị chỉnh nhanh lên quá một ngày

        the daemon does not answer
        dịch vụ không trả lời

        no space is left for the copy
        không còn chỗ cho bản sao

        No such file or directory
        không có tệp hay thư mục này

        Permission denied
        không có quyền

        Is a directory
        là thư mục

        Not a directory
        không phải là thư mục

        No space left on device
        đĩa đã đầy

        File exists
        tệp đã có

        Invalid argument
        tham số không hợp lệ

        Broken pipe
        luồng đã đóng

        Bad file descriptor
        luồng không mở

        Input/output error
        lỗi đọc ghi

        Read-only file system
        hệ thống tệp chỉ cho đọc

        Too many open files
        mở quá nhiều tệp

        Too many levels of symbolic links
        liên kết vòng

        Connection refused
        bị từ chối kết nối
        """#
}
