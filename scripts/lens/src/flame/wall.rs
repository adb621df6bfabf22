//! Reads `strace -k -T`: each call with its duration, and below it the stack that led to it.

use std::time::Duration;

use super::{Frame, Stack};

/// The file that the kernel's own code is in, as perf calls it.
const KERNEL: &str = "[kernel.kallsyms]";

/// A stack for each call that took time: the call itself is the innermost function.
pub(super) fn parse(text: &str) -> Vec<Stack> {
    let mut stacks: Vec<Stack> = Vec::new();
    let mut in_call = false;
    for line in text.lines() {
        if let Some(line) = line.strip_prefix(" > ") {
            if let (true, Some(stack), Some(frame)) = (in_call, stacks.last_mut(), frame(line)) {
                stack.frames.push(frame);
            }
            continue;
        }
        let call = call(line);
        in_call = call.is_some();
        if let Some((name, took)) = call {
            let weight = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            let call = Frame { symbol: name.to_owned(), file: KERNEL.to_owned(), offset: 0 };
            stacks.push(Stack { frames: vec![call], weight });
        }
    }
    // A call without a stack hangs nowhere.
    stacks.retain(|stack| stack.frames.len() > 1);
    stacks
}

/// `/usr/lib/x86_64-linux-gnu/libc.so.6(accept4+0x58) [0x10afa8]`
fn frame(line: &str) -> Option<Frame> {
    let (code, offset) = line.trim_end().strip_suffix(']')?.rsplit_once(" [0x")?;
    let offset = u64::from_str_radix(offset, 16).ok()?;
    let (file, symbol) = code.strip_suffix(')')?.split_once('(')?;
    let symbol = symbol.rsplit_once("+0x").map_or(symbol, |(symbol, _)| symbol);
    Some(Frame { symbol: symbol.to_owned(), file: file.to_owned(), offset })
}

/// `1795241239.877432 accept4(3, …) = 4 <1.590420>`
fn call(line: &str) -> Option<(&str, Duration)> {
    let (before, _) = line.split_once('(')?;
    let name = before.rsplit(' ').next()?;
    let (_, took) = line.trim_end().strip_suffix('>')?.rsplit_once('<')?;
    let took = took.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())?;
    Some((name, took))
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
        let names: Vec<_> = stacks[0].frames.iter().map(|frame| frame.symbol.as_str()).collect();
        let accept = "<std::net::tcp::TcpListener>::accept";
        assert_eq!(names, ["accept4", "accept4", accept, "lab1_blocking::server::run"]);
        assert_eq!(
            (stacks[0].frames[3].offset, stacks[0].frames[3].file.as_str()),
            (0xc0ddd, "/target/lab1-blocking")
        );
    }

    proptest! {
        #[test]
        fn garbled_text_does_no_harm(text in "[\\PC\n]{0,200}", cut in 0..TEXT.len()) {
            _ = parse(&text);
            assert!(parse(&TEXT[..cut]).len() <= 1);
        }
    }
}
