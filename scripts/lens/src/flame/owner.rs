//! Whose code a function is.

/// Whose code a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// That of a lab, of a student's own lab, or of a crate in `shared`.
    Ours,
    /// The standard library's, another crate's, or libc's.
    Library,
    /// The kernel's.
    Kernel,
}

/// Whose code it is, by its name and the file that it is in.
pub(super) fn owner(name: &str, file: &str) -> Owner {
    let krate = name.split("::").next().unwrap_or_default();
    // Its modules are in brackets too.
    if file.starts_with('[') && !matches!(file, "[vdso]" | "[unknown]") {
        Owner::Kernel
    } else if matches!(krate, "threads" | "shared" | "codec" | "kit") || is_lab(krate) {
        Owner::Ours
    } else {
        Owner::Library
    }
}

/// `lab1_blocking`, or a student's own: `my_lab1`.
fn is_lab(krate: &str) -> bool {
    let number = krate.trim_start_matches("my_").strip_prefix("lab");
    number.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_whose_code_it_is() {
        assert_eq!(owner("tcp_sendmsg", "[kernel.kallsyms]"), Owner::Kernel);
        assert_eq!(owner("lab1_blocking::main", "/t/lab1-blocking"), Owner::Ours);
        assert_eq!(owner("my_lab2::server::run", "/t/my-lab2"), Owner::Ours);
        assert_eq!(owner("lab2::server::answer", "/t/my-lab2"), Owner::Ours);
        assert_eq!(owner("label::of", "/t/my-lab2"), Owner::Library);
        assert_eq!(owner("kit::log_output::start", "/t/lab1-blocking"), Owner::Ours);
        assert_eq!(owner("std::net::tcp", "/t/lab1-blocking"), Owner::Library);
    }
}
