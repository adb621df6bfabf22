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

const LAB1: &str = "lab1-blocking";
const LAB2: &str = "lab2-resp";
const LAB3: &str = "lab3-multiclient";

pub(super) const TIMELINE: [Step; 2] = [
    Step {
        lab: LAB1,
        anchor: "4-be-the-second-client",
        text: "Be the second client: lab 1, step 4",
    },
    Step { lab: LAB3, anchor: "1-two-clients-at-once", text: "and lab 3, step 1" },
];
pub(super) const TABLE: [Step; 1] = [Step {
    lab: LAB1,
    anchor: "9-see-it-with-the-tools-of-the-trade",
    text: "Measure it yourself: lab 1, step 9",
}];
pub(super) const LATENCY: [Step; 1] =
    [Step { lab: LAB3, anchor: "6-measure-it", text: "Measure it: lab 3, step 6" }];
pub(super) const THROUGHPUT: [Step; 1] =
    [Step { lab: LAB1, anchor: "7-measure-it", text: "Measure it: lab 1, step 7" }];
pub(super) const QUIET: [Step; 1] =
    [Step { lab: LAB3, anchor: "1-two-clients-at-once", text: "Try it: lab 3, step 1" }];
pub(super) const CALLS: [Step; 1] = [Step {
    lab: LAB1,
    anchor: "the-system-calls-who-waits-and-where",
    text: "Trace them: lab 1, step 9",
}];
pub(super) const REQUEST: [Step; 1] = [Step {
    lab: LAB1,
    anchor: "the-packets-who-answered-bs-handshake",
    text: "See the packets: lab 1, step 9",
}];
pub(super) const WALL: [Step; 1] =
    [Step { lab: LAB1, anchor: "is-a-server-that-waits-busy", text: "Draw it: lab 1, step 9" }];
pub(super) const ON_CPU: [Step; 1] =
    [Step { lab: LAB3, anchor: "where-the-time-goes", text: "Draw it: lab 3, step 8" }];
pub(super) const LESSONS: [Step; 2] = [
    Step { lab: LAB1, anchor: "what-to-take-with-you", text: "What to take with you from lab 1" },
    Step { lab: LAB2, anchor: "what-to-take-with-you", text: "and from lab 2" },
];
