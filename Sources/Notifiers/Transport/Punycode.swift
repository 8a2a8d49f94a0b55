/// Punycode (RFC 3492, sections 5 and 6), which writes Unicode as letters, digits and hyphens.
enum Punycode {
    private static let base = 36
    private static let tMin = 1
    private static let tMax = 26

    /// Returns the Punycode of a label; nil if it would have more than 59 characters.
    ///
    /// With the prefix `xn--`, 59 characters make 63, which is the maximum length of a label.
    static func encode(_ input: [UnicodeScalar]) -> String? {
        guard input.count <= 63 else { return nil }
        var output = input.filter(\.isASCII).map { UInt8($0.value) }
        let basics = output.count
        var handled = basics
        if basics > 0 { output.append(UInt8(ascii: "-")) }
        var n = 128
        var delta = 0
        var bias = 72
        while handled < input.count {
            guard let next = input.map({ Int($0.value) }).filter({ $0 >= n }).min() else { return nil }
            delta += (next - n) * (handled + 1)
            n = next
            for scalar in input {
                if scalar.value < n { delta += 1 }
                guard scalar.value == n else { continue }
                appendDigits(delta, bias: bias, to: &output)
                bias = adapt(delta, handled + 1, isFirst: handled == basics)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output.count <= 59 ? String(decoding: output, as: UTF8.self) : nil
    }

    /// Returns the decoded scalars; nil if the input is not valid Punycode.
    static func decode(_ input: [UInt8]) -> [UnicodeScalar]? {
        guard input.count <= 59 else { return nil }
        let split = input.lastIndex(of: UInt8(ascii: "-"))
        var output = input[..<(split ?? 0)].map { UnicodeScalar($0) }
        guard output.allSatisfy(\.isASCII) else { return nil }
        var rest = input[(split.map { $0 + 1 } ?? 0)...]
        var n = 128
        var i = 0
        var bias = 72
        while !rest.isEmpty {
            let before = i
            var weight = 1
            var k = base
            while true {
                guard let digit = rest.popFirst().flatMap(value) else { return nil }
                i += digit * weight
                let t = min(max(k - bias, tMin), tMax)
                if digit < t { break }
                weight *= base - t
                k += base
                guard i < 1 << 40, weight < 1 << 40 else { return nil }
            }
            bias = adapt(i - before, output.count + 1, isFirst: before == 0)
            n += i / (output.count + 1)
            i %= output.count + 1
            guard n <= 0x10FFFF, let scalar = UnicodeScalar(UInt32(n)) else { return nil }
            output.insert(scalar, at: i)
            i += 1
        }
        return output
    }

    private static func appendDigits(_ delta: Int, bias: Int, to output: inout [UInt8]) {
        var q = delta
        var k = base
        while true {
            let t = min(max(k - bias, tMin), tMax)
            if q < t { break }
            output.append(digit(t + (q - t) % (base - t)))
            q = (q - t) / (base - t)
            k += base
        }
        output.append(digit(q))
    }

    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > ((base - tMin) * tMax) / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + 38)
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)
    }

    private static func value(_ digit: UInt8) -> Int? {
        switch digit {
        case 0x61...0x7A: Int(digit - 0x61)
        case 0x30...0x39: Int(digit - 0x30) + 26
        default: nil
        }
    }
}
