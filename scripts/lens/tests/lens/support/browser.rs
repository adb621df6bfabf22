//! A page in headless Chromium, and what the browser says about it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Write;
use std::sync::{Arc, Mutex, Weak};

use headless_chrome::browser::tab::Tab;
use headless_chrome::browser::tab::point::Point;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network};
use headless_chrome::{Browser as Chromium, LaunchOptions};
use serde_json::Value;
use tempfile::{Builder, TempDir, TempPath};

/// A browser. Tests that run at the same time share one program, which ends with the last of them.
pub struct Browser {
    program: Arc<Program>,
}

/// Chromium, and the folder for all that it writes.
struct Program {
    // In this order, so that Chromium ends first.
    chromium: Chromium,
    place: TempDir,
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub scheme: &'static str,
    pub width: u32,
}

impl Look {
    pub const LIGHT: Self = Self { scheme: "light", width: 1280 };
    pub const DARK: Self = Self { scheme: "dark", width: 1280 };
    pub const PHONE: Self = Self { scheme: "light", width: 390 };
}

/// Text of too little contrast with what it stands on, as the W3C counts it (WCAG 2, 1.4.3: at least 4.5).
pub const TOO_PALE: &str = "(() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if ((rgb(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const ratio = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  return all('body *').filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((one) => !one.closest('script, style, .lens:not(.chart)') && one.checkVisibility())
    .map((one) => [one, ratio(light(getComputedStyle(one)[one.closest('svg') ? 'fill' : 'color']), light(ground(one)))])
    .filter(([, found]) => found < 4.5).map(([one, found]) => `${found.toFixed(2)} ${one.outerHTML.slice(0, 80)}`);
})()";

/// A page that is open.
pub struct Page {
    pub tab: Arc<Tab>,
    address: String,
    complaints: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<String>>>,
    _file: TempPath,
}

impl Program {
    fn start() -> Self {
        let place = TempDir::new().unwrap();
        let flags = [
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
        ];
        // Chromium leaves a folder in the one for temporary files.
        let temporary = HashMap::from([("TMPDIR".to_owned(), place.path().display().to_string())]);
        let options = LaunchOptions::default_builder()
            .sandbox(false)
            .user_data_dir(Some(place.path().join("profile")))
            .process_envs(Some(temporary))
            .args(flags.map(OsStr::new).to_vec())
            .build()
            .unwrap();
        Self { chromium: Chromium::new(options).unwrap(), place }
    }
}

impl Browser {
    pub fn new() -> Self {
        static RUNNING: Mutex<Weak<Program>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap();
        let program = running.upgrade().unwrap_or_else(|| Arc::new(Program::start()));
        *running = Arc::downgrade(&program);
        Self { program }
    }

    /// Writes the page to a file, opens it from there, and waits until it is there.
    pub fn open(&self, html: &str, look: Look) -> Page {
        let mut file =
            Builder::new().suffix(".html").tempfile_in(self.program.place.path()).unwrap();
        file.write_all(html.as_bytes()).unwrap();
        let file = file.into_temp_path();
        let address = format!("file://{}", file.display());
        let tab = self.program.chromium.new_tab().unwrap();
        let (complaints, requests) = (Arc::default(), Arc::default());
        let page = Page { tab, address, complaints, requests, _file: file };
        page.listen();
        page.look(look);
        page.tab.navigate_to(&page.address).unwrap().wait_until_navigated().unwrap();
        page
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A browser that has ended has no tabs.
        _ = self.tab.close(false);
    }
}

impl Page {
    fn listen(&self) {
        let (complaints, requests) = (Arc::clone(&self.complaints), Arc::clone(&self.requests));
        let note = move |event: &Event| {
            let complaint = match event {
                Event::RuntimeConsoleAPICalled(event) => format!("{:?}", event.params),
                Event::RuntimeExceptionThrown(event) => format!("{:?}", event.params),
                Event::LogEntryAdded(event) => format!("{:?}", event.params),
                Event::NetworkRequestWillBeSent(event) => {
                    return requests.lock().unwrap().push(event.params.request.url.clone());
                }
                _ => return,
            };
            complaints.lock().unwrap().push(complaint);
        };
        self.tab.add_event_listener(Arc::new(note)).unwrap();
        self.tab.enable_runtime().unwrap();
        self.tab.enable_log().unwrap();
        self.tab
            .call_method(Network::Enable {
                max_total_buffer_size: None,
                max_resource_buffer_size: None,
                max_post_data_size: None,
                report_direct_socket_traffic: None,
                enable_durable_messages: None,
            })
            .unwrap();
    }

    fn look(&self, look: Look) {
        let scheme = Emulation::MediaFeature {
            name: "prefers-color-scheme".into(),
            value: look.scheme.into(),
        };
        let features = Some(vec![scheme]);
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features }).unwrap();
        self.tab.call_method(size(look.width)).unwrap();
        // A tab that is not in front has no focus, and then its timers are slow too.
        self.tab.call_method(Emulation::SetFocusEmulationEnabled { enabled: true }).unwrap();
    }

    /// What the browser complains about, in its console.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// What the page asked for, besides itself and what stands in it.
    pub fn asked_for(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let others =
            requests.iter().filter(|url| **url != self.address && !url.starts_with("data:"));
        others.cloned().collect()
    }

    /// Presses a key, as a person does.
    pub fn press(&self, key: &str) {
        self.tab.press_key(key).unwrap();
    }

    /// Moves the pointer.
    pub fn point(&self, (x, y): (f64, f64)) {
        self.tab.move_mouse_to_point(Point { x, y }).unwrap();
    }

    /// Presses the pointer's button.
    pub fn click(&self, (x, y): (f64, f64)) {
        self.tab.click_point(Point { x, y }).unwrap();
    }

    /// The value of an expression in the page, in which `all(SELECTOR)` is an array of elements.
    pub fn value(&self, expression: &str) -> Value {
        let all = "const all = (selector) => [...document.querySelectorAll(selector)]";
        let script =
            format!("(() => {{ {all}; return JSON.stringify({expression}) ?? 'null' }})()");
        let text = self.tab.evaluate(&script, true).unwrap().value;
        let text = text.unwrap_or_else(|| panic!("it has no value: {expression}"));
        serde_json::from_str(text.as_str().unwrap()).unwrap()
    }

    /// An expression that is an array of texts.
    pub fn strings(&self, expression: &str) -> Vec<String> {
        serde_json::from_value(self.value(expression)).unwrap()
    }

    /// An expression that is a whole number.
    pub fn count(&self, expression: &str) -> usize {
        serde_json::from_value(self.value(expression)).unwrap()
    }
}

/// A screen of this width.
fn size(width: u32) -> Emulation::SetDeviceMetricsOverride {
    Emulation::SetDeviceMetricsOverride {
        width,
        height: 900,
        device_scale_factor: 1.0,
        mobile: width < 600,
        scale: None,
        screen_width: None,
        screen_height: None,
        position_x: None,
        position_y: None,
        dont_set_visible_size: None,
        screen_orientation: None,
        viewport: None,
        display_feature: None,
        device_posture: None,
    }
}
