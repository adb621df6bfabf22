//! A capture that has lost packets, or that is cut: the film shows nothing that cannot be.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lens::view::Recorded;
use pcap_file::pcap::{PcapReader, PcapWriter};
use replay::film::{Effect, Film};
use tempfile::TempDir;

use crate::support::state::State;
use crate::support::{film, recordings, root};

/// Copies a recording, without the packets of which this says no.
fn without(folder: &Path, is_kept: impl Fn(usize) -> bool) -> TempDir {
    let place = TempDir::new().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap();
        fs::copy(file.path(), place.path().join(file.file_name())).unwrap();
    }
    let mut reader = PcapReader::new(File::open(folder.join("packets.pcap")).unwrap()).unwrap();
    let file = File::create(place.path().join("packets.pcap")).unwrap();
    let mut writer = PcapWriter::with_header(file, reader.header()).unwrap();
    let mut number = 0;
    while let Some(packet) = reader.next_raw_packet() {
        if is_kept(number) {
            writer.write_raw_packet(&packet.unwrap()).unwrap();
        }
        number += 1;
    }
    place
}

/// A server that sleeps for one client, and one that sleeps for all: the others are like these.
fn some() -> impl Iterator<Item = PathBuf> {
    let is_one = |lab: &str| ["lab1-blocking", "lab3-multiclient"].contains(&lab);
    recordings()
        .into_iter()
        .filter(move |folder| folder.iter().any(|part| part.to_str().is_some_and(is_one)))
}

fn assert_possible(folder: &Path, what: &str) {
    let film = film(folder);
    let what = format!("{} {}, {what}", film.server, film.scenario);
    assert!(film.moments.iter().is_sorted_by_key(|moment| moment.at), "{what}");
    // Who was not accepted is still there.
    let end = State::end(&film);
    let accepted =
        |it: &Effect| matches!(it, Effect::Accepted { client } if end.queue.contains(client));
    assert!(!film.moments.iter().flat_map(|it| &it.does).any(accepted), "{what}: {:?}", end.queue);
    assert!(
        end.receive.keys().all(|client| end.queue.contains(client)),
        "{what}: {:?}",
        end.receive
    );
}

#[test]
fn packets_that_are_lost_make_nothing_impossible() {
    for folder in some() {
        for every in [2, 3, 5] {
            let lossy = without(&folder, |number| number % every != 1);
            assert_possible(lossy.path(), &format!("without each packet {every}"));
        }
        for kept in [0, 3, 8] {
            let lossy = without(&folder, |number| number < kept);
            assert_possible(lossy.path(), &format!("only {kept} packets"));
        }
    }
}

#[test]
fn a_trace_that_is_cut_makes_nothing_impossible() {
    let mut films = 0;
    for folder in some() {
        let log = fs::read(folder.join("strace.log")).unwrap();
        for tenth in [2, 4, 5, 6, 7, 8, 9] {
            let cut = without(&folder, |_| true);
            fs::write(cut.path().join("strace.log"), &log[..log.len() * tenth / 10]).unwrap();
            // Of the start alone, nothing is about a client.
            if let Ok(recorded) = Recorded::read(cut.path()) {
                let film = Film::new(&recorded, &root());
                assert!(film.moments.iter().is_sorted_by_key(|moment| moment.at));
                State::end(&film);
                films += 1;
            }
        }
    }
    assert!(films > 60, "{films}");
}

#[test]
fn a_capture_that_is_cut_is_none() {
    let folder = recordings().into_iter().find(|it| it.ends_with("two-clients")).unwrap();
    let cut = without(&folder, |_| true);
    let packets = cut.path().join("packets.pcap");
    let whole = fs::read(&packets).unwrap();
    fs::write(&packets, &whole[..whole.len() - 10]).unwrap();
    let film = film(cut.path());
    assert!(!film.has_packets && film.notes.iter().any(|it| it.contains("cut or garbled")));
    assert_possible(cut.path(), "cut");
}
