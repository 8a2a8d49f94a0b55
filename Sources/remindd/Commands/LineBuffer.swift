/// Lines on their way to standard output, in bytes: half a million of them are not half a million writes.
struct LineBuffer {
    private var bytes: [UInt8] = []

    private let take: ([UInt8]) -> Void

    private static let full = 1 << 18

    /// - Parameter take: another place than standard output, for tests.
    init(_ take: @escaping ([UInt8]) -> Void = Output.write) {
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
