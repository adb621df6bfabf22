//! What a student reads, and what is kept of the answers.

use std::fs;

use harness::labs::{LABS, Lab};
use harness::text::letters;
use predict::answers::Answers;
use predict::mine::choices::{Asked, LeftOut};
use predict::mine::{questions, talk};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{recorded, subject};

/// A student who answers as `choose` says: with the number of a choice, from 1.
fn student(
    lab: Lab,
    work: &TempDir,
    choose: impl Fn(&Asked) -> String,
    left: &[LeftOut],
) -> (Vec<Asked>, String) {
    let subject = subject(lab);
    let (asked, _) = questions(&recorded(lab), &subject.source);
    let said: Vec<String> = asked.iter().map(choose).collect();
    let mut answers = Answers::read(work.path()).unwrap();
    let mut out = Vec::new();
    let input = said.join("\n") + "\n";
    talk::ask((&subject, &asked, left), Some(&mut answers), input.as_bytes(), &mut out).unwrap();
    (asked, String::from_utf8(out).unwrap())
}

/// The number of the key, or of the `nth` wrong choice.
fn number(asked: &Asked, nth_wrong: Option<usize>) -> String {
    let all = (1..).zip(&asked.question.choices);
    let mut wrong = all.clone().filter(|(_, choice)| choice.is != asked.key.is);
    let (number, _) = match nth_wrong {
        Some(nth) => wrong.nth(nth).unwrap(),
        None => all.into_iter().find(|(_, choice)| choice.is == asked.key.is).unwrap(),
    };
    number.to_string()
}

fn kept(work: &TempDir) -> Value {
    serde_json::from_slice(&fs::read(work.path().join("answers.json")).unwrap()).unwrap()
}

#[test]
fn right_answers_are_right() {
    for lab in &LABS[..3] {
        let work = TempDir::new().unwrap();
        let (asked, text) = student(*lab, &work, |asked| number(asked, None), &[]);
        assert!(text.contains("\n5 of 5 answers were right.\n"), "{text}");
        assert!(!text.contains("Wrong.") && !text.contains("left out"), "{text}");
        for item in asked {
            let answer = &kept(&work)[lab.short][&item.question.name];
            assert_eq!((&answer["choice"], &answer["right"]), (&item.key.is.into(), &true.into()));
        }
    }
}

#[test]
fn each_wrong_answer_is_marked_wrong_with_the_lines_that_decide() {
    for (lab, nth) in LABS[..3].iter().flat_map(|lab| (0..3).map(move |nth| (*lab, nth))) {
        let work = TempDir::new().unwrap();
        let (asked, text) = student(lab, &work, |asked| number(asked, Some(nth)), &[]);
        assert!(text.contains("\n0 of 5 answers were right.\n"), "{text}");
        assert_eq!(text.matches("Wrong. It is ").count(), 5, "{text}");
        for item in asked {
            assert!(text.contains(&format!(": {}\n", item.key.is)), "{text}");
            assert!(item.key.evidence.iter().all(|line| text.contains(line)), "{text}");
            let answer = &kept(&work)[lab.short][&item.question.name];
            let choices = &item.question.choices;
            let choice = choices.iter().find(|choice| choice.is == answer["choice"]).unwrap();
            assert_eq!(answer["misconception"].as_str(), choice.misconception.as_deref());
            assert_eq!(answer["right"], false);
            assert_ne!(answer["choice"], item.key.is);
        }
    }
}

#[test]
fn every_line_fits_a_terminal() {
    for lab in &LABS[..3] {
        let work = TempDir::new().unwrap();
        let left = [LeftOut::OtherRun, LeftOut::NoLine, LeftOut::SeveralLines, LeftOut::FewLines];
        let (_, text) = student(*lab, &work, |asked| number(asked, Some(0)), &left);
        let said = "4 questions were left out: the line of a call is not known (1);";
        assert!(text.contains(said), "{text}");
        for line in text.lines() {
            // What follows the prompt is typed by the student, on the same line.
            let line = line.rsplit_once("without one): ").map_or(line, |(_, rest)| rest);
            assert!(letters(line) <= 80, "{line}");
        }
    }
}

#[test]
fn the_first_answer_counts_and_those_to_other_questions_stay() {
    let work = TempDir::new().unwrap();
    let others = r#"{"lab1": {"predicted": {"choice": "x", "right": null, "new": 1}}}"#;
    fs::write(work.path().join("answers.json"), others).unwrap();
    student(LABS[0], &work, |asked| number(asked, Some(0)), &[]);
    let before = kept(&work);
    assert_eq!(before["lab1"]["predicted"], json!({"choice": "x", "right": null, "new": 1}));
    assert_eq!(before["lab1"].as_object().unwrap().len(), 6);
    let (_, text) = student(LABS[0], &work, |asked| number(asked, None), &[]);
    assert!(text.contains("5 of these questions you had answered before"), "{text}");
    assert_eq!(kept(&work), before);
}

#[test]
fn answers_that_cannot_be_read_are_not_replaced() {
    let work = TempDir::new().unwrap();
    fs::write(work.path().join("answers.json"), "{ cut").unwrap();
    let error = Answers::read(work.path()).unwrap_err().to_string();
    assert!(error.contains("answers.json holds no answers"), "{error}");
}

#[test]
fn what_is_no_choice_is_asked_again_and_nothing_is_no_answer() {
    let work = TempDir::new().unwrap();
    let choose = |asked: &Asked| match asked.question.name.as_str() {
        "own-waited" => format!("0\n5\nfour\n\u{1b}[2J\n {} ", number(asked, None)),
        _ => String::new(),
    };
    let (_, text) = student(LABS[0], &work, choose, &[]);
    assert!(text.contains("\n1 of 1 answers were right.\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(kept(&work)["lab1"].as_object().unwrap().len(), 1);
}
