import Diagnostics
import Documents

/// The key `sheet:`, the texts around the table of a printed year.
///
/// Each text is nil if the configuration leaves it out. The sheet then has a dotted blank.
package struct SheetSettings: Hashable, Sendable {
    /// The person who signs.
    package struct Signatory: Hashable, Sendable {
        /// The authority for which the person signs, such as `TM. BAN THƯỜNG VỤ`.
        package var authority: String?
        package var title: String?
        package var name: String?

        package init() {}
    }

    /// The authority above the office.
    package var superior: String?
    package var office: String?
    /// The number and symbol of the document.
    package var number: String?
    /// The place of the signature.
    package var place: String?
    /// The name of the person who made the sheet.
    package var madeBy: String?
    package var signedBy = Signatory()
    /// The recipients of copies (`Nơi nhận`).
    package var copies: [String] = []

    package init() {}

    /// The maximum number of characters of each text.
    package static let textLimit = 200
    /// The maximum number of copies.
    package static let copyLimit = 50

    package static let keys = Keys([
        .optional("superior", .text(most: textLimit), "The authority above the office."),
        .optional("office", .text(most: textLimit), "The office that issues the sheet."),
        .optional("number", .text(most: textLimit), "Number and symbol: 12/KH-CĐN."),
        .optional("place", .text(most: textLimit), "Place of the signature."),
        .optional("made_by", .text(most: textLimit), "Name of the person who made the sheet."),
        .optional("signed_by", .table(signatoryKeys), "The person who signs."),
        .optional("copies", .list(.text(most: textLimit), most: copyLimit), "Recipients of copies, one line each."),
    ])
    package static let signatoryKeys = Keys([
        .optional("authority", .text(most: textLimit), "For whom the person signs: TM. BAN THƯỜNG VỤ."),
        .optional("title", .text(most: textLimit), "The person's title: CHỦ TỊCH."),
        .optional("name", .text(most: textLimit), "The person's name."),
    ])

    /// Reads the value of `sheet:`. Values with a mistake are reported and left out.
    package init(_ value: YAMLValue?) {
        self.init()
        guard let table = value?.table("sheet", keys: SheetSettings.keys) else { return }
        func text(_ table: YAMLTable, _ key: String) -> String? {
            table[key]?.text(LocalizedText(verbatim: key), isProse: true, maxCharacters: SheetSettings.textLimit)
        }
        superior = text(table, "superior")
        office = text(table, "office")
        number = text(table, "number")
        place = text(table, "place")
        madeBy = text(table, "made_by")
        if let person = table["signed_by"]?.table("signed_by", keys: SheetSettings.signatoryKeys) {
            signedBy.authority = text(person, "authority")
            signedBy.title = text(person, "title")
            signedBy.name = text(person, "name")
        }
        let listed = table["copies"]?.list("copies") ?? []
        if listed.count > SheetSettings.copyLimit {
            table["copies"]?.error("copies has \(listed.count) items; at most \(SheetSettings.copyLimit) are allowed")
        }
        copies = listed.compactMap {
            $0.text("an item of copies", isProse: true, maxCharacters: SheetSettings.textLimit)
        }
    }
}
