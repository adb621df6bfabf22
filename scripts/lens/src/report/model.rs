//! What a comparison has found. The table in the terminal, the page, `compare.json` and `compare.md` show
//! this and nothing else.

use std::path::PathBuf;

use serde::Serialize;

use crate::measure::Machine;
use crate::view::request::Request;
use crate::view::timeline::Timeline;

/// Several servers, measured in the same way and in one run.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// When, as `2026-11-21T08:00:00Z`.
    pub date: String,
    /// Where it was made; `None` if it is made from recordings alone.
    pub machine: Option<Machine>,
    /// From left to right.
    pub stages: Vec<Stage>,
    /// The table, from top to bottom.
    pub rows: Vec<Row>,
    /// What changes from one stage to the next.
    pub lessons: Vec<Lesson>,
    /// What could not be had.
    pub missing: Vec<Missing>,
}

/// One server.
#[derive(Debug, Serialize)]
pub struct Stage {
    /// The package of a lab, `redis-server`, or the address of another.
    pub name: String,
    /// The same for the head of a column: `lab1`, `redis`, `with`.
    pub short: String,
    /// What it is, in a few words: `one client at a time, plain lines`.
    pub about: String,
    /// The text of the lab, below the top folder of the kit.
    pub readme: Option<PathBuf>,
    /// Two clients on one time axis.
    pub timeline: Option<Timeline>,
    /// The stage that has the same timeline and the same way of a request, if this one has none for that
    /// reason.
    pub same_as: Option<String>,
    /// The life of one request: that of client B.
    pub request: Option<Request>,
    /// How it did under loads, the fewest clients first.
    pub loads: Vec<Loaded>,
    /// The latencies of a client that asks now and then, while another one asks all the time.
    pub quiet: Option<Latencies>,
    /// System calls a request.
    pub calls: Option<CallsPerRequest>,
    /// Its flame graphs.
    pub flames: Vec<Flame>,
}

/// How a server did under one load.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// How many clients were connected at a time.
    pub clients: u32,
    /// How many of them it has served at the same time, at most.
    pub served_at_once: Option<u32>,
    /// Requests answered a second.
    pub per_second: Option<f64>,
    /// How long a reply took; `None` if nobody got one.
    pub latencies: Option<Latencies>,
    /// What became of the clients, in a sentence, if not all of them were served at once.
    pub fate: Option<String>,
}

/// How long replies took, in microseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Latencies {
    /// Half of them took at most this.
    pub p50_us: f64,
    /// 99 in 100.
    pub p99_us: f64,
    /// 999 in 1,000.
    pub p999_us: f64,
    /// The longest of all.
    pub max_us: f64,
    /// How many.
    pub count: u64,
    /// The whole distribution: at most so many microseconds, and the part of all replies, from 0 to 1,
    /// that took no longer. Both grow.
    pub distribution: Vec<(f64, f64)>,
}

impl Latencies {
    /// Of a quiet client: whether it had its only reply when the busy one had left.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.count == 1
    }
}

/// System calls that a server makes for a request, its sleep included.
#[derive(Debug, Clone, Serialize)]
pub struct CallsPerRequest {
    /// If a client sends one request and waits for the reply.
    pub alone: Vec<(String, f64)>,
    /// If it sends 16 at a time.
    pub pipelined: Vec<(String, f64)>,
}

/// A fact about all stages.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What it belongs to: `memory`. Rows of one group stand below each other.
    pub group: String,
    /// Whether few readers need it: it is folded.
    pub is_detail: bool,
    /// What: `B's first reply`.
    pub name: String,
    /// In what unit; empty if it has none.
    pub unit: String,
    /// How it was measured, in a sentence.
    pub how: String,
    /// One for each stage.
    pub cells: Vec<Cell>,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    /// In the unit of its row.
    pub value: Option<f64>,
    /// For people: with its unit, or what happened in place of a figure.
    pub text: String,
    /// Whether it is a figure of clients that came one after the other: not that of as many at once.
    pub is_by_turns: bool,
}

/// What changes from one stage to the next, as `scripts/lesson-diff.sh` shows it.
#[derive(Debug, Serialize)]
pub struct Lesson {
    /// The package before.
    pub from: String,
    /// The package after.
    pub to: String,
    /// What it is about: `the waiting changes`.
    pub about: String,
    /// A unified diff.
    pub diff: String,
}

/// A picture of where a server spends its time.
#[derive(Debug, Serialize)]
pub struct Flame {
    /// Whether it is of the time that passes, and not of the time on a processor.
    pub is_wall: bool,
    /// The picture.
    #[serde(skip)]
    pub svg: String,
}

/// Something that could not be had.
#[derive(Debug, Serialize)]
pub struct Missing {
    /// Of which stage; `None` if of all.
    pub stage: Option<String>,
    /// What.
    pub what: String,
    /// Why, and what to type to get it.
    pub why: String,
}
