//! A class as a table for a spreadsheet: one line for each student and lab.

use csv::{QuoteStyle, WriterBuilder};

use super::{Class, LabResults, Row, kit};
use crate::results::{StepVerdict, Verdict, word};

/// The columns that all labs have.
const COMMON: [&str; 9] = [
    "student",
    "lab",
    "kit",
    "verdict",
    "points",
    "of",
    "predictions right",
    "predictions wrong",
    "misconceptions",
];

/// The table as CSV. Each text is in quotes, and none of them is a formula for a spreadsheet.
///
/// # Errors
/// If there is no memory for it.
pub fn csv(class: &Class) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(Vec::new());
    let names = |lab: &LabResults| {
        let title = |name: &String| format!("{} {name}", lab.lab);
        lab.columns.iter().map(|column| title(&column.name)).collect::<Vec<_>>()
    };
    let steps: Vec<Vec<String>> = class.labs.iter().map(names).collect();
    let head = COMMON.map(str::to_owned).into_iter().chain(steps.iter().flatten().cloned());
    writer.write_record(head.map(harmless))?;
    for (number, lab) in class.labs.iter().enumerate() {
        for row in &lab.rows {
            let mut cells = common(lab, row);
            for (other, steps) in steps.iter().enumerate() {
                if other == number {
                    cells.extend(row.marks.iter().map(|mark| mark.map_or("", word).to_owned()));
                } else {
                    cells.extend(steps.iter().map(|_| String::new()));
                }
            }
            writer.write_record(cells)?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn common(lab: &LabResults, row: &Row) -> Vec<String> {
    let result = &row.result;
    let predictions = result.predictions.as_ref();
    let count = |count: Option<usize>| count.map_or_else(String::new, |count| count.to_string());
    vec![
        harmless(row.student.clone()),
        harmless(lab.lab.clone()),
        harmless(kit(result)),
        of_lab(result.verdict).to_owned(),
        result.points.to_string(),
        result.of.to_string(),
        count(predictions.map(|it| it.right)),
        count(predictions.map(|it| it.wrong)),
        harmless(misconceptions(row).join(" ")),
    ]
}

/// What this student believes, each once.
fn misconceptions(row: &Row) -> Vec<&str> {
    let failed = row.result.steps.iter().filter(|step| step.verdict == StepVerdict::Failed);
    let by_step = failed.filter_map(|step| step.misconception.as_deref());
    let asked = row.result.predictions.iter().flat_map(|it| &it.misconceptions);
    let mut all: Vec<&str> = by_step.chain(asked.map(String::as_str)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What came of a lab, in a word.
fn of_lab(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Unknown => "unknown",
    }
}

/// A spreadsheet takes a text that begins with one of these for a formula, and may run it. An apostrophe before it makes it a
/// text: <https://owasp.org/www-community/attacks/CSV_Injection>.
fn harmless(text: String) -> String {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let is_formula = begins(text.trim_start()) || text.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text }
}
