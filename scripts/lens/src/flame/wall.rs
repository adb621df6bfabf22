//! Reads `strace -k -T`: each call with its duration, and below it the stack that led to it.

use super::{Frame, Stack};
use trace::strace::{self, Call, Kind};

/// The file that the kernel's own code is in, as perf calls it.
const KERNEL: &str = "[kernel.kallsyms]";

/// A stack for each call that took time: the call itself is the innermost function.
pub(super) fn parse(text: &str) -> Vec<Stack<'_>> {
    let mut stacks: Vec<Stack> = Vec::new();
    let mut in_call = false;
    for line in text.lines() {
        match strace::parse(line.as_bytes()).kind {
            Kind::Frame(frame) => {
                if let (true, Some(stack)) = (in_call, stacks.last_mut()) {
                    // The parser splits a text between characters only.
                    let part = |bytes| str::from_utf8(bytes).unwrap_or_default();
                    let (symbol, file) = (part(frame.function), part(frame.file));
                    stack.frames.push(Frame { symbol, file, offset: frame.offset });
                }
            }
            Kind::Call(call) => {
                in_call = true;
                stacks.push(of_call(&call));
            }
            // The frame that the tracer could not find, at the end of a stack.
            Kind::Unknown if line.starts_with(" > ") => {}
            _ => in_call = false,
        }
    }
    // A call without a stack hangs nowhere.
    stacks.retain(|stack| stack.frames.len() > 1);
    stacks
}

/// The call as the kernel's function, without those that led to it.
fn of_call<'a>(call: &Call<'a>) -> Stack<'a> {
    let weight = call.took.and_then(|took| u64::try_from(took.as_micros()).ok()).unwrap_or(0);
    Stack { frames: vec![Frame { symbol: call.name, file: KERNEL, offset: 0 }], weight }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "\
1795241239.877432 accept4(3, 0x7ffc, [128], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted) <1.590420>
 > /usr/lib/x86_64-linux-gnu/libc.so.6(accept4+0x58) [0x10afa8]
 > /target/lab1-blocking(<std::net::tcp::TcpListener>::accept+0x54) [0x1607d4]
 > /target/lab1-blocking(lab1_blocking::server::run+0x6d) [0xc0ddd]
 > unexpected_backtracing_error [0x36]
1795241241.771019 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1020, si_uid=0} ---
 > /usr/lib/x86_64-linux-gnu/libc.so.6(accept4+0x58) [0x10afa8]
1795241241.774767 +++ exited with 0 +++
";

    #[test]
    fn calls_are_read_and_signals_are_not() {
        let stacks = parse(TEXT);
        assert_eq!(stacks.len(), 1);
        assert_eq!(stacks[0].weight, 1_590_420);
        let names: Vec<_> = stacks[0].frames.iter().map(|frame| frame.symbol).collect();
        let accept = "<std::net::tcp::TcpListener>::accept";
        assert_eq!(names, ["accept4", "accept4", accept, "lab1_blocking::server::run"]);
        assert_eq!(
            (stacks[0].frames[3].offset, stacks[0].frames[3].file),
            (0xc0ddd, "/target/lab1-blocking")
        );
    }

    proptest! {
        #[test]
        fn no_function_is_made_up(text in "[\\PC\n]{0,200}", cut in 0..TEXT.len()) {
            for frame in parse(&text).iter().flat_map(|stack| &stack.frames) {
                prop_assert!(text.contains(frame.symbol));
            }
            let (whole, part) = (parse(TEXT), parse(&TEXT[..cut]));
            prop_assert!(part.len() <= whole.len());
            for (part, whole) in part.iter().zip(&whole) {
                // The last one may be cut in its middle.
                let all_but_one = part.frames.len().saturating_sub(1);
                prop_assert_eq!(&part.frames[..all_but_one], &whole.frames[..all_but_one]);
            }
        }
    }
}
