//! Takes functions out of a source, by their names.
//!
//! A formatted source needs no parser for that: rustfmt ends a function with a `}` that stands as far to the right as its
//! first line does.

use std::ops::Range;

/// The widest line of a source.
const WIDTH: usize = 100;

/// A function cannot be taken out of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// There is no such function, or there are several.
    #[error("the function `{0}` stands there {1} times, and once is right")]
    NotOnce(String, usize),
    /// Its body is not on lines of its own.
    #[error("the function `{0}` has no body on lines of its own")]
    NoBody(String),
}

/// Leaves `stub` in place of the body of a function, below a comment that says what the function must do.
///
/// # Errors
/// If the function is not there exactly once.
pub fn blank(source: &str, name: &str, must: &str, stub: &str) -> Result<String, DeriveError> {
    let lines: Vec<&str> = source.lines().collect();
    let function = find(&lines, name)?;
    let indent = " ".repeat(indentation(lines[function.first]) + 4);
    let comment = wrapped(&format!("Your turn: {must}"), &format!("{indent}// "));
    let stub = stub.lines().map(|line| format!("{indent}{line}\n"));
    Ok(joined(&lines[..function.body.start])
        + &comment
        + &stub.collect::<String>()
        + &joined(&lines[function.body.end..]))
}

/// Whether the body of a function is nothing but `stub`, with or without comments.
///
/// # Errors
/// If the function is not there exactly once.
pub fn is_blank(source: &str, name: &str, stub: &str) -> Result<bool, DeriveError> {
    let lines: Vec<&str> = source.lines().collect();
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let body = lines[find(&lines, name)?.body].iter().map(|line| line.trim()).filter(is_code);
    Ok(body.eq(stub.lines().map(str::trim).filter(is_code)))
}

/// Removes a function with its comments and attributes, and the blank line before them.
///
/// # Errors
/// If the function is not there exactly once.
pub fn remove(source: &str, name: &str) -> Result<String, DeriveError> {
    let lines: Vec<&str> = source.lines().collect();
    let function = find(&lines, name)?;
    let belongs_to_it =
        |line: &&&str| ["///", "#["].iter().any(|mark| line.trim().starts_with(mark));
    let above = lines[..function.first].iter().rev().take_while(belongs_to_it).count();
    let mut first = function.first - above;
    if first > 0 && lines[first - 1].is_empty() {
        first -= 1;
    }
    Ok(joined(&lines[..first]) + &joined(&lines[function.body.end + 1..]))
}

/// Breaks a text into lines that begin with `prefix`.
pub fn wrapped(text: &str, prefix: &str) -> String {
    let mut lines = vec![prefix.trim_end().to_owned()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{prefix}{word}")),
        }
    }
    joined(&lines)
}

/// Where a function is, in lines.
struct Function {
    /// The line that says its name.
    first: usize,
    /// Its body, without the braces.
    body: Range<usize>,
}

fn find(lines: &[&str], name: &str) -> Result<Function, DeriveError> {
    let names_it = |line: &&str| {
        let (before, after) = line.split_once(&format!("fn {name}")).unwrap_or((".", ""));
        let is_item =
            before.split_whitespace().all(|word| word.starts_with("pub") || word == "const");
        is_item && after.starts_with(['(', '<'])
    };
    let count = lines.iter().filter(|line| names_it(line)).count();
    let Some(first) = lines.iter().position(names_it).filter(|_| count == 1) else {
        return Err(DeriveError::NotOnce(name.to_owned(), count));
    };
    let no_body = || DeriveError::NoBody(name.to_owned());
    let end = format!("{}}}", " ".repeat(indentation(lines[first])));
    let length = lines[first..].iter().position(|line| *line == end).ok_or_else(no_body)?;
    let signature = lines[first..first + length].iter().position(|line| line.ends_with('{'));
    let start = first + signature.ok_or_else(no_body)? + 1;
    Ok(Function { first, body: start..first + length })
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn joined(lines: &[impl AsRef<str>]) -> String {
    lines.iter().map(|line| format!("{}\n", line.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
use std::io;

/// Doubles.
pub fn double(
    number: u32,
) -> u32 {
    number * 2
}

impl Thing {
    /// Helps.
    #[inline]
    fn help<T>(&self) -> bool {
        if self.is_here() {
            return true;
        }
        double(1) > 0
    }
}
";

    #[test]
    fn a_blanked_function_keeps_its_signature_and_its_comment() {
        let blanked = blank(SOURCE, "double", "Return twice the number.", "0").unwrap();
        let expected = SOURCE
            .replace("    number * 2\n", "    // Your turn: Return twice the number.\n    0\n");
        assert_eq!(blanked, expected);
        let blanked = blank(SOURCE, "help", &"long ".repeat(30), "let a = 1;\na > 0").unwrap();
        assert!(blanked.contains("        let a = 1;\n        a > 0\n    }\n}\n"), "{blanked}");
        assert!(blanked.lines().all(|line| line.len() <= WIDTH), "{blanked}");
        assert!(!blanked.contains("is_here") && blanked.contains("number * 2"), "{blanked}");
    }

    #[test]
    fn a_function_is_blank_until_something_else_stands_in_it() {
        let blanked = blank(SOURCE, "help", "Help.", "let a = 1;\na > 0").unwrap();
        let is_blank = |source: &str| is_blank(source, "help", "let a = 1;\na > 0").unwrap();
        assert!(is_blank(&blanked) && !is_blank(SOURCE));
        assert!(is_blank(&blanked.replace("// Your turn: Help.", "// I do not know how.\n")));
        assert!(!is_blank(&blanked.replace("let a", "let b = 2;\n        let a")));
    }

    #[test]
    fn a_removed_function_takes_its_comments_with_it() {
        let removed = remove(SOURCE, "double").unwrap();
        assert!(removed.starts_with("use std::io;\n\nimpl Thing {\n"), "{removed}");
        let removed = remove(SOURCE, "help").unwrap();
        assert!(removed.ends_with("}\n\nimpl Thing {\n}\n"), "{removed}");
    }

    #[test]
    fn a_function_must_be_there_once() {
        let twice = format!("{SOURCE}{SOURCE}");
        assert_eq!(blank(&twice, "help", "", ""), Err(DeriveError::NotOnce("help".to_owned(), 2)));
        assert_eq!(remove(SOURCE, "hel"), Err(DeriveError::NotOnce("hel".to_owned(), 0)));
        let short = "fn nothing() {}\n";
        assert_eq!(remove(short, "nothing"), Err(DeriveError::NoBody("nothing".to_owned())));
    }
}
