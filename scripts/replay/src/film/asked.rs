//! The questions of the film: those of the lab about this scenario, where a film can stop before the run has told. The key is
//! the recording.

use std::path::Path;

use harness::labs;
use harness::misconceptions::Misconceptions;
use lens::view::Recorded;
use predict::measure::What;
use predict::predictions::{self, Prediction};

use super::{Choice, Effect, Moment, Question, Side};

/// The questions, in the order in which the film asks them.
///
/// # Errors
/// If the files of the kit are not as they should be; says why. A server that is no lab has no questions.
pub(super) fn questions(
    recorded: &Recorded,
    kit: &Path,
    moments: &[Moment],
) -> Result<Vec<Question>, String> {
    let Ok(lab) = labs::find(&recorded.meta.lab) else { return Ok(Vec::new()) };
    let all = predictions::read(kit, lab).map_err(|error| error.to_string())?;
    let beliefs = Misconceptions::read(kit).map_err(|error| error.to_string())?;
    let sheet = format!("{}/README.md", lab.of_the_kit().folder());
    let own = all.iter().filter(|prediction| prediction.scenario == recorded.meta.scenario);
    let ask = |prediction: &Prediction| {
        let at = stop(prediction.stop.as_ref()?, moments)?;
        let key = prediction.key(recorded)?;
        let asked = &prediction.question;
        let choice = |choice: &predict::question::Choice| Choice {
            is: choice.is.clone(),
            text: choice.text.clone(),
            right: choice.is == key.is,
            misconception: choice.misconception.clone(),
            says: choice
                .misconception
                .as_ref()
                .and_then(|name| Some(beliefs.find(name)?.says.clone())),
            because: choice.because.clone(),
        };
        Some(Question {
            name: asked.name.clone(),
            at,
            text: asked.text.clone(),
            choices: asked.choices.iter().map(choice).collect(),
            read: sheet.clone() + asked.read.as_deref().unwrap_or_default(),
        })
    };
    let mut questions: Vec<Question> = own.filter_map(ask).collect();
    questions.sort_by_key(|question| question.at);
    Ok(questions)
}

/// The time of the film's moment at which this happens.
fn stop(stop: &predict::measure::Moment, moments: &[Moment]) -> Option<i64> {
    let client = &stop.client;
    let is_it = |effect: &&Effect| match (stop.did, effect) {
        (What::Connects | What::IsConnected, Effect::Queued { client: it })
        | (What::Sends, Effect::Screen { client: it, typed: true, .. })
        | (What::HasAnswer, Effect::Screen { client: it, typed: false, .. })
        | (What::Leaves, Effect::Gone { client: it, by: Side::Client })
        | (What::IsAccepted, Effect::Accepted { client: it })
        | (What::IsRead, Effect::Read { client: it, .. })
        | (What::IsAnswered, Effect::Written { client: it, .. })
        | (What::IsClosed, Effect::Gone { client: it, by: Side::Server }) => it == client,
        _ => false,
    };
    let times =
        moments.iter().flat_map(|moment| moment.does.iter().filter(is_it).map(|_| moment.at));
    times.collect::<Vec<i64>>().get(stop.nth.checked_sub(1)?).copied()
}
