import Randomness
import Testing

@Suite("RandomSource")
struct RandomSourceTests {
    @Test(
        "A seed and a stream give the numbers that another program computed",
        arguments: [
            (1, 0, [0x3A43_B3E4_6F94_8F7D, 0xC0F1_0B2D_49C7_0C34, 0x0458_DA5D_5D53_7C87]),
            (1, 1, [0x7CAB_17F1_876A_A2C3, 0x7E06_B6E7_71D5_0462, 0x1B4A_38BB_CDEA_689E]),
            (83, 9, [0x622C_EF08_C5F3_BE12, 0xA48F_4E20_5115_BC31, 0xBC3A_6F6B_D1E1_D50F]),
        ] as [(UInt64, UInt64, [UInt64])])
    func sequence(seed: UInt64, stream: UInt64, numbers: [UInt64]) {
        var random = RandomSource(seed: seed, stream: stream)
        #expect(numbers.map { _ in random.next() } == numbers)
    }
}
