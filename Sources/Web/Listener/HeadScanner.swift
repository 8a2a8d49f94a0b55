/// Finds the end of a request's head, byte by byte, or refuses the head before it is parsed.
///
/// The parser is lenient: it accepts bare line feeds, folded lines and a blank before the colon.
/// Leniency allows request smuggling, in which two programs disagree about the end of a request.
/// The scanner therefore accepts only the strict grammar of RFC 9112, sections 2.2 to 5. Every line
/// ends in CR LF, no line is folded, and no empty line precedes the request line.
struct HeadScanner {
    enum Verdict: Equatable {
        case more
        /// This byte is the last of the head.
        case complete
        case refused(Refusal)
    }

    private enum State {
        case method, target, version, requestLineEnd
        case fieldStart, fieldName, fieldValue, fieldLineEnd
        case headEnd
    }

    private let limits: Limits
    private var state = State.method
    /// Number of bytes scanned so far.
    private(set) var count = 0
    /// Number of bytes scanned so far in the element that `state` names, such as the method.
    private var partCount = 0
    private var fieldCount = 0

    init(limits: Limits) {
        self.limits = limits
    }

    mutating func take(_ byte: UInt8) -> Verdict {
        count += 1
        guard count <= limits.request.head else { return .refused(.headTooLarge) }
        switch state {
        case .method: return method(byte)
        case .target: return target(byte)
        case .version: return version(byte)
        case .requestLineEnd: return lineFeed(byte, then: .fieldStart)
        case .fieldStart: return fieldStart(byte)
        case .fieldName: return fieldName(byte)
        case .fieldValue: return fieldValue(byte)
        case .fieldLineEnd: return lineFeed(byte, then: .fieldStart)
        case .headEnd: return byte == lineFeedByte ? .complete : .refused(.malformed("a line ends in CR LF"))
        }
    }

    /// Maximum length of a method. The longest registered method has 17 letters (IANA HTTP Method
    /// Registry).
    private static let longestMethod = 32

    private mutating func method(_ byte: UInt8) -> Verdict {
        if byte == space, partCount > 0 { return go(to: .target) }
        partCount += 1
        guard isTokenByte(byte), partCount <= Self.longestMethod else { return .refused(.malformed("no method")) }
        return .more
    }

    private mutating func target(_ byte: UInt8) -> Verdict {
        if byte == space, partCount > 0 { return go(to: .version) }
        partCount += 1
        guard byte > space, byte < delete else { return .refused(.malformed("the target is not printable ASCII")) }
        return partCount <= limits.request.target ? .more : .refused(.targetTooLong)
    }

    private static let versionBytes = Array("HTTP/1.".utf8)

    private mutating func version(_ byte: UInt8) -> Verdict {
        defer { partCount += 1 }
        let isExpected =
            switch partCount {
            case ..<Self.versionBytes.count: byte == Self.versionBytes[partCount]
            case Self.versionBytes.count: byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1")
            default: byte == carriageReturn
            }
        guard isExpected else { return .refused(.malformed("the version is not HTTP/1.0 or HTTP/1.1")) }
        if partCount > Self.versionBytes.count { state = .requestLineEnd }
        return .more
    }

    private mutating func fieldStart(_ byte: UInt8) -> Verdict {
        if byte == carriageReturn { return go(to: .headEnd) }
        guard isTokenByte(byte) else { return .refused(.malformed("a header field begins with its name")) }
        fieldCount += 1
        guard fieldCount <= limits.request.fields else { return .refused(.headTooLarge) }
        (state, partCount) = (.fieldName, 1)
        return .more
    }

    private mutating func fieldName(_ byte: UInt8) -> Verdict {
        partCount += 1
        guard partCount <= limits.request.field else { return .refused(.headTooLarge) }
        if byte == colon {
            state = .fieldValue
            return .more
        }
        return isTokenByte(byte) ? .more : .refused(.malformed("a header field's name is a word and a colon"))
    }

    private mutating func fieldValue(_ byte: UInt8) -> Verdict {
        if byte == carriageReturn { return go(to: .fieldLineEnd) }
        partCount += 1
        guard partCount <= limits.request.field else { return .refused(.headTooLarge) }
        let isText = byte == tab || byte >= space && byte != delete
        return isText ? .more : .refused(.malformed("a header field holds a control character"))
    }

    private mutating func lineFeed(_ byte: UInt8, then next: State) -> Verdict {
        guard byte == lineFeedByte else { return .refused(.malformed("a line ends in CR LF")) }
        return go(to: next)
    }

    private mutating func go(to next: State) -> Verdict {
        (state, partCount) = (next, 0)
        return .more
    }
}

private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let colon = UInt8(ascii: ":")
private let carriageReturn = UInt8(ascii: "\r")
private let lineFeedByte = UInt8(ascii: "\n")
private let delete: UInt8 = 0x7F

/// Returns whether a byte is a `tchar` (RFC 9110, section 5.6.2).
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default: false
    }
}
