//! The loop of the live picture: takes snapshots, draws, reads the keys. Gives the terminal back as it was,
//! however it ends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, KeyCode, KeyEvent, KeyModifiers};

use super::View;
use super::screen::{self, Choice, Panel};

/// How often we take a snapshot. A person sees nothing faster, and the server feels nothing slower.
const INTERVAL: Duration = Duration::from_millis(250);

/// Why the picture has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The user has seen enough.
    Quit,
    /// The server has ended.
    ServerEnded,
}

/// Shows the live picture.
///
/// # Errors
/// If the terminal cannot be used.
pub fn show(view: &mut View, in_colour: bool) -> io::Result<End> {
    let is_over = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_over);
    ctrlc::set_handler(move || end_soon(&flag)).map_err(io::Error::other)?;
    // From here on, a panic too gives the terminal back.
    let mut terminal = ratatui::try_init().inspect_err(|_| ratatui::restore())?;
    let end = run(&mut terminal, view, in_colour, &is_over);
    ratatui::try_restore()?;
    end
}

/// What a signal does: the loop is to end, and to leave the terminal as it was. If the terminal is gone the
/// loop never comes back (the library reads the end of the input again and again), so it is ended for it.
fn end_soon(is_over: &AtomicBool) {
    is_over.store(true, Ordering::Relaxed);
    std::thread::sleep(4 * INTERVAL);
    _ = ratatui::try_restore();
    std::process::exit(1);
}

fn run(
    terminal: &mut DefaultTerminal,
    view: &mut View,
    in_colour: bool,
    is_over: &AtomicBool,
) -> io::Result<End> {
    let mut choice = Choice::default();
    let mut next_update = Instant::now() + INTERVAL;
    while !is_over.load(Ordering::Relaxed) {
        choice.row = choice.row.min(screen::rows(view) - 1);
        terminal.draw(|frame| screen::draw(frame, view, &choice, in_colour))?;
        if event::poll(next_update.saturating_duration_since(Instant::now()))? {
            // Anything else, such as a new size of the terminal, just draws again.
            let key = event::read()?.as_key_press_event();
            if key.is_some_and(|key| press(key, &mut choice)) {
                return Ok(End::Quit);
            }
        }
        if Instant::now() >= next_update {
            next_update = Instant::now() + INTERVAL;
            if !choice.is_frozen && !view.update() {
                return Ok(End::ServerEnded);
            }
        }
    }
    Ok(End::Quit)
}

/// Does what a key asks for. Returns whether it asks for the end.
fn press(key: KeyEvent, choice: &mut Choice) -> bool {
    let other = |panel| if choice.panel == panel { Panel::None } else { panel };
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return true,
        KeyCode::Char('q') => return true,
        KeyCode::Char(' ') => choice.is_frozen = !choice.is_frozen,
        KeyCode::Char('e') | KeyCode::Enter => choice.panel = other(Panel::Explain),
        KeyCode::Char('?' | 'h') => choice.panel = other(Panel::Help),
        KeyCode::Esc => choice.panel = Panel::None,
        KeyCode::Up | KeyCode::Char('k') => choice.row = choice.row.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => choice.row = choice.row.saturating_add(1),
        KeyCode::Home => choice.row = 0,
        KeyCode::End => choice.row = usize::MAX,
        _ => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(keys: &[KeyCode]) -> Choice {
        let mut choice = Choice::default();
        for key in keys {
            assert!(!press(KeyEvent::from(*key), &mut choice));
        }
        choice
    }

    #[test]
    fn keys_do_what_they_say() {
        assert!(after(&[KeyCode::Char(' ')]).is_frozen);
        assert!(!after(&[KeyCode::Char(' '), KeyCode::Char(' ')]).is_frozen);
        assert_eq!(after(&[KeyCode::Enter]).panel, Panel::Explain);
        assert_eq!(after(&[KeyCode::Enter, KeyCode::Char('e')]).panel, Panel::None);
        assert_eq!(after(&[KeyCode::Char('?'), KeyCode::Char('e')]).panel, Panel::Explain);
        assert_eq!(after(&[KeyCode::Down, KeyCode::Down, KeyCode::Up, KeyCode::Up]).row, 0);
        assert!(press(KeyEvent::from(KeyCode::Char('q')), &mut Choice::default()));
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(press(interrupt, &mut Choice::default()));
    }
}
