// Vietnamese lunar months, computed from the positions of the Sun and the Moon
//
// A Chinese table does not give the Vietnamese dates. Both calendars follow the same rules, but the
// Chinese calendar counts days at UTC+8 and the Vietnamese calendar at UTC+7. If a new moon or a
// solstice falls in the hour between the two midnights, the calendars differ. They differ by a day
// (Tết 2030 is 2 February in Vietnam and 3 February in China) or, if a leap month moves, by a month
// (Tết 1985 was 21 January in Vietnam and 20 February in China). This file therefore computes the
// months.
//
// The rules use civil days of UTC+7. Only the day of an event matters, not its time of day.
// 1. A month begins on the day of a new moon. It lasts 29 or 30 days, until the day before the next
//    new moon.
// 2. Month 11 is the month that contains the winter solstice (the Sun's apparent longitude reaches
//    270°).
// 3. From one month 11 to the next there are 12 or 13 months. If there are 12, they are numbered
//    11, 12, 1 … 10. If there are 13, the first month without a *principal term* (a day on which
//    the Sun's longitude reaches a multiple of 30°) is the leap month. The leap month has the
//    number of the month before it and is called "nhuận".
// 4. The lunar year begins with month 1, in January or February. In this file, the number of a
//    lunar year is the Gregorian year of its first day. Months 11 and 12 may end in the next
//    Gregorian year: lunar 29/12/2026 is 5 February 2027.
//
// Rule 3 applies to whole solstice years, from one month 11 to the next. The table is therefore
// built from solstice years and then divided into lunar years.
//
// New moons follow Meeus, "Astronomical Algorithms", 2nd edition, chapter 49, with all periodic
// terms and the fourteen planetary corrections. The computed instants are within 18 s of the JPL
// ephemeris DE421 from 1970 to 2053, and within 18 s of the ephemeris that
// `Tests/Oracles/lunar_oracle.py` uses in all years.
//
// Principal terms come from the Sun's apparent longitude, which is computed as follows:
// - VSOP87, series "D" (Earth, ecliptic and equinox of date), without terms under 0.05″
// - the rotation to FK5
// - nutation (IAU 1980, terms of 0.03″ and more)
// - aberration
//
// The longitude is within 0.5″ of DE421. The Sun moves that far in 12 s.
//
// New moons and principal terms are computed in Terrestrial Time. ΔT converts them to Universal
// Time, after Espenak and Meeus, "Five Millennium Canon of Solar Eclipses" (NASA, 2006). For years
// after 2005 ΔT is a forecast, which is 6 s too large by 2026. The future rotation of the Earth is
// unknown, and forecasts for 2199 differ from each other by minutes.
//
// If an event is closer to midnight at UTC+7 than these errors, its computed day may be wrong.
// `Tests/Oracles/lunar_oracle.py` computes every month again from another ephemeris.
// `Tests/Oracles/vectors/lunar-near-midnight.tsv` lists the events within two minutes of midnight
// (six after 2100) with their distances from it. For a year in which such an event matters, rely on
// the almanac.
//
// Before 1968 the North of Vietnam used UTC+8. Plans begin in 1970 (decision 2), and this table
// begins one year earlier.

import Glibc

/// A day of the Vietnamese lunar calendar.
///
/// The day may not exist, for example if it is a 30th or in a leap month. `LunarCalendar.day(_:)`
/// returns nil for such a day.
public struct LunarDay: Hashable, Sendable {
    /// The Gregorian year in which the lunar year begins.
    public let year: Int
    /// The number of the month, 1...12.
    public let month: Int
    /// The day of the month, 1...30.
    public let day: Int
    /// Whether the month is the second month with this number in the year ("nhuận").
    public let isLeap: Bool

    public init(year: Int, month: Int, day: Int, isLeap: Bool = false) {
        self.year = year
        self.month = month
        self.day = day
        self.isLeap = isLeap
    }
}

/// The Vietnamese lunar calendar at UTC+7.
///
/// The comment at the top of this file describes the rules and sources. The first call computes the
/// table of about 2900 months in about five milliseconds. Later calls only look up the table. All
/// functions may be called from any thread.
public enum LunarCalendar {
    /// The lunar years that are complete in the table, from 1969-02-16 to 2201-02-03.
    ///
    /// Every civil day of a plannable year has a lunar date.
    public static let years = 1969...2200

    /// Returns the lunar date of a civil day; nil if the day is outside `years`.
    public static func lunarDay(of day: Day) -> LunarDay? {
        guard let index = table.index(of: day) else { return nil }
        let month = table.months[index]
        return LunarDay(
            year: Int(month.year), month: Int(month.number), day: Int(day.number - month.start) + 1, isLeap: month.isLeap)
    }

    /// Returns the civil day of a lunar date; nil if the date does not exist.
    ///
    /// A date does not exist if it is the 30th of a month of 29 days, in a leap month that the year
    /// does not have, or in a year outside `years`.
    public static func day(_ lunar: LunarDay) -> Day? {
        guard let index = table.index(year: lunar.year, month: lunar.month, isLeap: lunar.isLeap),
            lunar.day >= 1, lunar.day <= table.length(at: index)
        else { return nil }
        return Day(number: Int(table.months[index].start) + lunar.day - 1)
    }

    /// Returns the number of days in a lunar month, 29 or 30.
    ///
    /// Returns nil if the year does not have this month or is outside `years`.
    public static func monthLength(year: Int, month: Int, isLeap: Bool = false) -> Int? {
        table.index(year: year, month: month, isLeap: isLeap).map(table.length(at:))
    }

    /// Returns the number of the leap month of a lunar year.
    ///
    /// Returns nil if the year has no leap month or is outside `years`.
    public static func leapMonth(ofYear year: Int) -> Int? {
        guard years.contains(year) else { return nil }
        return table.months[table.indices(ofYear: year)].first(where: \.isLeap).map { Int($0.number) }
    }

    private static let table = MonthTable(years: years)
}

/// Every month of a range of lunar years, in order.
private struct MonthTable: Sendable {
    struct Month {
        /// The day of the new moon that begins the month, in days since 1970-01-01.
        var start: Int32
        /// The lunar year to which the month belongs.
        var year: Int16
        /// The number of the month, 1...12.
        var number: Int8
        var isLeap: Bool
    }

    let years: ClosedRange<Int>
    /// The months of `years`, and one month after them.
    ///
    /// The start of that month marks the end of the last month of `years`.
    let months: [Month]
    /// For each year, the index of its first month in `months`.
    ///
    /// The last entry is for the year after `years`.
    let firstMonths: [Int]

    init(years: ClosedRange<Int>) {
        let newMoons = MonthTable.newMoonDays(from: years.lowerBound - 2, to: years.upperBound + 2)
        // `months` begins with month 11 of the year before the first year. It ends one solstice
        // year after the last year, so that it contains months 11 and 12 of the last year.
        var months: [Month] = []
        var first = MonthTable.monthIndex(of: Sun.day(ofLongitude: 270, year: years.lowerBound - 1), in: newMoons)
        for year in years.lowerBound...(years.upperBound + 1) {
            let end = MonthTable.monthIndex(of: Sun.day(ofLongitude: 270, year: year), in: newMoons)
            months += MonthTable.solsticeYear(endingIn: year, first..<end, of: newMoons)
            first = end
        }
        let january = months.firstIndex { $0.year == years.lowerBound }!
        let beyond = months.firstIndex { $0.year > years.upperBound }!
        self.years = years
        self.months = Array(months[january...beyond])
        var firstMonths: [Int] = []
        for (index, month) in self.months.enumerated() where Int(month.year) - years.lowerBound == firstMonths.count {
            firstMonths.append(index)
        }
        self.firstMonths = firstMonths
    }

    func length(at index: Int) -> Int { Int(months[index + 1].start - months[index].start) }

    /// Returns the indices of the months of `year`, which must be in `years`.
    func indices(ofYear year: Int) -> Range<Int> {
        firstMonths[year - years.lowerBound]..<firstMonths[year - years.lowerBound + 1]
    }

    /// Returns the index of a month in `months`.
    ///
    /// Returns nil if the year does not have the month or is outside `years`.
    func index(year: Int, month: Int, isLeap: Bool) -> Int? {
        guard years.contains(year) else { return nil }
        return indices(ofYear: year).first { months[$0].number == month && months[$0].isLeap == isLeap }
    }

    /// Returns the index of the month that contains `day`; nil if the day is outside `years`.
    func index(of day: Day) -> Int? {
        guard day.number >= months[0].start, day.number < months[months.count - 1].start else { return nil }
        // Estimates the index from the mean length of a month. The estimate is wrong by at most one
        // month, because a true new moon differs by at most 0.6 days from the mean one.
        var index = min(Int(Double(day.number - months[0].start) / NewMoon.meanMonth), months.count - 2)
        while months[index].start > day.number { index -= 1 }
        while months[index + 1].start <= day.number { index += 1 }
        return index
    }

    /// Returns the months of one solstice year, numbered by rules 3 and 4 at the top of this file.
    ///
    /// A solstice year begins with month 11 of the year before `year`. It ends with the last month
    /// before month 11 of `year` (rule 2).
    private static func solsticeYear(endingIn year: Int, _ indices: Range<Int>, of newMoons: [Int32]) -> [Month] {
        var leap = Int.max
        if indices.count == 13 {
            // The indices of the months that contain a principal term. The Sun reaches 300° to 360°
            // from January to March, and the other multiples of 30° later in the year.
            let held = Set(
                (1...11).map { monthIndex(of: Sun.day(ofLongitude: (270 + 30 * $0) % 360, year: year), in: newMoons) })
            leap = indices.dropFirst().first { !held.contains($0) }!
        }
        return indices.map { index in
            let step = index - indices.lowerBound - (index >= leap ? 1 : 0)
            return Month(
                start: newMoons[index], year: Int16(step < 2 ? year - 1 : year), number: Int8((step + 10) % 12 + 1),
                isLeap: index == leap)
        }
    }

    /// Returns the index of the last new moon at or before `day`.
    private static func monthIndex(of day: Int32, in newMoons: [Int32]) -> Int {
        var low = 0
        var high = newMoons.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if newMoons[middle] <= day { low = middle } else { high = middle }
        }
        return low
    }

    private static func newMoonDays(from first: Int, to last: Int) -> [Int32] {
        let perYear = 12.3685
        let lunations = Int((Double(first) - 2000) * perYear)...Int((Double(last) - 2000) * perYear)
        return lunations.map { TerrestrialTime.civilDay(NewMoon.instant(ofLunation: Double($0))) }
    }
}

// MARK: - Time

/// Converts Julian days in Terrestrial Time (JDE) to civil days.
///
/// All instants in this file are JDE. They are `Double` values, precise to 0.05 ms in this range.
private enum TerrestrialTime {
    static let j2000 = 2_451_545.0

    /// Returns the civil day at UTC+7 of an instant, in days since 1970-01-01.
    static func civilDay(_ jde: Double) -> Int32 {
        let universal = jde - deltaT(year: 2000 + (jde - j2000) / 365.25) / 86_400
        return Int32((universal - 2_440_587.5 + 7.0 / 24).rounded(.down))
    }

    /// Returns ΔT (TT − UT) in seconds, by the polynomials of Espenak and Meeus.
    ///
    /// `year` may have a fraction and must be in 1961...2210.
    static func deltaT(year: Double) -> Double {
        switch year {
        case ..<1986:
            let t = year - 1975
            return 45.45 + t * (1.067 + t * (-1.0 / 260 - t / 718))
        case ..<2005:
            let t = year - 2000
            return 63.86 + t * (0.3345 + t * (-0.060374 + t * (0.0017275 + t * (0.000651814 + t * 0.00002373599))))
        case ..<2050:
            let t = year - 2000
            return 62.92 + t * (0.32217 + t * 0.005589)
        default:
            let u = (year - 1820) / 100
            return -20 + 32 * u * u - (year < 2150 ? 0.5628 * (2150 - year) : 0)
        }
    }
}

private func radians(_ degrees: Double) -> Double { degrees * (.pi / 180) }

// MARK: - The Moon

/// New moons, computed by the series of Meeus, chapter 49.
private enum NewMoon {
    /// The mean number of days from one new moon to the next.
    static let meanMonth = 29.530588861

    /// A periodic term of the series.
    ///
    /// A term has an amplitude in days, the power of the eccentricity factor, and the multiples of
    /// M, M′ and F.
    private typealias Term = (amplitude: Double, eccentricity: Int, sun: Double, moon: Double, latitude: Double)
    private static let terms: [Term] = [
        (-0.40720, 0, 0, 1, 0), (0.17241, 1, 1, 0, 0), (0.01608, 0, 0, 2, 0), (0.01039, 0, 0, 0, 2),
        (0.00739, 1, -1, 1, 0), (-0.00514, 1, 1, 1, 0), (0.00208, 2, 2, 0, 0), (-0.00111, 0, 0, 1, -2),
        (-0.00057, 0, 0, 1, 2), (0.00056, 1, 1, 2, 0), (-0.00042, 0, 0, 3, 0), (0.00042, 1, 1, 0, 2),
        (0.00038, 1, 1, 0, -2), (-0.00024, 1, -1, 2, 0), (-0.00007, 0, 2, 1, 0), (0.00004, 0, 0, 2, -2),
        (0.00004, 0, 3, 0, 0), (0.00003, 0, 1, 1, -2), (0.00003, 0, 0, 2, 2), (-0.00003, 0, 1, 1, 2),
        (0.00003, 0, -1, 1, 2), (-0.00002, 0, -1, 1, -2), (-0.00002, 0, 1, 3, 0), (0.00002, 0, 0, 4, 0),
    ]

    /// The planetary corrections.
    ///
    /// Each correction has an amplitude in 0.000001 days, the argument in degrees at lunation 0,
    /// and the change of the argument per lunation.
    private static let planets: [(amplitude: Double, phase: Double, rate: Double)] = [
        (325, 299.77, 0.107408), (165, 251.88, 0.016321), (164, 251.83, 26.651886), (126, 349.42, 36.412478),
        (110, 84.66, 18.206239), (62, 141.74, 53.303771), (60, 207.14, 2.453732), (56, 154.84, 7.306860),
        (47, 34.52, 27.261239), (42, 207.19, 0.121824), (40, 291.34, 1.844379), (37, 161.72, 24.198154),
        (35, 239.56, 25.513099), (23, 331.55, 3.592518),
    ]

    /// Returns the instant (JDE) of new moon number `k`. New moon 0 was on 6 January 2000.
    static func instant(ofLunation k: Double) -> Double {
        let t = k / 1236.85
        let mean = 2_451_550.09766 + meanMonth * k + t * t * (0.00015437 + t * (-0.000000150 + t * 0.00000000073))
        let eccentricity = 1 - t * (0.002516 + t * 0.0000074)
        // The mean anomalies of the Sun and the Moon, the Moon's argument of latitude, and the node
        // of its orbit.
        let sun = radians(2.5534 + 29.10535670 * k - t * t * (0.0000014 + t * 0.00000011))
        let moon = radians(201.5643 + 385.81693528 * k + t * t * (0.0107582 + t * (0.00001238 - t * 0.000000058)))
        let latitude = radians(160.7108 + 390.67050284 * k - t * t * (0.0016118 + t * (0.00000227 - t * 0.000000011)))
        let node = radians(124.7746 - 1.56375588 * k + t * t * (0.0020672 + t * 0.00000215))

        var correction = -0.00017 * sin(node)
        for term in terms {
            let factor = term.eccentricity == 0 ? 1 : term.eccentricity == 1 ? eccentricity : eccentricity * eccentricity
            correction += term.amplitude * factor * sin(term.sun * sun + term.moon * moon + term.latitude * latitude)
        }
        for (index, planet) in planets.enumerated() {
            let bend = index == 0 ? -0.009173 * t * t : 0
            correction += planet.amplitude * 1e-6 * sin(radians(planet.phase + planet.rate * k + bend))
        }
        return mean + correction
    }
}

// MARK: - The Sun

/// The Sun's apparent longitude, and the days on which it reaches multiples of 30°.
private enum Sun {
    /// Returns the day at UTC+7 on which the Sun reaches `longitude` in a Gregorian year.
    ///
    /// The result is in days since 1970-01-01.
    ///
    /// - Parameter longitude: a multiple of 30, 0...330 degrees.
    static func day(ofLongitude longitude: Int, year: Int) -> Int32 {
        let target = radians(Double(longitude))
        // The Sun reaches 0° around 20 March (day 79). It reaches 300° and 330° before that, in
        // January and February.
        let turns = Double(longitude >= 285 ? longitude - 360 : longitude) / 360
        var jde = TerrestrialTime.j2000 + 365.2422 * (Double(year - 2000) + turns) + 79
        // Makes two Newton steps. The Sun's speed in the divisor is accurate to one part in a
        // thousand. The first step reduces the error from 2° to 0.01°, the accuracy of the equation
        // of the centre. The second step reduces it to 0.05″.
        for longitude in [roughLongitude, apparentLongitude] {
            let anomaly = radians(357.529 + 0.98560028 * (jde - TerrestrialTime.j2000))
            let speed = radians(0.98564736) * (1 + 0.0334 * cos(anomaly))
            jde += remainder(target - longitude(jde), 2 * .pi) / speed
        }
        return TerrestrialTime.civilDay(jde)
    }

    /// Returns the Sun's apparent longitude in radians, accurate to 0.01°.
    ///
    /// The longitude is computed from the equation of the centre (Meeus, chapter 25, "low
    /// accuracy").
    private static func roughLongitude(_ jde: Double) -> Double {
        let t = (jde - TerrestrialTime.j2000) / 36_525
        let mean = 280.46646 + t * (36_000.76983 + t * 0.0003032)
        let anomaly = radians(357.52911 + t * (35_999.05029 - t * 0.0001537))
        let centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
        let node = radians(125.04 - 1_934.136 * t)
        return radians(mean + centre - 0.00569 - 0.00478 * sin(node))
    }

    /// Returns the Sun's apparent longitude in radians, not reduced to one turn.
    ///
    /// The longitude is computed from VSOP87, as in Meeus, chapters 25 and 32.
    static func apparentLongitude(_ jde: Double) -> Double {
        let millennia = (jde - TerrestrialTime.j2000) / 365_250
        let heliocentric = sum(longitudeTerms, millennia)
        // The distance in astronomical units. Only aberration uses it, so five terms are enough.
        let distance = sum(distanceTerms, millennia)
        let arcsecond = radians(1.0 / 3_600)
        // The rotation to FK5. Its second part is negligible, because it is multiplied by the
        // tangent of the latitude (under 1.2″).
        let frame = -0.09033 * arcsecond
        let aberration = -20.4898 * arcsecond / distance
        return heliocentric + .pi + frame + nutation(millennia * 10) + aberration
    }

    /// A series of terms A·cos(B + C·τ), with A in 1e-8 and τ in Julian millennia from J2000.
    ///
    /// Element n lists the terms that are multiplied by τⁿ.
    private typealias Series = [[(a: Double, b: Double, c: Double)]]

    private static func sum(_ series: Series, _ millennia: Double) -> Double {
        var total = 0.0
        for terms in series.reversed() {
            var part = 0.0
            for term in terms { part += term.a * cos(term.b + term.c * millennia) }
            total = total * millennia + part
        }
        return total * 1e-8
    }

    /// Returns the nutation in longitude in radians, by the IAU 1980 series.
    ///
    /// `t` is in Julian centuries from J2000.
    private static func nutation(_ t: Double) -> Double {
        let d = radians(297.85036 + t * (445_267.111480 - t * 0.0019142))
        let m = radians(357.52772 + t * (35_999.050340 - t * 0.0001603))
        let moon = radians(134.96298 + t * (477_198.867398 + t * 0.0086972))
        let f = radians(93.27191 + t * (483_202.017538 - t * 0.0036825))
        let node = radians(125.04452 + t * (-1_934.136261 + t * 0.0020708))
        var units = (-171_996 - 174.2 * t) * sin(node) + (2_062 + 0.2 * t) * sin(2 * node)
        for term in nutationTerms {
            let angle = term.d * d + term.m * m + term.moon * moon + term.f * f + term.node * node
            units += (term.constant + term.linear * t) * sin(angle)
        }
        return units * radians(0.0001 / 3_600)
    }

    /// A term of the nutation series.
    ///
    /// A term has an amplitude at J2000 and its change per century, both in 0.0001″, and the
    /// multiples of the five arguments.
    private typealias NutationTerm = (
        constant: Double, linear: Double, d: Double, m: Double, moon: Double, f: Double, node: Double
    )
    private static let nutationTerms: [NutationTerm] = [
        (-13_187, -1.6, -2, 0, 0, 2, 2), (-2_274, -0.2, 0, 0, 0, 2, 2), (1_426, -3.4, 0, 1, 0, 0, 0),
        (712, 0.1, 0, 0, 1, 0, 0), (-517, 1.2, -2, 1, 0, 2, 2), (-386, -0.4, 0, 0, 0, 2, 1),
        (-301, 0, 0, 0, 1, 2, 2),
    ]

    private static let distanceTerms: Series = [
        [(100_013_989, 0, 0), (1_670_700, 3.09846, 6283.0758), (13_956, 3.05525, 12566.1517), (3_084, 5.19847, 77713.7715)],
        [(103_019, 1.10749, 6283.0758)],
    ]

    // swift-format-ignore
    private static let longitudeTerms: Series = [
        [
            (175_347_046, 0, 0), (3_341_656, 4.66926, 6283.0758), (34_894, 4.6261, 12566.1517), (3_497, 2.74412, 5753.3849),
            (3_418, 2.82887, 3.5231), (3_136, 3.62767, 77713.7715), (2_676, 4.41808, 7860.4194), (2_343, 6.13516, 3930.2097),
            (1_324, 0.74246, 11506.7698), (1_273, 2.0371, 529.691), (1_199, 1.10963, 1577.3435), (990, 5.23268, 5884.9268),
            (902, 2.04505, 26.2983), (857, 3.50849, 398.149), (780, 1.17883, 5223.6939), (753, 2.53339, 5507.5532),
            (505, 4.58293, 18849.2275), (492, 4.20507, 775.5226), (357, 2.91954, 0.0673), (317, 5.84902, 11790.6291),
            (284, 1.89869, 796.298), (271, 0.31489, 10977.0788), (243, 0.34481, 5486.7778), (206, 4.80647, 2544.3144),
            (205, 1.86948, 5573.1428), (202, 2.45768, 6069.7768), (156, 0.83306, 213.2991), (132, 3.41118, 2942.4634),
            (126, 1.08303, 20.7754), (115, 0.64545, 0.9803), (103, 0.636, 4694.003), (102, 0.97569, 15720.8388),
            (102, 4.2668, 7.1135), (99, 6.21, 2146.17), (98, 0.681, 155.42), (86, 5.983, 161000.69), (85, 1.299, 6275.96),
            (85, 3.671, 71430.7), (80, 1.808, 17260.15), (79, 3.037, 12036.46), (75, 1.755, 5088.63), (74, 3.503, 3154.69),
            (74, 4.679, 801.82), (70, 0.833, 9437.76), (62, 3.978, 8827.39), (61, 1.818, 7084.9), (57, 2.784, 6286.6),
            (56, 4.387, 14143.5), (56, 3.47, 6279.55), (52, 0.189, 12139.55), (52, 1.333, 1748.02), (51, 0.283, 5856.48),
            (49, 0.487, 1194.45), (41, 5.368, 8429.24), (41, 2.399, 19651.05), (39, 6.168, 10447.39), (37, 6.041, 10213.29),
            (37, 2.57, 1059.38), (36, 1.709, 2352.87), (36, 1.776, 6812.77), (33, 0.593, 17789.85), (30, 0.443, 83996.85),
            (30, 2.74, 1349.87), (25, 3.165, 4690.48), (25, 0.215, 3.59), (24, 0.485, 8031.09), (24, 2.065, 3340.61),
            (23, 5.222, 4705.73), (22, 5.556, 553.57), (21, 1.426, 16730.46), (21, 4.148, 951.72), (20, 0.371, 283.86),
        ],
        [
            (628_331_966_747, 0, 0), (206_059, 2.67823, 6283.0758), (4_303, 2.63513, 12566.1517), (425, 1.59047, 3.5231),
            (119, 5.79557, 26.2983), (109, 2.96618, 1577.3435), (93, 2.592, 18849.23), (72, 1.138, 529.69), (68, 1.875, 398.15),
            (67, 4.409, 5507.55), (59, 2.888, 5223.69), (56, 2.175, 155.42), (45, 0.398, 796.3), (36, 0.466, 775.52),
            (29, 2.647, 7.11), (21, 5.341, 0.98),
        ],
        [
            (52_919, 0, 0), (8_720, 1.0721, 6283.0758), (309, 0.86729, 12566.1517), (27, 0.053, 3.52), (16, 5.188, 26.3),
            (16, 3.685, 155.42),
        ],
        [
            (289, 5.84384, 6283.0758), (35, 0, 0), (17, 5.488, 12566.15),
        ],
        [
            (114, 3.14159, 0), (8, 4.134, 6283.08),
        ],
        [
            (1, 3.142, 0),
        ],
    ]
}
