/// Collects lines, so that many lines need few writes.
struct LineBuffer {
    private var bytes: [UInt8] = []

    private let take: ([UInt8]) -> Void

    private static let full = 1 << 18

    /// - Parameter take: receives the collected bytes. Commands pass `Output.write`.
    init(_ take: @escaping ([UInt8]) -> Void) {
        self.take = take
        bytes.reserveCapacity(LineBuffer.full + (1 << 12))
    }

    mutating func add(_ piece: [UInt8]) { bytes.append(contentsOf: piece) }
    mutating func add(_ piece: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: piece) }

    mutating func endLine() {
        bytes.append(0x0A)
        if bytes.count > LineBuffer.full { flush() }
    }

    mutating func flush() {
        take(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
