//! Names of functions: with their module, and short enough to read.

/// The name with its module, which line tables do not tell, but the source file does:
/// `answer` in `/…/labs/lab1-blocking/src/server.rs` is `lab1_blocking::server::answer`.
pub(super) fn qualified(name: &str, source: &str) -> String {
    let name = tidy(name);
    let Some((before, after)) = source.rsplit_once("/src/") else { return name };
    let krate = before.rsplit('/').next().unwrap_or_default();
    // `mio-1.2.0` is version 1.2.0 of mio; `lab1-blocking` is a name.
    let krate = match krate.rsplit_once('-') {
        Some((krate, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => krate,
        _ => krate,
    };
    let mut path = vec![krate.replace('-', "_")];
    let modules = after.trim_end_matches(".rs").split('/');
    path.extend(modules.filter(|it| !matches!(*it, "main" | "lib" | "mod")).map(str::to_owned));
    // A name that has its path already needs none.
    if !name.contains("::") {
        path.push(name);
        return path.join("::");
    }
    name
}

/// Leaves out types that fill a picture: `<std::net::tcp::TcpListener>::accept` and
/// `<A as B>::run::<C>` are `std::net::tcp::TcpListener::accept` and `A::run`.
#[must_use]
pub fn tidy(name: &str) -> String {
    let name = match name.strip_prefix('<').and_then(|rest| split_at_end(rest)) {
        Some((kind, rest)) => {
            let kind = kind.split(" as ").next().unwrap_or(kind).trim_start_matches('&');
            format!("{kind}{rest}")
        }
        None => name.to_owned(),
    };
    let mut tidy = String::new();
    let mut depth = 0_usize;
    for letter in name.chars() {
        match letter {
            '<' => depth += 1,
            '>' if depth > 0 => depth -= 1,
            // This ends a function where stacks are folded into lines.
            ';' => {}
            _ if depth == 0 => tidy.push(letter),
            _ => {}
        }
    }
    tidy.trim_end_matches("::").replace("::::", "::")
}

/// Splits behind the `>` that belongs to a `<` before the text.
fn split_at_end(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (place, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' if depth == 0 => return Some((text.get(..place)?, text.get(place + 1..)?)),
            '>' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_tidied() {
        for (name, tidied) in [
            ("<std::net::tcp::TcpListener>::accept", "std::net::tcp::TcpListener::accept"),
            (
                "<&std::net::tcp::TcpStream as std::io::Read>::read",
                "std::net::tcp::TcpStream::read",
            ),
            ("run<codec::resp::Codec>", "run"),
            ("a::b::<C<D>>::e::<F>", "a::b::e"),
            ("__send", "__send"),
            ("std::rt::lang_start::{{closure}}", "std::rt::lang_start::{{closure}}"),
        ] {
            assert_eq!(tidy(name), tidied);
        }
    }

    #[test]
    fn a_source_file_tells_the_module() {
        for (name, source, qualified_name) in [
            ("answer", "/w/labs/lab1-blocking/src/server.rs", "lab1_blocking::server::answer"),
            ("serve", "/w/labs/lab1-blocking/src/main.rs", "lab1_blocking::serve"),
            ("execute", "/w/shared/src/engine.rs", "shared::engine::execute"),
            ("start", "/w/shared/kit/src/log_output.rs", "kit::log_output::start"),
            ("decode_reply", "/w/shared/codec/src/resp.rs", "codec::resp::decode_reply"),
            ("poll", "/r/mio-1.2.0/src/poll.rs", "mio::poll::poll"),
            ("accept", "/rustc/59/library/std/src/net/tcp.rs", "std::net::tcp::accept"),
            ("read", "", "read"),
        ] {
            assert_eq!(qualified(name, source), qualified_name);
        }
    }

    proptest! {
        #[test]
        fn a_module_only_stands_before_a_name(name in "[a-z<>:; &]{0,40}", source in "[a-z/.0-9-]{0,40}") {
            prop_assert!(!tidy(&name).contains(';'));
            prop_assert!(qualified(&name, &source).ends_with(&tidy(&name)));
        }
    }
}
