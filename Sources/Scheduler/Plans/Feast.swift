import Dates

/// A feast on a day of the Vietnamese lunar calendar that plans name by its name.
enum Feast: Hashable, Sendable, CaseIterable {
    case newYear, firstFullMoon, hungKings, vesak, doanNgo, vuLan, midAutumn, kitchenGods, newYearsEve

    /// The lunar day. It is nil for the last day of the month.
    var date: (day: Int?, month: Int) {
        switch self {
        case .newYear: (1, 1)
        case .firstFullMoon: (15, 1)
        case .hungKings: (10, 3)
        case .vesak: (15, 4)
        case .doanNgo: (5, 5)
        case .vuLan: (15, 7)
        case .midAutumn: (15, 8)
        case .kitchenGods: (23, 12)
        case .newYearsEve: (nil, 12)
        }
    }

    /// The names in lower case. Hyphens stand between spaces, as the lexer joins its pieces.
    var vietnamese: [String] {
        switch self {
        case .newYear: ["tết nguyên đán", "tết"]
        case .firstFullMoon: ["tết nguyên tiêu", "nguyên tiêu"]
        case .hungKings: ["giỗ tổ hùng vương", "giỗ tổ"]
        case .vesak: ["phật đản", "lễ phật đản", "đại lễ phật đản"]
        case .doanNgo: ["tết đoan ngọ", "đoan ngọ"]
        case .vuLan: ["vu lan", "lễ vu lan", "đại lễ vu lan"]
        case .midAutumn: ["tết trung thu", "trung thu"]
        case .kitchenGods: ["ông công ông táo", "tết ông công ông táo"]
        case .newYearsEve: ["giao thừa", "đêm giao thừa"]
        }
    }

    var english: [String] {
        switch self {
        case .newYear: ["lunar new year"]
        case .hungKings: ["hung kings day", "hung kings festival"]
        case .vesak: ["vesak"]
        case .midAutumn: ["mid - autumn", "mid - autumn festival", "mid autumn", "mid autumn festival"]
        case .kitchenGods: ["kitchen gods day"]
        case .firstFullMoon, .doanNgo, .vuLan, .newYearsEve: []
        }
    }

    /// Feasts and days that follow the position of the sun. Their dates differ from year to year.
    static let solarTerms = [
        "thanh minh", "đông chí", "hạ chí", "xuân phân", "thu phân", "lập xuân", "lập hạ", "lập thu", "lập đông",
    ]
}
