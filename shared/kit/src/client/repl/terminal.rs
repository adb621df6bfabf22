//! A signal while the line editor has the terminal.

use std::io;
use std::thread;

use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::termios::{SetArg, tcgetattr, tcsetattr};

/// From now on, a signal that ends the client first restores the terminal as it is now.
///
/// The line editor switches off the echo of the terminal. A client that ended there would leave a shell
/// that does not show what is typed.
///
/// # Errors
/// If stdin is no terminal, or no thread can be started.
pub(super) fn restore_at_signals() -> io::Result<()> {
    let mode = tcgetattr(io::stdin())?;
    // SIGINT is not among them: the line editor waits for it, and ends as after Ctrl-C.
    let signals: SigSet = [Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGTERM].into_iter().collect();
    // Blocked in every thread, a signal stays pending until the new thread takes it.
    signals.thread_block()?;
    thread::Builder::new().spawn(move || {
        let Ok(signal) = signals.wait() else { return };
        // If the terminal is gone, there is nothing to restore.
        _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &mode);
        // The signal now does what it does by default, so that the shell learns which one it was.
        _ = signals.thread_unblock();
        _ = raise(signal);
    })?;
    Ok(())
}
