//! Says of an answer whether it is right, which lines of the run decide, and where to read more.

use std::io::{self, Write};

use colored::Colorize;
use harness::labs::Lab;
use harness::misconceptions::Misconceptions;
use harness::text::{COLUMNS, wrap};

use crate::ask::lettered;
use crate::predictions::Prediction;
use crate::question::{Choice, Key};

/// Writes what a run says of an answer.
pub(crate) fn mark(
    prediction: &Prediction,
    (chosen, key): (&Choice, &Key),
    (lab, misconceptions): (Lab, &Misconceptions),
    output: &mut impl Write,
) -> io::Result<()> {
    let letter = |is: &str| lettered(&prediction.question).find(|(_, choice)| choice.is == is);
    let said = letter(&chosen.is).map_or('?', |(letter, _)| letter);
    let title = format!("{}: your answer is {said}: {}", prediction.question.name, chosen.text);
    paragraph(&title, output)?;
    if chosen.is == key.is {
        writeln!(output, "{}", "Right.".green().bold())?;
    } else {
        let because = chosen.because.as_deref().unwrap_or("the run says otherwise.");
        let text = wrap(&format!("Wrong: {because}"), COLUMNS, "").join("\n");
        writeln!(output, "{}", text.replacen("Wrong:", &"Wrong:".red().bold().to_string(), 1))?;
        if let Some((right, choice)) = letter(&key.is) {
            paragraph(&format!("The run says {right}: {}", choice.text), output)?;
        }
    }
    writeln!(output)?;
    for line in &key.evidence {
        writeln!(output, "{line}")?;
    }
    writeln!(output)?;
    let believed = chosen.misconception.as_deref().filter(|_| chosen.is != key.is);
    if let Some(misconception) = believed.and_then(|name| misconceptions.find(name)) {
        paragraph(&format!("Not true: \"{}\"", misconception.says), output)?;
    }
    if let Some(anchor) = &prediction.question.read {
        writeln!(output, "Read: {}/README.md{anchor}", lab.folder())?;
    }
    Ok(())
}

/// Writes a text in lines that fit a terminal.
pub(crate) fn paragraph(text: &str, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "{}", wrap(text, COLUMNS, "").join("\n"))
}
