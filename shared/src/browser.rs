//! Browsers: any page that somebody opens can make them talk to a server on the same machine.
//!
//! To this server each line of an HTTP request is a command, mostly an unknown one; but the body of a
//! form may hold any lines, `FLUSHALL` among them. All that comes in front of a body has a line that
//! begins with `POST` or `Host:`. So a connection that says one of these is closed, and the reason
//! logged. Source: Redis's `securityWarningCommand`.

use std::io;

use crate::request::Request;

/// Lets requests pass, but for those that a browser sends.
///
/// # Errors
/// If it is one of a browser: the connection is to be closed at once, with nothing said.
pub fn refuse(request: &Request<'_>) -> io::Result<()> {
    let name = request.name();
    if name.eq_ignore_ascii_case(b"POST") || name.eq_ignore_ascii_case(b"Host:") {
        return Err(io::Error::other(
            "possible SECURITY ATTACK: it says POST or Host:, as a browser does that some page has sent here",
        ));
    }
    Ok(())
}
