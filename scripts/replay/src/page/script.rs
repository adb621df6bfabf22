//! The modules of the page, joined to one.

/// The modules; each stands behind those that it uses.
const MODULES: [&str; 12] = [
    include_str!("../../page/words.js"),
    include_str!("../../page/dom.js"),
    include_str!("../../page/time.js"),
    include_str!("../../page/state.js"),
    include_str!("../../page/lines.js"),
    include_str!("../../page/source.js"),
    include_str!("../../page/kernel.js"),
    include_str!("../../page/terminal.js"),
    include_str!("../../page/view.js"),
    include_str!("../../page/axis.js"),
    include_str!("../../page/predict.js"),
    include_str!("../../page/main.js"),
];

/// All modules as one, which imports nothing.
pub(super) fn joined() -> String {
    let lines = MODULES.iter().flat_map(|module| module.lines());
    let lines = lines.filter(|line| !line.starts_with("import "));
    let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
    lines.fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn no_import_and_no_export_is_left() {
        let script = joined();
        assert!(script.contains("function stateAt("), "the modules are there");
        let left = |line: &&str| {
            line.trim_start().starts_with("import") || line.trim_start().starts_with("export")
        };
        assert_eq!(script.lines().find(left), None);
        // A tag of HTML in a comment or a string would end the script.
        assert!(!script.contains("</") && !script.contains("<!--"));
    }
}
