//! Explains a log of ltrace: the bytes that a lab receives and sends, and the words that it copies in between.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::time::Duration;

use crate::page::{self, Explainer, Ink, Page, Style};

mod calls;

use calls::{Call, Calls};

/// Where notes begin.
const INDENT: usize = 15;
/// A call that takes longer than this has slept: nothing else takes a call of libc so long, under ltrace.
const SLEEP: Duration = Duration::from_millis(20);
/// So many words of clients are kept: a garbled log must not fill our memory.
const MOST: usize = 65_536;

/// Explains a log of `ltrace -f -ttt -T` with the calls that `scripts/ltrace.sh` asks for, as it comes. It begins where
/// a lab says that it listens, and follows the thread that says so.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn explain(input: impl Read, output: impl Write, style: Style) -> io::Result<()> {
    page::run(Ltrace { page: Page::new(style), ..Ltrace::default() }, input, output)
}

/// What the next copies are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Purpose {
    /// Nothing that a client has asked for.
    #[default]
    Other,
    /// The log, or the command if nothing is logged: what comes next decides.
    LogOrCommand,
    Log,
    Command,
    Reply,
}

#[derive(Debug, Default)]
struct Ltrace {
    page: Page,
    /// The thread that serves, once we know it.
    thread: Option<u32>,
    /// When it made its first call after that.
    began: Option<Duration>,
    calls: Calls,
    /// The words that clients have sent.
    words: HashSet<String>,
    purpose: Purpose,
    /// What copies are for after the line of the log file.
    next: Purpose,
    has_log_file: bool,
    /// Copies for `Purpose::LogOrCommand`: when, and which word.
    undecided: Vec<(Duration, String)>,
    /// Copies of anything else than words of a client.
    others: u64,
}

impl Explainer for Ltrace {
    fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    fn line(&mut self, line: &[u8]) {
        if let Some(call) = self.calls.next(&String::from_utf8_lossy(line)) {
            self.call(&call);
        }
    }

    fn finish(&mut self) {
        self.decide(Purpose::Command);
        if self.others > 0 {
            let others = format!(
                "  And {} other copies, of structs, numbers, times, lines of the log: --raw shows them.",
                self.others
            );
            self.page.line(Ink::Dim, &others, 2);
        }
    }
}

impl Ltrace {
    fn call(&mut self, call: &Call) {
        if self.thread.is_some_and(|serving| serving != call.thread) {
            return;
        }
        if self.thread.is_none() {
            // The start of the program copies a thousand things.
            if call.name == "write" && call.args.contains(" listening on ") {
                self.thread = Some(call.thread);
            }
            return;
        }
        self.began.get_or_insert(call.at);
        let result = call.result.as_str();
        let (ink, note) = match call.name.as_str() {
            "memcpy" => return self.copied(call),
            "write" => return self.wrote(call),
            "send" => (Ink::Reply, "hands the reply to the kernel, which sends it".to_owned()),
            "close" => {
                (Ink::Plain, "the connection is over, and its number is free again".to_owned())
            }
            _ if result.starts_with('-') => return,
            "recv" => return self.received(call),
            "accept4" => (
                Ink::Title,
                format!(
                    "takes a client out of the kernel's queue: its connection has descriptor {result}"
                ),
            ),
            "epoll_wait" => (
                Ink::Plain,
                format!(
                    "where lab 3 sleeps, and nowhere else: {result} of its sockets had something for it"
                ),
            ),
            _ => return,
        };
        self.show(call, ink);
        self.page.note(&call.name, &note, INDENT);
    }

    fn received(&mut self, call: &Call) {
        self.show(call, Ink::Request);
        self.note("takes what this client has sent out of the kernel: these are the very bytes");
        if call.result == "0" {
            self.note("0 bytes, and there will be no more: the client has left");
        }
        let text = call.bytes().replace("\\r\\n", " ").replace("\\n", " ");
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if self.words.len() < MOST {
                self.words.insert(word.to_owned());
            }
        }
        self.purpose = Purpose::LogOrCommand;
    }

    /// A line of the log goes to the terminal first and to the file then; what it is about says what comes next.
    fn wrote(&mut self, call: &Call) {
        if !call.args.starts_with("2, ") {
            self.has_log_file = true;
            if self.purpose != Purpose::LogOrCommand {
                self.purpose = self.next;
            }
            return;
        }
        let is_about = |start: &str| call.args.starts_with(&format!("2, \"{start}"));
        if is_about("Received") {
            self.decide(Purpose::Log);
        }
        self.show(call, Ink::Dim);
        self.next = match self.purpose {
            _ if is_about("Received") => Purpose::Command,
            _ if is_about("Sent") => Purpose::Reply,
            Purpose::Log => Purpose::Other,
            _ if is_about("Connection") => Purpose::Other,
            purpose => purpose,
        };
        let is_for_file = self.next != Purpose::Other && self.has_log_file;
        self.purpose = if is_for_file { Purpose::Log } else { self.next };
        self.note(
            "a line of the log, put together from the copies above (to the log file goes another)",
        );
    }

    /// Words that came from a client are shown, all else is counted.
    fn copied(&mut self, call: &Call) {
        let word = call.bytes();
        let is_of_client = self.purpose != Purpose::Other && self.words.contains(word);
        if !is_of_client || word.contains('"') {
            self.others += 1;
        } else if self.purpose == Purpose::LogOrCommand && self.undecided.len() < MOST {
            self.undecided.push((call.at, word.to_owned()));
        } else {
            self.show_copy(call.at, word);
        }
    }

    /// Shows the copies whose purpose was not known yet.
    fn decide(&mut self, purpose: Purpose) {
        let before = std::mem::replace(&mut self.purpose, purpose);
        for (at, word) in std::mem::take(&mut self.undecided) {
            self.show_copy(at, &word);
        }
        if before != Purpose::LogOrCommand {
            self.purpose = before;
        }
    }

    fn show_copy(&mut self, at: Duration, word: &str) {
        let purpose = match self.purpose {
            Purpose::Log => "the log",
            Purpose::Reply => "the reply",
            _ => "the command",
        };
        self.begin(at);
        self.page.put(Ink::Plain, "  memcpy ", INDENT);
        self.page.put(Ink::Copy, &format!("{:<12}", format!("\"{word}\"")), INDENT);
        self.page.put(Ink::Plain, &format!(" for {purpose}"), INDENT);
        self.page.end_line();
        self.note("copies bytes from one place in the memory of the program to another: a word of the request");
    }

    fn show(&mut self, call: &Call, ink: Ink) {
        self.decide(Purpose::Command);
        self.begin(call.at);
        let Call { name, args, result, took, .. } = call;
        self.page.put(ink, &format!("{name}({args}) = {result}"), INDENT);
        if name != "write" && *took > SLEEP {
            let slept =
                format!("   <- asleep for {}.{:03} s", took.as_secs(), took.subsec_millis());
            self.page.put(Ink::Error, &slept, INDENT);
        }
        self.page.end_line();
    }

    fn begin(&mut self, at: Duration) {
        let since = at.saturating_sub(self.began.unwrap_or(at));
        let text = format!("{:5}.{:03} s  ", since.as_secs(), since.subsec_millis());
        self.page.put(Ink::Plain, &text, INDENT);
    }

    fn note(&mut self, text: &str) {
        self.page.note(text, text, INDENT);
    }
}
