//! Counts equal stacks. A stack is folded into a line, outermost function first: `main;serve;answer`.

use std::collections::{BTreeMap, HashMap};

use super::owner::{Owner, owner};
use super::{Drawn, Kind, Stack};
use crate::sys::symbols::{Symbols, tidy};

/// Stacks, and what they weigh.
#[derive(Debug, Default)]
pub(super) struct Folded {
    stacks: BTreeMap<String, u64>,
    /// Whose code each function is.
    pub(super) owners: HashMap<String, Owner>,
}

impl Folded {
    pub(super) fn new(stacks: &[Stack]) -> Self {
        let mut folded = Self::default();
        let mut symbols = Symbols::default();
        for stack in stacks {
            folded.add(stack, &mut symbols);
        }
        folded
    }

    /// What all stacks weigh together, and whose the innermost functions are.
    pub(super) fn sum(&self, kind: Kind) -> Drawn {
        let weight: u64 = self.stacks.values().sum();
        let part = |owner| {
            let of = |stack: &str| stack.rsplit(';').next().and_then(|leaf| self.owners.get(leaf));
            let stacks = self.stacks.iter().filter(|(stack, _)| of(stack) == Some(&owner));
            let of_it: u64 = stacks.map(|(_, weight)| weight).sum();
            (of_it * 100 + weight / 2).checked_div(weight).unwrap_or(0)
        };
        let (kernel, library) = (part(Owner::Kernel), part(Owner::Library));
        Drawn { kind, weight, kernel, library, ours: part(Owner::Ours) }
    }

    /// A line for each stack, with its weight.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.stacks.iter().map(|(stack, weight)| format!("{stack} {weight}"))
    }

    fn add(&mut self, stack: &Stack, symbols: &mut Symbols) {
        let mut functions = Vec::new();
        for (depth, frame) in stack.frames.iter().enumerate() {
            // A caller's offset is the one after its call.
            let offset = frame.offset.saturating_sub(u64::from(depth > 0));
            let found = symbols.resolve(frame.file, offset, frame.symbol);
            // The last is the function of the frame itself, whose whole name the tool has told.
            let merged = found.iter().rev().skip(1).rev().map(|location| location.function.clone());
            let own = if frame.symbol.is_empty() { "[unknown]" } else { frame.symbol };
            functions.extend(merged.chain([tidy(own)]).map(|name| {
                let owner = owner(&name, frame.file);
                (name, owner)
            }));
        }
        // What is below our main is the same in every program, and has nothing to teach here.
        if let Some(main) = functions.iter().rposition(|(_, owner)| *owner == Owner::Ours) {
            functions.truncate(main + 1);
        }
        let names = functions.into_iter().rev().map(|(name, owner)| self.key(name, owner));
        let line = names.collect::<Vec<_>>().join(";");
        *self.stacks.entry(line).or_default() += stack.weight;
    }

    /// The name as it stands in the line. Functions of the kernel may be called like those of libc:
    /// the mark, which the picture leaves out, tells them apart.
    fn key(&mut self, name: String, owner: Owner) -> String {
        let key = if owner == Owner::Kernel { format!("{name}_[k]") } else { name };
        self.owners.insert(key.clone(), owner);
        key
    }
}

#[cfg(test)]
mod tests {
    use super::super::Frame;
    use super::*;

    fn frame<'a>(symbol: &'a str, file: &'a str) -> Frame<'a> {
        Frame { symbol, file, offset: 1 }
    }

    #[test]
    fn equal_stacks_are_one_and_begin_with_our_main() {
        let frames = vec![
            frame("accept4", "[kernel.kallsyms]"),
            frame("accept4", "libc.so.6"),
            frame("lab1_blocking::main", "lab1"),
            frame("_start", "lab1"),
        ];
        let stack = Stack { frames, weight: 2 };
        let alien = Stack { frames: vec![frame("", "libc.so.6")], weight: 1 };
        let folded = Folded::new(&[stack.clone(), alien, stack]);
        let lines: Vec<_> = folded.lines().collect();
        assert_eq!(lines, ["[unknown] 1", "lab1_blocking::main;accept4;accept4_[k] 4"]);
        let drawn = folded.sum(Kind::Cpu);
        assert_eq!((drawn.weight, drawn.kernel, drawn.library, drawn.ours), (5, 80, 20, 0));
        assert_eq!(folded.owners["accept4_[k]"], Owner::Kernel);
        assert_eq!(folded.owners["accept4"], Owner::Library);
    }
}
