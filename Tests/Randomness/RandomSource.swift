/// Repeatable random numbers from a seed (SplitMix64, Steele, Lea and Flood 2014).
///
/// All random numbers in tests and in the simulator come from such a source, so that a failed run
/// can be repeated. A source is not suitable for secrets.
public struct RandomSource: RandomNumberGenerator {
    @usableFromInline
    var state: UInt64

    /// - Parameter stream: the number of the stream. Sources with equal seeds and different streams
    ///   are independent of each other.
    @inlinable
    public init(seed: UInt64, stream: UInt64 = 0) {
        state = seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0x2545_F491_4F6C_DD1D &+ 1
        _ = next()
    }

    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inlinable
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    @inlinable
    public mutating func one<Choice>(of choices: [Choice]) -> Choice { choices[number(0...(choices.count - 1))] }

    @inlinable
    public mutating func some<Choice>(of choices: [Choice], atLeast least: Int = 1) -> [Choice] {
        let kept = choices.filter { _ in chance(0.5) }
        return kept.count >= least ? kept : Array(choices.prefix(least))
    }

    @inlinable
    public mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
}
