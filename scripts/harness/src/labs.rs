//! The labs, those of the student, and the server that they learn from: what they are called, and what they speak.

use trace::protocol::Protocol;

/// How a server serves several clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// One after the other.
    One,
    /// All of them, on one thread.
    Many,
    /// All of them, with a thread for each.
    WithThreads,
}

/// A lab, or another server that is treated as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lab {
    /// Its short name.
    pub short: &'static str,
    /// The name of its package, and of its program.
    pub package: &'static str,
    /// Its protocol.
    pub protocol: Protocol,
    /// How it serves several clients.
    pub serves: Serves,
    /// What it is, in a few words.
    pub about: &'static str,
}

/// All labs.
pub const LABS: [Lab; 4] = [
    Lab {
        short: "lab1",
        package: "lab1-blocking",
        protocol: Protocol::Lines,
        serves: Serves::One,
        about: "one client at a time, plain lines",
    },
    Lab {
        short: "lab2",
        package: "lab2-resp",
        protocol: Protocol::Resp,
        serves: Serves::One,
        about: "one client at a time, the protocol of Redis",
    },
    Lab {
        short: "lab3",
        package: "lab3-multiclient",
        protocol: Protocol::Resp,
        serves: Serves::Many,
        about: "all clients at once, on one thread",
    },
    Lab {
        short: "lab4",
        package: "lab4-fair",
        protocol: Protocol::Resp,
        serves: Serves::Many,
        about: "all clients at once, on one thread, in fair turns",
    },
];

/// The student's own labs, one for each lab of the kit. `work/lab2` is the folder of `my-lab2`.
pub const OWN: [Lab; 4] = [
    own("my-lab1", LABS[0]),
    own("my-lab2", LABS[1]),
    own("my-lab3", LABS[2]),
    own("my-lab4", LABS[3]),
];

const fn own(name: &'static str, made_from: Lab) -> Lab {
    Lab { short: name, package: name, about: "your own", ..made_from }
}

/// The server that the labs learn from. It can be recorded and be talked to as they can.
pub const REDIS: Lab = Lab {
    short: "redis",
    package: "redis-server",
    protocol: Protocol::Resp,
    serves: Serves::Many,
    about: "the one that the labs learn from",
};

/// Lab 3's protocol with a thread for each client: an example of lab 3, beside which lab 3 is measured.
pub const THREADS: Lab = Lab {
    short: "threads",
    package: "threads",
    protocol: Protocol::Resp,
    serves: Serves::WithThreads,
    about: "all clients at once, a thread for each",
};

impl Lab {
    /// Its folder, below the top folder of the kit.
    #[must_use]
    pub fn folder(self) -> String {
        match self.package.strip_prefix("my-") {
            Some(lab) => format!("work/{lab}"),
            None => format!("labs/{}", self.package),
        }
    }

    /// The lab of the kit that this one is, or was made from.
    #[must_use]
    pub fn of_the_kit(self) -> Self {
        OWN.iter().position(|lab| *lab == self).map_or(self, |number| LABS[number])
    }

    /// The words that tell cargo which program is meant. An own lab is a workspace of its own, and shares the
    /// folder of what is built.
    #[must_use]
    pub fn cargo_words(self) -> Vec<String> {
        if OWN.contains(&self) {
            let manifest = format!("{}/Cargo.toml", self.folder());
            ["--manifest-path", &manifest, "--target-dir", "target"].map(str::to_owned).to_vec()
        } else {
            ["-p", self.package].map(str::to_owned).to_vec()
        }
    }
}

/// There is no lab of that name.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no lab '{0}': say lab1, lab2, lab3 or lab4, or work/lab1 to work/lab4 for your own"
)]
pub struct UnknownLab(String);

/// The lab of that name, short or long, or the own lab in that folder.
///
/// # Errors
/// If there is none.
pub fn find(name: &str) -> Result<Lab, UnknownLab> {
    let named = |lab: &Lab| name == lab.short || name == lab.package;
    let found = LABS.into_iter().find(named);
    found.or_else(|| find_own(name).ok()).ok_or_else(|| UnknownLab(name.to_owned()))
}

/// The student's own lab of that name, or in that folder.
///
/// # Errors
/// If there is none.
pub fn find_own(name: &str) -> Result<Lab, UnknownLab> {
    let folder = name.trim_start_matches("./").trim_end_matches('/');
    let found = OWN.into_iter().find(|lab| folder == lab.package || folder == lab.folder());
    found.ok_or_else(|| UnknownLab(name.to_owned()))
}

/// The lab of that name, or [`REDIS`].
///
/// # Errors
/// If there is neither.
pub fn find_server(name: &str) -> Result<Lab, UnknownLab> {
    if name == REDIS.short || name == REDIS.package { Ok(REDIS) } else { find(name) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.
mod tests {
    use super::*;

    #[test]
    fn an_own_lab_speaks_the_protocol_of_its_lab_and_is_built_by_itself() {
        for name in ["work/lab1", "work/lab2", "./work/lab3/", "my-lab4"] {
            let own = find(name).unwrap();
            assert!(OWN.contains(&own), "{name}");
            assert_eq!(own.protocol, own.of_the_kit().protocol);
            assert_eq!(own.package, format!("my-{}", own.of_the_kit().short));
        }
        let words = find("work/lab2").unwrap().cargo_words().join(" ");
        assert_eq!(words, "--manifest-path work/lab2/Cargo.toml --target-dir target");
        assert_eq!(find("lab2").unwrap().cargo_words(), ["-p", "lab2-resp"]);
        assert!(find("work/lab5").is_err() && find_own("lab2").is_err());
    }
}
