import Dates

/// The time, the place and the responsible person of a campaign. Every field may be missing.
public struct EventDetails: Hashable, Sendable {
    /// The time of day, from the key `time` or from an hour in the `when` phrase.
    public var time: EventTime?
    /// The part of the day that the `when` phrase names. It appears in messages only.
    public var partOfDay: PartOfDay?
    /// The place of the event, one line.
    public var place: String?
    /// The id of the recipient who is responsible for the campaign.
    public var owner: String?
    /// A web address (`http` or `https`) with more about the campaign.
    public var link: String?

    public init(
        time: EventTime? = nil, partOfDay: PartOfDay? = nil, place: String? = nil, owner: String? = nil, link: String? = nil
    ) {
        self.time = time
        self.partOfDay = partOfDay
        self.place = place
        self.owner = owner
        self.link = link
    }
}

/// A part of the day that a `when` phrase names instead of an hour (`sáng ngày 16/11`).
public enum PartOfDay: String, Hashable, Sendable, CaseIterable {
    case morning, noon, afternoon, evening, night

    /// The Vietnamese name, such as `sáng`.
    public var vietnamese: String {
        switch self {
        case .morning: "sáng"
        case .noon: "trưa"
        case .afternoon: "chiều"
        case .evening: "tối"
        case .night: "đêm"
        }
    }

    /// The English name, such as `morning`.
    public var english: String { rawValue }
}
