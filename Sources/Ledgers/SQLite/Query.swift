import GRDB
import GRDBSQLite

/// A prepared statement that needs no array or dictionary for its parameters and results.
///
/// GRDB prepares and caches the statement. Passing a row through GRDB's own arguments would cost
/// about as much as SQLite's work on the row, and one transaction writes 5 000 deliveries. Use a
/// query only inside a closure of the queue that owns `db`.
struct Query {
    private let statement: Statement
    private let raw: OpaquePointer
    private let connection: OpaquePointer

    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        raw = statement.sqliteStatement
        connection = sqlite3_db_handle(raw)
    }

    /// Runs a statement that returns no rows. Returns the number of rows that it changed.
    @discardableResult
    func run<each Value: Bindable>(_ values: repeat each Value) throws -> Int {
        defer { sqlite3_reset(raw) }
        try bind(repeat each values)
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// Runs a statement that returns no rows, with the values that `bind` adds in their order.
    ///
    /// Returns the number of rows that the statement changed.
    func run(binding bind: (inout Binder) throws -> Void) throws -> Int {
        defer { sqlite3_reset(raw) }
        var binder = Binder(query: self)
        try bind(&binder)
        precondition(binder.count == sqlite3_bind_parameter_count(raw), "a query got the wrong number of values")
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// Binds values to the parameters of a query, one after the other.
    struct Binder {
        fileprivate let query: Query
        fileprivate var count: Int32 = 0

        mutating func add(_ value: some Bindable) throws {
            count += 1
            let code = value.bind(to: query.raw, at: count)
            if code != SQLITE_OK { throw query.failure(code) }
        }
    }

    /// Returns the result of `read` for the first row; nil if there is no row.
    func first<each Value: Bindable, Result>(
        _ values: repeat each Value, read: (Cells) throws -> Result
    ) throws -> Result? {
        defer { sqlite3_reset(raw) }
        try bind(repeat each values)
        return try step() ? try read(Cells(raw: raw)) : nil
    }

    /// Calls `body` with each row until it returns false.
    func rowsWhile<each Value: Bindable>(_ values: repeat each Value, body: (Cells) throws -> Bool) throws {
        defer { sqlite3_reset(raw) }
        try bind(repeat each values)
        while try step() {
            guard try body(Cells(raw: raw)) else { return }
        }
    }

    /// Calls `body` with each row.
    func rows<each Value: Bindable>(_ values: repeat each Value, body: (Cells) throws -> Void) throws {
        try rowsWhile(repeat each values) { cells in
            try body(cells)
            return true
        }
    }

    private func bind<each Value: Bindable>(_ values: repeat each Value) throws {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            let code = value.bind(to: raw, at: index)
            if code != SQLITE_OK { throw failure(code) }
        }
        precondition(index == sqlite3_bind_parameter_count(raw), "a query got the wrong number of values")
    }

    private func step() throws -> Bool {
        let code = sqlite3_step(raw)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    fileprivate func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
    }
}

/// The cells of the current row of a query. Columns count from 0.
///
/// The cells are valid until the query reads the next row.
struct Cells {
    fileprivate let raw: OpaquePointer

    func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(raw, column)) }
    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    /// Returns the text of a cell in UTF-8; valid until the query reads the next row.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let text = sqlite3_column_text(raw, column)
        return UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(raw, column)))
    }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(raw, column) else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(raw, column))), as: UTF8.self)
    }
}

/// A value that can be bound to a `?`.
protocol Bindable {
    /// Binds the value to the parameter at `index`, which counts from 1.
    ///
    /// Returns SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int64: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension String: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            // An empty buffer may have no address, and a null pointer would bind NULL.
            bytes.withMemoryRebound(to: CChar.self) {
                let address = $0.baseAddress ?? UnsafeRawPointer(emptyText.utf8Start).assumingMemoryBound(to: CChar.self)
                return sqlite3_bind_text(statement, index, address, Int32($0.count), copied)
            }
        }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch self {
        case .some(let value): value.bind(to: statement, at: index)
        case .none: sqlite3_bind_null(statement, index)
        }
    }
}

/// `SQLITE_TRANSIENT`, which tells SQLite to make its own copy of the bytes.
///
/// Swift does not import the macro.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
/// The address that is bound for an empty string.
private let emptyText: StaticString = ""
