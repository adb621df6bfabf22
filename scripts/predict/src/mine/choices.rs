//! A question: the line that made the calls, and three other lines that someone could take for it.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::Duration;

use codec::printable::one_line;
use harness::text::{COLUMNS, cut, letters};
use lens::view::{Did, ServerCall};
use trace::duration::Human;
use trace::strace::Class;

use crate::question::{Choice, Key, Question};

use super::measure::Found;
use super::source::{Line, Source};

mod statements;

use statements::Statements;

/// So many wrong lines are offered.
const WRONG: usize = 3;
/// So many letters of a quoted call fit beside its time.
const WIDTH: usize = COLUMNS - 13;
/// So many calls are quoted.
const QUOTED: usize = 2;
/// So many times of calls are listed.
const LISTED: usize = 3;

/// A question whose key is sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is asked, and what can be answered.
    pub question: Question,
    /// The right answer, and the calls that decide.
    pub key: Key,
    /// What there is to learn.
    pub why: String,
    /// The scenario of the run.
    pub scenario: String,
}

/// Why a question was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The recording does not say from which line a call was made.
    NoLine,
    /// Several lines made the calls.
    SeveralLines,
    /// What the question is about did not happen.
    OtherRun,
    /// There are not enough other lines.
    FewLines,
}

impl Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLine => "the line of a call is not known",
            Self::SeveralLines => "several of your lines made the calls",
            Self::OtherRun => "your server did not do what the question is about",
            Self::FewLines => "your source has too few other lines to choose from",
        })
    }
}

/// Makes the question about these calls.
///
/// # Errors
/// Why there is none.
pub fn ask(found: &Found<'_>, source: &Source) -> Result<Asked, LeftOut> {
    let right = line_of_all(&found.calls, source)?;
    let wrong = wrong_lines(found, &right, source);
    if wrong.len() < WRONG {
        return Err(LeftOut::FewLines);
    }
    let choice = |line: &Line| Choice {
        is: source.name(line),
        text: source.text(line),
        misconception: None,
        because: None,
    };
    let wrong = wrong.iter().map(|(line, calls)| {
        let misconception = belief(found, calls).map(str::to_owned);
        let because = Some(because(calls, found.run.start_us()));
        (line, Choice { misconception, because, ..choice(line) })
    });
    let mut choices: Vec<(&Line, Choice)> = wrong.chain([(&right, choice(&right))]).collect();
    // In the order of the source: the place of a line tells nothing.
    choices.sort_by_key(|(line, _)| *line);
    let name = source.name(&right);
    let mut evidence = evidence(found, &name);
    if found.calls.len() > QUOTED {
        evidence
            .push(format!("… and {} more calls, from the same line", found.calls.len() - QUOTED));
    }
    Ok(Asked {
        question: Question {
            name: found.name.to_owned(),
            text: found.text.clone(),
            choices: choices.into_iter().map(|(_, choice)| choice).collect(),
            read: Some(found.read.to_owned()),
        },
        key: Key { is: name, evidence },
        why: found.why.clone(),
        scenario: found.run.0.meta.scenario.clone(),
    })
}

/// What clients noted and the calls that decide, in the order of time.
fn evidence(found: &Found<'_>, line: &str) -> Vec<String> {
    let start_us = found.run.start_us();
    let noted = |(at_us, what): &(u64, String)| {
        (*at_us, vec![format!("{}  {what}", time(*at_us, start_us))])
    };
    let quoted = |call: &&ServerCall| (call.start_us, quote(call, start_us, line).to_vec());
    let calls = found.calls.iter().take(QUOTED).map(quoted);
    let mut all: Vec<(u64, Vec<String>)> = found.noted.iter().map(noted).chain(calls).collect();
    all.sort();
    all.into_iter().flat_map(|(_, lines)| lines).collect()
}

/// The line from which all calls were made.
fn line_of_all(calls: &[&ServerCall], source: &Source) -> Result<Line, LeftOut> {
    let mut lines = calls.iter().map(|call| source.line(call).ok_or(LeftOut::NoLine));
    let first = lines.next().ok_or(LeftOut::OtherRun)??;
    for line in lines {
        if line? != first {
            return Err(LeftOut::SeveralLines);
        }
    }
    Ok(first)
}

/// The misconception of someone who takes a line for the right one that made these calls.
fn belief(found: &Found<'_>, calls: &[&ServerCall]) -> Option<&'static str> {
    let class = calls.first().map_or(Class::Other, |call| Class::of(&call.name));
    found.beliefs.iter().find(|(of, _)| *of == class).map(|(_, name)| *name)
}

/// Wrong lines, and the calls of the run that they made: lines that made other calls of the run, and lines near the right one. No line
/// that leads to the right one is among them, and none of the same statement: somebody could mean the same by it.
fn wrong_lines<'a>(
    found: &Found<'a>,
    right: &Line,
    source: &Source,
) -> Vec<(Line, Vec<&'a ServerCall>)> {
    let mut excluded: Vec<Line> = found.calls.iter().flat_map(|call| source.path(call)).collect();
    excluded.extend(Statements::of(source, &right.file).with(right));
    let mut made: BTreeMap<Line, Vec<&'a ServerCall>> = BTreeMap::new();
    for call in &found.run.0.calls {
        if let Some(line) = source.line(call) {
            made.entry(line).or_default().push(call);
        }
    }
    let serves =
        |line: &Line| made.get(line).is_some_and(|calls| calls.iter().any(|it| serves(it)));
    let near = statements::near(source, right);
    let with = |word: &&str| near.iter().find(|line| source.text(line).contains(word)).cloned();
    let lures: Vec<Line> = found.lures.iter().filter_map(with).collect();
    let (serving, starting): (Vec<Line>, Vec<Line>) = made.keys().cloned().partition(serves);
    // One line that makes no call is always among them, where there is one: to tell them apart is what is asked.
    let first_lure = lures.first().cloned();
    let ranked = first_lure.into_iter().chain(serving).chain(lures).chain(starting).chain(near);
    let mut wrong: Vec<(Line, Vec<&ServerCall>)> = Vec::new();
    for line in ranked {
        let is_new = !excluded.contains(&line) && wrong.iter().all(|(other, _)| *other != line);
        if is_new && wrong.len() < WRONG {
            let calls = made.get(&line).cloned().unwrap_or_default();
            wrong.push((line, calls));
        }
    }
    wrong
}

/// Whether a call serves clients, and does not only prepare for that.
fn serves(call: &ServerCall) -> bool {
    let is_talk = matches!(call.did, Did::Accepted | Did::Read(_) | Did::Sent(_) | Did::Left);
    is_talk || call.is_asleep()
}

/// Why a line is wrong that made these calls of the run: when it made them, and what the first of them was for.
fn because(calls: &[&ServerCall], start_us: u64) -> String {
    let Some(first) = calls.first() else {
        return "made no call about a socket itself".to_owned();
    };
    let mut names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let times = calls.iter().take(LISTED).map(|call| time(call.start_us, start_us));
    let mut times: Vec<String> = times.map(|time| time.trim().to_owned()).collect();
    if calls.len() > LISTED {
        times.push("later".to_owned());
    }
    let (last, before) = times.split_last().map_or(("", &[][..]), |(last, rest)| (last, rest));
    let and = if before.is_empty() { "" } else { " and " };
    let when = format!("{}{and}{last}", before.join(", "));
    format!("called {} at {when}. The first: {}", names.join(" and "), one_line(&first.says))
}

/// A time, counted from the first client.
fn time(at_us: u64, start_us: u64) -> String {
    let since = Duration::from_micros(at_us.saturating_sub(start_us));
    format!("{:7.3} s", since.as_secs_f64())
}

/// A call as the trace has it, its line, and what it did.
fn quote(call: &ServerCall, start_us: u64, line: &str) -> [String; 3] {
    let took = Human(Duration::from_micros(call.took_us));
    let asleep = if call.is_asleep() { " asleep" } else { "" };
    let shown = one_line(&without_addresses(&call.shown));
    // What came of the call stands at its end, and must be seen.
    let (args, outcome) = shown.rsplit_once(" = ").unwrap_or((&shown, "?"));
    let room = WIDTH.saturating_sub(letters(outcome) + 3);
    [
        format!("{}  {} = {outcome}", time(call.start_us, start_us), cut(args, room)),
        format!("{:11}{}", "", cut(&one_line(&call.says), WIDTH)),
        format!("{:11}{line}, {took}{asleep}", ""),
    ]
}

/// A call without what strace adds to each descriptor: `5<TCP:[127.0.0.1:6379->127.0.0.1:40000]>`.
fn without_addresses(shown: &str) -> String {
    let (mut rest, mut text) = (shown, String::new());
    while let Some((before, after)) = rest.split_once('<') {
        let is_descriptor = before.ends_with(|letter: char| letter.is_ascii_digit());
        match after.split_once("]>") {
            Some((_, after)) if is_descriptor => {
                text += before;
                rest = after;
            }
            _ => break,
        }
    }
    text + rest
}
