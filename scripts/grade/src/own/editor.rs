//! Tells rust-analyzer about an own lab, which is no member of the kit's workspace.
//!
//! VS Code and its relatives read `.vscode/settings.json`; `rust-analyzer.toml` has no setting for this. Other editors look
//! for the `Cargo.toml` nearest to the file that is opened, or open the folder of the own lab.

use harness::labs::Lab;
use serde_json::{Value, json};

use super::{Kit, OwnError, read_if_there, write};

const KEY: &str = "rust-analyzer.linkedProjects";

/// Adds an own lab to the settings. Returns what to tell the student.
pub fn register(kit: &Kit, lab: Lab) -> Result<String, OwnError> {
    let own = kit.own(lab);
    let top = kit.work.parent().unwrap_or(&kit.work);
    let manifest = own.join("Cargo.toml");
    let manifest = manifest.strip_prefix(top).unwrap_or(&manifest).display().to_string();
    let path = top.join(".vscode/settings.json");
    let Some(settings) = with_project(read_if_there(&path)?.as_deref(), &manifest) else {
        return Ok(format!(
            ".vscode/settings.json is yours, and has comments. Add this line to it, so that VS Code sees your lab:\n  \
             \"{KEY}\": [\"Cargo.toml\", \"{manifest}\"]"
        ));
    };
    write(&path, settings.as_bytes())?;
    Ok("VS Code sees it (.vscode/settings.json). In another editor, open that folder.".to_owned())
}

/// The settings with one more project, or `None` if they cannot be changed without harm.
fn with_project(settings: Option<&[u8]>, manifest: &str) -> Option<String> {
    let mut settings: Value = match settings {
        Some(text) => serde_json::from_slice(text).ok()?,
        None => json!({}),
    };
    let projects =
        settings.as_object_mut()?.entry(KEY).or_insert_with(|| json!([])).as_array_mut()?;
    if projects.is_empty() {
        // With a list, rust-analyzer no longer looks for projects by itself.
        projects.push(json!("Cargo.toml"));
    }
    if !projects.contains(&json!(manifest)) {
        projects.push(json!(manifest));
    }
    serde_json::to_string_pretty(&settings).ok().map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_added_and_nothing_else_changes() {
        let first = with_project(None, "work/lab1/Cargo.toml").unwrap();
        let second = with_project(Some(first.as_bytes()), "work/lab2/Cargo.toml").unwrap();
        let found: Value = serde_json::from_str(&second).unwrap();
        let all = json!(["Cargo.toml", "work/lab1/Cargo.toml", "work/lab2/Cargo.toml"]);
        assert_eq!(found, json!({ KEY: all }));
        assert_eq!(with_project(Some(second.as_bytes()), "work/lab2/Cargo.toml").unwrap(), second);
        let theirs = br#"{"b": 1, "a": [true], "rust-analyzer.linkedProjects": ["x.toml"]}"#;
        let found = with_project(Some(theirs), "work/lab1/Cargo.toml").unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found, json!({"b": 1, "a": [true], KEY: ["x.toml", "work/lab1/Cargo.toml"]}));
    }

    #[test]
    fn settings_that_are_not_plain_json_are_left_alone() {
        for theirs in ["// mine\n{}", "[]", r#"{"rust-analyzer.linkedProjects": 1}"#, ""] {
            assert_eq!(
                with_project(Some(theirs.as_bytes()), "work/lab1/Cargo.toml"),
                None,
                "{theirs}"
            );
        }
    }
}
