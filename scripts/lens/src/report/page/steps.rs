//! The steps of the labs that show what a figure shows.

/// A step of a lab.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The folder of the lab.
    lab: &'static str,
    /// The heading, as a link has it.
    anchor: &'static str,
    /// What stands in the link.
    pub(super) text: &'static str,
}

impl Step {
    /// From the folder of the page.
    pub(super) fn href(self) -> String {
        format!("../labs/{}/README.md#{}", self.lab, self.anchor)
    }
}

const fn step(lab: &'static str, anchor: &'static str, text: &'static str) -> Step {
    Step { lab, anchor, text }
}

const LAB1: &str = "lab1-blocking";
const LAB2: &str = "lab2-resp";
const LAB3: &str = "lab3-multiclient";
const TRACED: &str = "trace-the-system-calls";
const CAPTURED: &str = "capture-the-packets";
const TOOLS: &str = "watch-the-server-with-tools";
const TAKE: &str = "what-to-take-with-you";

pub(super) const TIMELINE: [Step; 2] = [
    step(LAB1, "be-the-second-client", "Be the second client: lab 1"),
    step(LAB3, "be-two-clients-at-once", "and lab 3"),
];
pub(super) const TABLE: [Step; 1] = [step(LAB1, TOOLS, "Measure it yourself: lab 1")];
pub(super) const LATENCY: [Step; 1] = [step(LAB3, "measure-the-server", "Measure it: lab 3")];
pub(super) const THROUGHPUT: [Step; 1] = [step(LAB1, "measure-the-server", "Measure it: lab 1")];
pub(super) const QUIET: [Step; 1] = [step(LAB3, "be-two-clients-at-once", "Try it: lab 3")];
pub(super) const CALLS: [Step; 1] = [step(LAB1, TRACED, "Trace them: lab 1")];
pub(super) const REQUEST: [Step; 1] = [step(LAB1, CAPTURED, "See the packets: lab 1")];
pub(super) const WALL: [Step; 1] = [step(LAB1, "count-the-cpu-time", "Draw it: lab 1")];
pub(super) const ON_CPU: [Step; 1] = [step(LAB3, "see-where-the-time-goes", "Draw it: lab 3")];
pub(super) const LESSONS: [Step; 2] =
    [step(LAB1, TAKE, "What to take with you from lab 1"), step(LAB2, TAKE, "and from lab 2")];
