//! Keys of runs that are played now.

use std::collections::BTreeSet;

use predict::run;
use testkit::root;

use crate::all;

/// A busy machine may be late, and then a run shows something else. It must show the same sooner or later.
const TRIES: usize = 8;

#[test]
#[ignore = "needs strace"]
fn each_key_of_a_fresh_run_is_that_of_the_recording() {
    for (lab, predictions) in all() {
        let scenarios: BTreeSet<&str> = predictions.iter().map(|it| it.scenario.as_str()).collect();
        for scenario in scenarios {
            let recording = run::of_the_kit(&root(), lab, scenario).unwrap();
            let mut open: Vec<_> =
                predictions.iter().filter(|it| it.scenario == scenario).collect();
            let mut seen = Vec::new();
            for _ in 0..TRIES {
                let fresh = run::play(lab, scenario).unwrap();
                // Without rights, no packets are captured.
                let has_packets = !fresh.recorded.meta.packets.starts_with("none");
                open.retain(|prediction| {
                    let recorded = prediction.key(&recording.recorded).unwrap();
                    match prediction.key(&fresh.recorded) {
                        Some(key) if key.is == recorded.is => false,
                        None if !has_packets && prediction.question.name.contains("packets") => {
                            false
                        }
                        key => {
                            seen.push((prediction.question.name.clone(), key, recorded.is));
                            true
                        }
                    }
                });
                if open.is_empty() {
                    break;
                }
            }
            assert!(open.is_empty(), "{} {scenario}: {seen:#?}", lab.short);
        }
    }
}
