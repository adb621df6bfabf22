//! A reply as a client receives it.

/// A reply of any type that RESP3 has.
///
/// The server's replies have a type of their own, `shared::reply::Reply`. That type borrows from the store, and it
/// has only what the commands of the labs need. A client owns its replies, and Redis sends it more types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A short text such as `OK` or `PONG`.
    Status(String),
    /// An error with its code in front: `ERR unknown command 'FOO'`.
    Error(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, or `inf`, or `nan`, with the digits that the server has sent.
    Double(String),
    /// A whole number of any size, as digits.
    BigNumber(String),
    /// True or false.
    Boolean(bool),
    /// A value: any bytes.
    Bulk(Vec<u8>),
    /// Text of several lines for people, such as the reply to INFO.
    Text(String),
    /// No such value exists.
    Nil,
    /// Several replies in order.
    Array(Vec<Reply>),
    /// Several replies without an order.
    Set(Vec<Reply>),
    /// A message that the server has sent by itself. It is not the reply to a request.
    Push(Vec<Reply>),
    /// Pairs of a field and its value. RESP2 sends them as a flat array.
    Map(Vec<(Reply, Reply)>),
}

impl Reply {
    /// Bytes as a value.
    #[must_use]
    pub fn bulk(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bulk(bytes.into())
    }

    /// The reply of a command that has succeeded and returns nothing, in RESP.
    #[must_use]
    pub fn ok() -> Self {
        Self::Status("OK".to_owned())
    }
}
