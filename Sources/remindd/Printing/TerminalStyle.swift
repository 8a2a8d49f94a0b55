/// Colours and weights of text in a terminal, as SGR sequences (ECMA-48).
struct TerminalStyle {
    /// Whether the terminal shows colours. If false, every text is returned unchanged.
    let isOn: Bool

    enum Kind: String {
        case bold = "1"
        case dim = "2"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    func callAsFunction(_ kind: Kind, _ text: String) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(kind.rawValue)m\(text)\u{1B}[0m" : text
    }
}
