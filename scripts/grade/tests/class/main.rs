//! `scripts/check.sh class`: forty results, of which the truth is known.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod in_chromium;
mod made_up;

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use grade::class::{Catalog, Class, Names, csv, page};
use grade::own::Kit;
use made_up::{NAMES, Place, REFUSED, fails, result};

/// The lines of a table, each by the names of its columns.
fn rows(table: &str) -> Vec<HashMap<String, String>> {
    ::csv::Reader::from_reader(table.as_bytes()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_class_of_forty_is_counted_right() {
    let place = Place::with_results();
    let begun = Instant::now();
    let output = place.class(&[]);
    println!("forty results took {:?}", begun.elapsed());
    assert!(output.status.success(), "{output:?}");
    let rows = rows(&place.read("results/class.csv"));
    let named: BTreeSet<&str> = rows.iter().map(|row| row["student"].as_str()).collect();
    assert_eq!(named, BTreeSet::from(NAMES));
    for row in &rows {
        let student = NAMES.iter().position(|name| *name == row["student"]).unwrap();
        let expected = result(student);
        assert_eq!(row["points"], expected.points.to_string(), "{row:?}");
        let word = |fails| if fails { "failed" } else { "passed" };
        assert_eq!(row["lab2 pieces"], word(fails(student, "pieces")), "{row:?}");
        assert_eq!(row["lab2 values"], word(fails(student, "values")), "{row:?}");
        assert_eq!(row["lab2 pipeline"] == "not tried", fails(student, "pieces"), "{row:?}");
        assert_eq!(row["lab2 one-client"] == "unknown", student == 1, "{row:?}");
    }
    let page = place.read("results/class.html");
    assert!(page.contains("<h1>lab2: 40 students</h1>"), "{page}");
    // Those who fail neither step; the last step of student 1 is not known.
    let all = (2..40).filter(|it| !fails(*it, "pieces") && !fails(*it, "values")).count();
    assert!(page.contains(&format!("{all} of 40 passed all steps")), "{page}");
    assert!(page.contains("1 result could not be judged whole"), "{page}");
    assert!(page.contains("version 0.1.0 (012345678) of the kit"), "{page}");
}

#[test]
fn misconceptions_are_counted_by_student_and_refuted_by_what_the_kit_has() {
    let place = Place::with_results();
    let results = (0..40).map(|student| (String::new(), result(student))).collect();
    let class = Class::new(results, Names::On, &Catalog::read(&Kit::new(place.path(""))));
    let found: Vec<_> = class.held.iter().map(|it| (it.name.as_str(), it.students)).collect();
    // Of the four who also answer so, students 1 and 3 do not fail the step.
    let expected = [
        ("one-read-one-request", 22),
        ("second-client-is-refused", REFUSED),
        ("counts-characters", 8),
    ];
    assert_eq!(found, expected);
    let [read, refused, unknown] = &class.held[..] else { panic!("{:?}", class.held) };
    assert_eq!(read.says.as_deref(), Some("Each call of read returns one whole request."));
    assert_eq!(read.steps, [("lab2".to_owned(), "pieces".to_owned())]);
    assert_eq!(read.by_prediction, 4);
    assert_eq!(read.refuted.commands, ["scripts/check.sh lab2 --step pieces"]);
    let heading = "labs/lab2-resp/README.md#wait-for-the-rest-of-a-request";
    assert_eq!(read.refuted.read, [heading]);
    assert_eq!(refused.refuted.commands, ["scripts/check.sh predict lab1 second-client"]);
    assert_eq!(refused.refuted.read, ["labs/lab1-blocking/README.md#two-clients"]);
    // One that the kit does not know is shown by its name.
    assert_eq!(unknown.says, None);
    let hard: Vec<_> = class.labs[0].columns.iter().filter(|step| step.failed > 0).collect();
    let hard: Vec<_> = hard.iter().map(|step| (step.name.as_str(), step.failed)).collect();
    assert_eq!(hard, [("values", 8), ("pieces", 20)]);
    let page = page(&class);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
    assert!(place("Each call of read") < place("refuses the second one"));
    assert!(place("refuses the second one") < place("<code>counts-characters</code>"));
    assert!(place("A request may arrive in pieces") < place("with its length in bytes"));
    // Names are texts, and no HTML.
    assert!(page.contains("O'Brien &lt;b&gt;&amp; Sons&lt;/b&gt;") && !page.contains("<b>"));
}

#[test]
fn without_names_nothing_tells_who_a_student_is() {
    let place = Place::with_results();
    let output = place.class(&["--names", "off"]);
    assert!(output.status.success(), "{output:?}");
    for file in ["results/class.html", "results/class.csv"] {
        let text = place.read(file);
        for (student, name) in NAMES.iter().enumerate() {
            for part in name.split(' ').filter(|part| part.len() > 2) {
                assert!(!text.contains(part), "{part} is in {file}");
            }
            assert!(!text.contains(&format!("login{student}")), "a login is in {file}");
        }
        assert!(!text.contains("/home") && !text.contains(place.path("").to_str().unwrap()));
    }
    let rows = rows(&place.read("results/class.csv"));
    let numbers: Vec<_> = rows.iter().map(|row| row["student"].clone()).collect();
    assert_eq!(numbers, (1..=40).map(|number| number.to_string()).collect::<Vec<_>>());
    let points: Vec<f64> = rows.iter().map(|row| row["points"].parse().unwrap()).collect();
    assert!(points.is_sorted_by(|a, b| a >= b), "{points:?}");
}

/// The results come in the order of names. The numbers of those with as many points must not.
#[test]
fn numbers_do_not_follow_the_order_of_names() {
    let order = |seed| {
        let results = (0..40).map(|student| {
            // The predictions tell us who it is.
            let mut result = result(1);
            result.student = Some(NAMES[student].to_owned());
            result.predictions.as_mut().unwrap().right = student;
            (String::new(), result)
        });
        let names = Names::Off(fastrand::Rng::with_seed(seed));
        let class = Class::new(results.collect(), names, &Catalog::default());
        let right = |row: &grade::class::Row| row.result.predictions.as_ref().unwrap().right;
        class.labs[0].rows.iter().map(right).collect::<Vec<_>>()
    };
    assert!(!order(1).is_sorted());
    assert_ne!(order(1), order(2));
}

#[test]
fn a_student_has_one_number_in_all_labs_and_each_lab_a_table() {
    let mut results = Vec::new();
    for student in 0..40 {
        let mut other = result(student);
        other.lab = "lab1".to_owned();
        other.steps.truncate(student.min(3) + 1);
        results.extend([(String::new(), result(student)), (String::new(), other)]);
    }
    let names = Names::Off(fastrand::Rng::with_seed(1));
    let class = Class::new(results, names, &Catalog::default());
    assert_eq!(class.students, 40);
    let labs: Vec<_> = class.labs.iter().map(|lab| (lab.lab.as_str(), lab.rows.len())).collect();
    assert_eq!(labs, [("lab1", 40), ("lab2", 40)]);
    let of = |lab: usize| {
        let pair = |row: &grade::class::Row| (row.student.clone(), row.result.student.clone());
        class.labs[lab].rows.iter().map(pair).collect::<Vec<_>>()
    };
    assert_eq!(of(0), of(1));
    // The results of one lab say nothing about the steps of another.
    let rows = rows(&String::from_utf8(csv(&class).unwrap()).unwrap());
    assert_eq!(rows.len(), 80);
    assert_eq!((rows[0]["lab2 pieces"].as_str(), rows[79]["lab1 pieces"].as_str()), ("", ""));
    assert!(page(&class).contains("<h1>lab1 and lab2: 40 students</h1>"));
}

#[test]
fn two_students_of_one_name_stay_two() {
    let same = |file: &str| (file.to_owned(), result(3));
    let class = Class::new(vec![same("a"), same("b")], Names::On, &Catalog::default());
    let named: Vec<_> = class.labs[0].rows.iter().map(|row| row.student.as_str()).collect();
    assert_eq!(named, ["Dmitri Ivanchuk (a)", "Dmitri Ivanchuk (b)"]);
    // Without a name, there is the name of the file.
    let mut nameless = result(3);
    nameless.student = None;
    let class = Class::new(vec![("lab2-x".to_owned(), nameless)], Names::On, &Catalog::default());
    assert_eq!(class.labs[0].rows[0].student, "lab2-x");
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    for name in ["=1+1", "+1", "-1", "@SUM(1)", " =1+1", "\t=1", "\r=1", "＝1"] {
        let mut result = result(0);
        result.student = Some(name.to_owned());
        result.steps[3].misconception = Some("=2".to_owned());
        result.predictions = None;
        let class = Class::new(vec![(String::new(), result)], Names::On, &Catalog::default());
        let table = String::from_utf8(csv(&class).unwrap()).unwrap();
        assert_eq!(rows(&table)[0]["student"], format!("'{name}"));
        assert!(rows(&table)[0]["misconceptions"].starts_with("'=2"), "{table}");
    }
    let mut quoted = result(0);
    quoted.student = Some("a \"b\";=c,\nd".to_owned());
    let class = Class::new(vec![(String::new(), quoted)], Names::On, &Catalog::default());
    let table = String::from_utf8(csv(&class).unwrap()).unwrap();
    assert!(table.contains("\n\"a \"\"b\"\";=c,\nd\","), "{table}");
    assert_eq!(rows(&table)[0]["student"], "a \"b\";=c,\nd");
}

#[test]
fn a_file_that_is_no_result_is_named_and_the_others_are_used() {
    let place = Place::with_results();
    place.write("results/broken.json", "{ \"kit\": ");
    let mut other = result(0);
    other.lab = "lab9".to_owned();
    place.write("results/lab9.json", &serde_json::to_string(&other).unwrap());
    let output = place.class(&["--out", place.path("seen/here").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("broken.json: this is no result of a check (EOF"), "{said}");
    assert!(said.contains("lab9.json: there is no lab 'lab9'"), "{said}");
    assert_eq!(rows(&place.read("seen/here/class.csv")).len(), 40);
    let none = Place::new();
    none.write("results/broken.json", "");
    let output = none.class(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!none.path("results/class.html").exists());
}
