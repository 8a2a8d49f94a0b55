import Diagnostics
import Documents
import Plans
import Scheduler
import Transport

// Reads the domains of a confidential campaign, and refuses recipients outside them.

extension PlanReader {
    /// Reads a list of domains. Reports items that are not domains and leaves them out.
    func domains(_ value: YAMLValue?) -> [String] {
        guard let value, !value.isNull else { return [] }
        return (value.texts("confidential") ?? []).compactMap { text, place in
            guard !place.context.problems.isFull else { return nil }
            let bare = text.hasPrefix("@") ? String(text.dropFirst()) : text
            if bare == text, let domain = try? HostName.parse(text), domain.contains(".") { return domain.lowercased() }
            let meant = (try? HostName.parse(bare.lowercased())).flatMap { $0.contains(".") ? [$0] : nil }
            place.error("confidential names \(place.shown), which is no domain", hints: meant ?? [])
            return nil
        }
    }

    /// Reports the first recipient to whom a confidential campaign may not go.
    ///
    /// Each channel of a recipient must send mail with TLS, and the address must be in one of the
    /// domains or in a domain below it.
    func checkConfidential(_ campaign: Campaign, _ place: YAMLValue) {
        guard let directory, !campaign.confidential.isEmpty else { return }
        var first: LocalizedText?
        var count = 0
        let notified = RecipientSet.union(campaign.leads.map { directory.resolve($0.notify) })
        for position in notified {
            let reach = directory.recipients.reach(at: position)
            let channel = (reach.via + reach.otherwise).first { !encryptedChannels.contains($0) }
            let address = directory.recipients.address(.email, at: position)
            let isInside = address.map { Self.isInside($0, campaign.confidential) } ?? false
            guard channel != nil || !isInside else { continue }
            count += 1
            guard first == nil else { continue }
            let id = directory.recipients.id(at: position)
            first =
                if let channel {
                    "\(id) is notified by \(channel), which is no mail channel with TLS"
                } else {
                    "the address of \(id) is outside \(campaign.confidential.joined(separator: ", "))"
                }
        }
        guard let first else { return }
        let more: LocalizedText = count > 1 ? " (and \(count - 1) more)" : ""
        place.error("campaign \(campaign.id) is confidential, and \(first)\(more)")
    }

    private static func isInside(_ address: String, _ domains: [String]) -> Bool {
        let domain = address.split(separator: "@").last.map(String.init) ?? ""
        return domains.contains { domain == $0 || domain.hasSuffix("." + $0) }
    }
}
