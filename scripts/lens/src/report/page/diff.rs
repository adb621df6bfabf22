//! The lesson diffs: the lines that make the difference.

use maud::{Markup, html};

use super::parts::{absent, notice, part};
use super::steps;
use crate::report::model::Lesson;
use crate::text::list;

/// The changes of one file.
struct Changed<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

pub(super) fn section(lessons: &[Lesson]) -> Markup {
    let diffs = html! {
        @if lessons.is_empty() {
            (absent("The stages were not compared line by line."))
        } @else {
            (notice(&told(lessons), &steps::LESSONS))
            @for lesson in lessons { (one(lesson)) }
        }
    };
    part("lessons", "The lines that make the difference", &diffs)
}

/// How much it takes from stage to stage.
fn told(lessons: &[Lesson]) -> String {
    let told = |Lesson { from, to, diff, .. }: &Lesson| {
        let files = files(diff);
        let sum = |sign| files.iter().map(|file| count(file, sign)).sum::<usize>();
        let names: Vec<String> = files.iter().map(|file| file.name.to_owned()).collect();
        let (come, go, names) = (sum('+'), sum('-'), list(&names));
        format!("From {from} to {to}, {come} lines come and {go} go, in {names}.")
    };
    lessons.iter().map(told).collect::<Vec<_>>().join(" ")
}

fn one(lesson: &Lesson) -> Markup {
    let files = files(&lesson.diff);
    html! {
        h3 { (lesson.from) " → " (lesson.to) ": " (lesson.about) }
        @if files.is_empty() { (absent("The two do not differ, or the diff could not be made.")) }
        @for file in &files {
            details class="diff" open {
                summary {
                    code { (file.name) }
                    " " span class="note" { (count(file, '+')) " lines come, " (count(file, '-')) " go" }
                }
                pre tabindex="0" role="region" aria-label={ "Changes of " (file.name) } {
                    @for line in &file.lines { span class=(look(line)) { (line) "\n" } }
                }
            }
        }
    }
}

fn count(file: &Changed, sign: char) -> usize {
    file.lines.iter().filter(|line| line.starts_with(sign)).count()
}

fn look(line: &str) -> &'static str {
    match line.as_bytes().first() {
        Some(b'+') => "add",
        Some(b'-') => "del",
        Some(b'@') => "hunk",
        _ => "same",
    }
}

/// A unified diff, as git or as diff writes it, by file. Lines above the first hunk say which file it is.
fn files(diff: &str) -> Vec<Changed<'_>> {
    let mut files: Vec<Changed<'_>> = Vec::new();
    let mut is_in_hunk = false;
    for line in diff.lines() {
        if line.starts_with("diff ") {
            is_in_hunk = false;
        } else if let Some(path) = line.strip_prefix("+++ ").filter(|_| !is_in_hunk) {
            let path = path.split('\t').next().unwrap_or(path);
            let name = path.split_once("/src/").map_or(path, |(_, name)| name);
            files.push(Changed { name, lines: Vec::new() });
        } else if is_in_hunk || line.starts_with("@@") {
            is_in_hunk = true;
            if let Some(file) = files.last_mut() {
                file.lines.push(line);
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_look_like_headers_are_lines_of_the_file_they_stand_in() {
        let diff = "diff --git a/x/src/a.rs b/y/src/a.rs\nindex 1..2\n--- a/x/src/a.rs\n+++ b/y/src/a.rs\n\
            @@ -1,2 +1,2 @@\n--- a comment\n+++ another\n same\n\
            diff --git a/n b/y/src/b/c.rs\n--- /dev/null\n+++ b/y/src/b/c.rs\n@@ -0,0 +1 @@\n+new\n";
        let files: Vec<(&str, usize, usize)> = files(diff)
            .iter()
            .map(|file| (file.name, count(file, '+'), count(file, '-')))
            .collect();
        assert_eq!(files, [("a.rs", 1, 1), ("b/c.rs", 1, 0)]);
    }
}
