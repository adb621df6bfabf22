//! Requests that are really HTTP: any web page can make a browser send them to a server on this machine.
//!
//! The server would take each line of an HTTP request for a command. Most lines are unknown commands, but
//! the body of a form may hold any line, such as `FLUSHALL`. A line that begins with `POST` or `Host:`
//! comes before every body. So the server closes such a connection and logs the reason.
//! Source: Redis's `securityWarningCommand`.

use std::io;

use crate::request::Request;

/// Accepts a request, unless it is a line of HTTP.
///
/// # Errors
/// If the request is HTTP: close the connection at once, without a reply.
pub fn reject(request: &Request<'_>) -> io::Result<()> {
    let name = request.name();
    if name.eq_ignore_ascii_case(b"POST") || name.eq_ignore_ascii_case(b"Host:") {
        return Err(io::Error::other("possible attack: this looks like HTTP from a browser"));
    }
    Ok(())
}
