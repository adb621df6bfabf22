//! Reads `perf script --fields comm,tid,ip,sym,dso`.

use super::{Frame, Stack};

/// A sample is a line that names the thread, a line for each function, and an empty line. What is not
/// understood is passed over.
pub(super) fn parse(text: &str) -> Vec<Stack<'_>> {
    let mut stacks = Vec::new();
    let mut frames = Vec::new();
    for line in text.lines().chain([""]) {
        match frame(line) {
            Some(frame) if line.starts_with(char::is_whitespace) => frames.push(frame),
            _ if frames.is_empty() => {}
            _ => stacks.push(Stack { frames: std::mem::take(&mut frames), weight: 1 }),
        }
    }
    stacks
}

/// `           c1e49 lab3_multiclient::server::flush (/path/lab3-multiclient)`
fn frame(line: &str) -> Option<Frame<'_>> {
    let (offset, rest) = line.trim_start().split_once(' ')?;
    let offset = u64::from_str_radix(offset, 16).ok()?;
    let rest = rest.trim_end().strip_suffix(')')?;
    // Both may hold brackets: `f(int) (/a (b)/c)`.
    let (symbol, file) =
        rest.split_at(rest.find(" (/").or_else(|| rest.find(" ([")).or_else(|| rest.rfind(" ("))?);
    let file = file.get(2..)?;
    let symbol = if symbol == "[unknown]" { "" } else { symbol };
    Some(Frame { symbol, file, offset })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "\
lab3-multiclien 16529
\tffffffff81e31462 __sys_sendto ([kernel.kallsyms])
\t          10aba4 __send (/usr/lib/x86_64-linux-gnu/libc.so.6)
\t           c2deb std::rt::lang_start::{{closure}} (/tmp/a (b)/lab3-multiclient)

lab3-multiclien 16529
\t           c0ff1 [unknown] (/lab3-multiclient)
";

    #[test]
    fn samples_are_read() {
        let stacks = parse(TEXT);
        assert_eq!(stacks.len(), 2);
        let names: Vec<_> = stacks[0].frames.iter().map(|frame| frame.symbol).collect();
        assert_eq!(names, ["__sys_sendto", "__send", "std::rt::lang_start::{{closure}}"]);
        assert_eq!(stacks[0].frames[0].offset, 0xffff_ffff_81e3_1462);
        let unknown = Frame { symbol: "", file: "/lab3-multiclient", offset: 0xc0ff1 };
        assert_eq!(stacks[1], Stack { frames: vec![unknown], weight: 1 });
        assert_eq!(parse(""), []);
    }

    proptest! {
        #[test]
        fn no_function_is_made_up(text in "[\\PC\n\t]{0,200}", cut in 0..TEXT.len()) {
            for frame in parse(&text).iter().flat_map(|stack| &stack.frames) {
                prop_assert!(text.contains(frame.symbol) && text.contains(frame.file));
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
