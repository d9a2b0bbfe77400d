//! Values that go into a statement.

/// A parameter of a statement. The type says what the server is told; `Null` fits anywhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// Boolean.
    Bool(bool),
    /// 32-bit integer.
    Int(i32),
    /// 64-bit integer.
    BigInt(i64),
    /// 64-bit float.
    Float(f64),
    /// Exact decimal.
    Decimal(bigdecimal::BigDecimal),
    /// Text. Where the server's parameter type is an enum, uuid, inet and so on, it is sent as that type's text form.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// JSON.
    Json(serde_json::Value),
    /// An instant; stored as UTC.
    DateTime(jiff::Timestamp),
    /// A list (PostgreSQL arrays; elsewhere a JSON array for `json_each` and the like).
    List(Vec<Value>),
}
