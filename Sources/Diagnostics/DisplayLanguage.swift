/// A language in which the program speaks to the person at the terminal.
///
/// The raw values are those of the option `--language`. The language of a message to a recipient is
/// another setting.
public enum DisplayLanguage: String, CaseIterable, Sendable {
    case vietnamese = "vi"
    case english = "en"

    /// Returns the language of an environment.
    ///
    /// The first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty decides. It is Vietnamese
    /// if the value begins with `vi`, such as `vi_VN.UTF-8`, and English otherwise.
    public init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = locale.lowercased().hasPrefix("vi") ? .vietnamese : .english
    }
}
