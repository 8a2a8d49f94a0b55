/// Parses the host of a URL: an IP address in canonical form, or a name of one or more labels.
public enum HostName {
    /// Returns the host in ASCII and lower case.
    public static func parse(_ text: String) throws(SettingRefusal) -> String {
        guard !text.isEmpty else { throw SettingRefusal("the host is missing") }
        if let address = IPAddress(text) { return text.contains(":") ? text.lowercased() : address.description }
        do throws(AddressRefusal) {
            return try DomainName.parse(text).ascii
        } catch {
            throw SettingRefusal("“\(text)” is no host name: \(error)")
        }
    }
}
