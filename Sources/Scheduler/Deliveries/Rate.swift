import Dates

/// A limit on the number of attempts in a span of time, such as `100 per minute`.
public struct Rate: Hashable, Sendable {
    public let count: Int
    public let per: TimeSpan

    public init(count: Int, per: TimeSpan) {
        self.count = count
        self.per = per
    }

    var perSecond: Double { Double(count) * 1_000 / Double(per.milliseconds) }
    /// The maximum number of attempts that may start at the same time.
    ///
    /// It is a tenth of `count`, at least 1, so that a burst after a quiet time stays small.
    var burst: Int { max(1, count / 10) }
}
