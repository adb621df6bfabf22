//! What a row of the screen means, for somebody who sees it for the first time.

use super::calls::WaitsFor;
use super::look::{Client, Look, Place, Thread};

/// Explains the row of the server.
#[must_use]
pub fn server(look: &Look, pid: u32) -> String {
    let see = format!("See it yourself: cat /proc/{pid}/syscall /proc/{pid}/wchan");
    let text = match &look.thread {
        Thread::Runs => "The thread is on a CPU, or in line for one. It does not wait for anybody.",
        Thread::Stopped => {
            "Something has stopped the thread: strace or a debugger, or Ctrl-Z (fg)."
        }
        Thread::AsleepSomewhere => {
            "The thread sleeps. In which call, only its own user and root may see: start \
             scripts/lens.sh watch as the user who runs the server, or with sudo."
        }
        Thread::Asleep { call, .. } => match call.map(|call| call.waits_for) {
            Some(WaitsFor::Client) => {
                "The thread sleeps inside accept, in the kernel, and uses no CPU. The kernel wakes it \
                 when a client has connected."
            }
            Some(WaitsFor::Bytes) => {
                "The thread sleeps inside a read from one client, in the kernel. It wakes when that \
                 client says something or leaves, and for nobody else: whatever other clients do, this \
                 thread does not hear of it."
            }
            Some(WaitsFor::Room) => {
                "The thread sleeps inside a send: the client does not read its replies, the buffers on \
                 both sides are full, and the kernel takes no more."
            }
            Some(WaitsFor::Any) => {
                "The thread sleeps in the one place where it watches all its sockets. The kernel wakes \
                 it when any of them has something: a request, or a new client."
            }
            Some(WaitsFor::Other) | None => "The thread sleeps in a call that has no socket.",
        },
    };
    format!("{text}\n{see}")
}

/// Explains the row of the accept queue.
#[must_use]
pub fn queue(look: &Look, backlog: Option<u64>, port: u16) -> String {
    let limit = match backlog {
        Some(backlog) => format!(
            "The server asked for room for {backlog} (the backlog of listen), and Linux lets one more \
             in. Beyond that, the kernel does not answer: a client's SYN is dropped, and it tries \
             again after 1, 2, 4 … seconds."
        ),
        None => "How many have room, ss would tell (Debian: iproute2).".to_owned(),
    };
    let now =
        if look.queue == 0 { "Here nobody stands in line now" } else { "Here they stand in line" };
    format!(
        "The kernel shakes hands with clients by itself. {now}: connected, and not accepted. {limit} \
        \nSee it yourself: ss -ltn 'sport = :{port}'"
    )
}

/// Explains the row of a client.
#[must_use]
pub fn client(client: &Client, look: &Look, port: u16) -> String {
    let text = if client.place.is_outside() { outside(client, look) } else { inside(client, look) };
    let side = if client.place == Place::Knocks { "dport" } else { "sport" };
    let number = client.addr.port();
    format!("{text}\nSee it yourself: ss -tanp '{side} = :{port}' | grep :{number}")
}

/// A client that the server has not accepted.
fn outside(client: &Client, look: &Look) -> String {
    match client.place {
        Place::Knocks => "This client wants to connect. The accept queue is full, so the kernel drops \
            its SYN; the client's kernel sends it again, after 1, 2, 4 … seconds. Only its own side \
            (SYN-SENT) knows of it."
            .to_owned(),
        Place::LeftUnserved => "This client connected, waited and gave up. Its connection keeps its \
            place in the queue until the server accepts it, and finds that nobody is there."
            .to_owned(),
        _ => format!(
            "The kernel has finished the handshake, so this client believes that it is served. No \
             process owns its socket (inode 0): the server has not called accept for it. {} {}",
            match client.receive_queue {
                0 => "It has said nothing yet.".to_owned(),
                bytes => format!("What it said, {bytes} bytes, lies in the kernel's buffer (Recv-Q)."),
            },
            until_when(look),
        ),
    }
}

/// A client that the server has accepted.
fn inside(client: &Client, look: &Look) -> String {
    let (unread, unsent) = (client.receive_queue, client.send_queue);
    match client.place {
        Place::IsWaitedFor if waits_for_room(look) => format!(
            "The server sleeps until this client reads its replies: {unsent} bytes of them are under \
             way (Send-Q). Until then, the server does nothing else."
        ),
        Place::IsWaitedFor => {
            "The server sleeps until this client says something. As long as it is \
            silent, and does not leave, the server does nothing else."
                .to_owned()
        }
        Place::Unheard => format!(
            "{unread} bytes of this client lie in the kernel's buffer (Recv-Q). The server has accepted \
             it, and comes to read them."
        ),
        Place::Left => {
            "This client has closed its end; the server is about to close the other.".to_owned()
        }
        _ if unsent > 0 => format!(
            "The server has sent {unsent} bytes that this client's side has not taken yet (Send-Q)."
        ),
        _ => {
            "The server has accepted this client and has answered all that it said. The connection \
            costs a socket and some memory, and no time."
                .to_owned()
        }
    }
}

fn waits_for_room(look: &Look) -> bool {
    let Thread::Asleep { call, .. } = &look.thread else { return false };
    call.is_some_and(|call| call.waits_for == WaitsFor::Room)
}

/// When a client that waits will be accepted.
fn until_when(look: &Look) -> String {
    match &look.thread {
        Thread::Asleep { on: Some((_, Some(served))), .. } => {
            format!("It is accepted when {served} leaves.")
        }
        _ => "It is accepted when the server calls accept again.".to_owned(),
    }
}
