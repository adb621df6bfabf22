//! The questions of each lab, without a server: whether they are complete, and what the recordings of the kit say of them.

use std::collections::HashSet;
use std::fs;

use harness::misconceptions::Misconceptions;
use predict::question::Choice;
use predict::run;
use testkit::{anchors, root};

use crate::all;

#[test]
fn each_lab_asks_eight_questions_or_more_each_with_a_name_of_its_own() {
    for (lab, predictions) in all() {
        assert!(predictions.len() >= 8, "{}: {}", lab.short, predictions.len());
        let names: HashSet<_> = predictions.iter().map(|it| &it.question.name).collect();
        assert_eq!(names.len(), predictions.len(), "{}", lab.short);
    }
}

#[test]
fn each_question_can_be_read_about_in_the_sheet() {
    for (lab, predictions) in all() {
        let sheet = fs::read_to_string(root().join(lab.folder()).join("README.md")).unwrap();
        let anchors = anchors(&sheet);
        for prediction in predictions {
            let read = prediction.question.read.unwrap();
            assert!(anchors.contains(&read), "{} {}: {read}", lab.short, prediction.question.name);
        }
    }
}

#[test]
fn the_recordings_of_the_kit_give_each_key_and_each_other_choice_says_why_it_is_wrong() {
    let misconceptions = Misconceptions::read(&root()).unwrap();
    for (lab, predictions) in all() {
        for prediction in predictions {
            let name = format!("{} {}", lab.short, prediction.question.name);
            let run = run::of_the_kit(&root(), lab, &prediction.scenario).unwrap();
            let key = prediction.key(&run.recorded).unwrap_or_else(|| panic!("{name}: no key"));
            assert!(!key.evidence.is_empty(), "{name}");
            for line in key.evidence.iter().flat_map(|line| line.lines()) {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
            let values: HashSet<_> = prediction.question.choices.iter().map(|it| &it.is).collect();
            assert_eq!(values.len(), prediction.question.choices.len(), "{name}");
            for Choice { is, misconception, because, .. } in &prediction.question.choices {
                if *is == key.is {
                    assert_eq!((misconception, because), (&None, &None), "{name}: {is} is right");
                    continue;
                }
                let belief = misconception.as_ref().and_then(|belief| misconceptions.find(belief));
                assert!(belief.is_some(), "{name} {is}: no misconception {misconception:?}");
                let because = because.as_ref().unwrap_or_else(|| panic!("{name} {is}: why?"));
                assert!(because.ends_with('.'), "{name} {is}: {because}");
            }
        }
    }
}

#[test]
fn each_misconception_is_refuted_at_a_place_that_there_is() {
    let misconceptions = Misconceptions::read(&root()).unwrap().all;
    let names: HashSet<_> = misconceptions.iter().map(|it| &it.name).collect();
    assert_eq!(names.len(), misconceptions.len());
    for misconception in &misconceptions {
        let (file, anchor) = misconception.refuted_by.split_once('#').unwrap();
        let page = fs::read_to_string(root().join(file)).unwrap();
        let is_there = anchors(&page).contains(&format!("#{anchor}"));
        assert!(is_there, "{}: {}", misconception.name, misconception.refuted_by);
        assert!(misconception.says.ends_with('.'), "{}", misconception.name);
        let is_kebab = |it: char| it.is_ascii_lowercase() || it == '-';
        assert!(misconception.name.chars().all(is_kebab), "{}", misconception.name);
    }
}
