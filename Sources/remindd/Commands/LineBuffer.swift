import Foundation

/// Lines on their way to a file, in bytes: half a million of them are not half a million writes.
struct LineBuffer {
    private let file: FileHandle
    private var bytes: [UInt8] = []

    private static let full = 1 << 18

    init(_ file: FileHandle) {
        self.file = file
        bytes.reserveCapacity(LineBuffer.full + (1 << 12))
    }

    mutating func add(_ piece: [UInt8]) { bytes.append(contentsOf: piece) }
    mutating func add(_ piece: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: piece) }

    mutating func endLine() {
        bytes.append(0x0A)
        if bytes.count > LineBuffer.full { flush() }
    }

    mutating func flush() {
        file.write(Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}
