//! What a row of the screen means, for somebody who sees it for the first time.

use super::View;
use harness::calls::WaitsFor;
use harness::snapshot::{Client, ClientState, Snapshot, Thread};

/// Explains the row of the server.
#[must_use]
pub fn server(snapshot: &Snapshot, pid: i32) -> String {
    let text = match (&snapshot.thread, snapshot.waits_for()) {
        (Thread::Running, _) => {
            "The thread is on a CPU, or waits for a free one. It does not wait for any client."
        }
        (Thread::Stopped, _) => {
            "Something has stopped the thread: strace, a debugger, or Ctrl-Z (fg lets it go on)."
        }
        (Thread::AsleepSomewhere, _) => {
            "The thread sleeps. Only its own user and root may see in which call: start \
             scripts/lens.sh watch as the user who runs the server, or with sudo."
        }
        (_, Some(WaitsFor::Connection)) => {
            "The thread sleeps inside accept, in the kernel, and uses no CPU. The kernel wakes it when \
             a client has connected."
        }
        (_, Some(WaitsFor::Bytes)) => {
            "The thread sleeps inside a read from one client, in the kernel. It wakes when that client \
             sends something or leaves. Whatever other clients do, this thread does not notice it."
        }
        (_, Some(WaitsFor::Space)) => {
            "The thread sleeps inside a send: the client does not read its replies, the buffers on \
             both sides are full, and the kernel takes no more."
        }
        (_, Some(WaitsFor::Any)) => {
            "The thread sleeps in the one call that watches all its sockets. The kernel wakes it when \
             any of them has something: a request, or a new client."
        }
        (_, Some(WaitsFor::Other) | None) => "The thread sleeps in a call that has no socket.",
    };
    format!("{text}\nSee it yourself: cat /proc/{pid}/syscall /proc/{pid}/wchan")
}

/// Explains the row of the accept queue.
#[must_use]
pub fn queue(view: &View) -> String {
    let limit = match view.history.backlog {
        Some(backlog) => format!(
            "The server asked for a backlog of {backlog} (listen), and Linux lets one more in. When \
             the queue is full, the kernel does not answer: a client's SYN is dropped, and the client \
             tries again after 1, 2, 4 … seconds."
        ),
        None => "The tool ss would show how many may wait (Debian: iproute2).".to_owned(),
    };
    let now = match view.snapshot.queue {
        0 => "No client is in it now.".to_owned(),
        clients => format!("In it now: {clients}."),
    };
    format!(
        "The kernel completes handshakes by itself. A client that is connected and not accepted is in \
         this queue. {now} {limit}\nSee it yourself: ss -ltn 'sport = :{}'",
        view.target.port
    )
}

/// Explains the row of a client.
#[must_use]
pub fn client(client: &Client, snapshot: &Snapshot, port: u16) -> String {
    let (unread, unsent) = (client.receive_queue, client.send_queue);
    let text = match client.state {
        ClientState::Connecting => "This client wants to connect. The accept queue is full, so the \
            kernel drops its SYN; the client's kernel sends it again, after 1, 2, 4 … seconds. Only \
            the client's own socket (SYN-SENT) shows it."
            .to_owned(),
        ClientState::Abandoned => "This client connected, waited and gave up. Its connection stays in \
            the queue until the server accepts it and finds that the client has left."
            .to_owned(),
        ClientState::Queued => queued(unread, snapshot),
        ClientState::Awaited if snapshot.waits_for() == Some(WaitsFor::Space) => format!(
            "The server sleeps until this client reads its replies: {unsent} bytes of them are on \
             their way (Send-Q). Until then, the server does nothing else."
        ),
        ClientState::Awaited => "The server sleeps until this client sends something. As long as the \
            client is silent, and does not leave, the server does nothing else."
            .to_owned(),
        ClientState::Unread => format!(
            "{unread} bytes of this client are in the kernel's buffer (Recv-Q). The server has \
             accepted this client, and has not read them yet."
        ),
        ClientState::HalfClosed => "This client has closed its end of the connection. The server has \
            not closed the other end yet."
            .to_owned(),
        ClientState::Idle if unsent > 0 => format!(
            "The server has sent {unsent} bytes that this client's side has not taken yet (Send-Q)."
        ),
        ClientState::Idle => "The server has accepted this client and has answered all its requests. \
            The connection costs a socket and some memory, and no time."
            .to_owned(),
    };
    let side = if client.state == ClientState::Connecting { "dport" } else { "sport" };
    let number = client.addr.port();
    format!("{text}\nSee it yourself: ss -tanp '{side} = :{port}' | grep :{number}")
}

fn queued(unread: u32, snapshot: &Snapshot) -> String {
    let sent = match unread {
        0 => "It has sent nothing yet.".to_owned(),
        bytes => format!("The {bytes} bytes that it sent are in the kernel's buffer (Recv-Q)."),
    };
    let until = match &snapshot.thread {
        Thread::Asleep { on: Some((_, Some(served))), .. } => format!("{served} leaves"),
        _ => "the server calls accept again".to_owned(),
    };
    format!(
        "The kernel has finished the handshake, so this client believes that it is served. No process \
         owns its socket (inode 0): the server has not called accept for it. {sent} It is accepted when \
         {until}."
    )
}
