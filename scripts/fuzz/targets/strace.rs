//! What strace writes, line by line: logs are cut, garbled, and written by other versions.
#![no_main]

use fuzz::{pieces, within_memory};
use libfuzzer_sys::fuzz_target;
use trace::strace::{
    Call, Joiner, Kind, Line, Text, address, descriptor, label, local, parse, parse_started, peer,
};

fuzz_target!(|input: &[u8]| {
    let (place, log) = pieces(input);
    let mut joiner = Joiner::new();
    for line in log.split(|byte| *byte == b'\n') {
        let whole = within_memory(line.len(), || parse(line));
        if let Some(Line { kind: Kind::Call(call), .. }) = joiner.join(whole) {
            look_at(&call);
        }
        _ = parse_started(line);
        if let Kind::Call(call) = whole.kind {
            look_at(&call);
            joins_again(line.trim_ascii_end(), &call, place);
        }
    }
    assert!(joiner.started().count() <= log.len());
});

/// All that others ask a call for.
fn look_at(call: &Call<'_>) {
    assert!(!call.name.is_empty());
    _ = (call.outcome.count(), call.outcome.descriptor(), call.never_returned());
    for arg in call.args.iter() {
        _ = (descriptor(arg), address(arg), peer(label(arg)), local(label(arg)));
        if let Some(text) = Text::within(arg) {
            assert!(
                text.bytes().len() < arg.len(),
                "a string cannot be longer than strace wrote it"
            );
        }
    }
}

/// A call whose line is cut in two by the lines of other threads is the same call as a whole.
fn joins_again(line: &[u8], call: &Call<'_>, place: usize) {
    let inside = line.strip_prefix(call.name.as_bytes()).and_then(|rest| rest.strip_prefix(b"("));
    let Some(inside) = inside else { return };
    let (before, behind) = inside.split_at(place.min(inside.len()));
    let start = [call.name.as_bytes(), b"(", before, b"<unfinished ...>"].concat();
    let end = [b"<... ", call.name.as_bytes(), b" resumed>", behind].concat();
    let mut joiner = Joiner::new();
    assert_eq!(joiner.join(parse(&start)), None, "it has only begun");
    let whole = joiner.join(parse(&end));
    assert!(
        matches!(whole, Some(Line { kind: Kind::Call(whole), .. }) if whole == *call),
        "joined it is {whole:?}"
    );
}
