//! The `Cargo.toml` of an own lab: a workspace of its own, with the dependencies, versions and profiles of the kit.

use std::collections::BTreeMap;
use std::path::Path;

use harness::labs::Lab;

use super::{Kit, OwnError, read};

/// Where the top folder of the kit is, as seen from an own lab.
pub fn up(kit: &Kit) -> String {
    if is_at_home(kit) { "../..".to_owned() } else { kit.root.display().to_string() }
}

fn is_at_home(kit: &Kit) -> bool {
    kit.work == kit.root.join("work")
}

/// The text of the manifest.
pub fn manifest(kit: &Kit, lab: Lab) -> Result<String, OwnError> {
    let text = |path: &Path| read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let (kits, labs) =
        (text(&kit.root.join("Cargo.toml"))?, text(&kit.lab(lab).join("Cargo.toml"))?);
    let description = section(&labs, "[package]").find(|line| line.starts_with("description"));
    let (ours, others) = dependencies(&kits, &labs, &up(kit))?;
    let debug: Vec<String> = ours.keys().map(|name| format!("{name}.debug = true")).collect();
    Ok(format!(
        r#"# This file belongs to the kit: every check writes it again.
[package]
name = "my-{short}"
{description}
{inherited}

# No member of the kit's workspace, so that an unfinished lab never stops the kit from being built.
[workspace]

[dependencies]
{ours}

{others}

[lints.rust]
# What is not written yet uses nothing.
unused = {{ level = "allow", priority = -1 }}
unused_must_use = "deny"
unsafe_code = "forbid"

[lints.clippy]
# Nor does it change what it is given.
ptr_arg = "allow"

[profile.dev.package]
# These are worth a look with a debugger.
{debug}

{profiles}
"#,
        short = lab.of_the_kit().short,
        description = description.unwrap_or_default(),
        inherited = inherited(&kits, kit),
        ours = lines(ours),
        others = lines(others),
        debug = debug.join("\n"),
        profiles = profiles(&kits),
    ))
}

/// What the packages of the kit have in common, and an own lab too.
///
/// Cargo takes two packages for one that have the same name and version and share what is built, if each is a workspace of its own. A
/// version with the place in it tells them apart.
fn inherited(kits: &str, kit: &Kit) -> String {
    let package: Vec<&str> = section(kits, "[workspace.package]").collect();
    let keys = ["version", "edition", "rust-version", "publish"];
    let is_inherited = |line: &&&str| keys.iter().any(|key| line.starts_with(&format!("{key} =")));
    let lines = package.iter().filter(is_inherited).map(|line| match line.strip_suffix('"') {
        Some(version) if line.starts_with("version") && !is_at_home(kit) => {
            let place = kit.work.display().to_string();
            format!(
                "{version}+{}\"",
                place.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
            )
        }
        _ => (*line).to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines of dependencies, by their names.
type Dependencies = BTreeMap<String, String>;

/// The dependencies: the crates of the kit, and all others.
fn dependencies(
    kits: &str,
    labs: &str,
    up: &str,
) -> Result<(Dependencies, Dependencies), OwnError> {
    let names = section(labs, "[dependencies]").filter_map(|line| line.split(['.', ' ']).next());
    let found = names.filter(|name| !name.is_empty()).map(|name| {
        let line = kits.lines().find(|line| line.starts_with(&format!("{name} =")));
        let line = line.ok_or_else(|| OwnError::Dependency(name.to_owned()))?;
        Ok((name.to_owned(), line.replace("path = \"", &format!("path = \"{up}/"))))
    });
    let found: Dependencies = found.collect::<Result<_, OwnError>>()?;
    Ok(found.into_iter().partition(|(_, line)| line.contains("path = ")))
}

fn lines(found: Dependencies) -> String {
    found.into_values().collect::<Vec<_>>().join("\n")
}

/// The profiles of the kit. What it sets for the programs of `scripts/` does not belong here: no lab depends on them.
fn profiles(kits: &str) -> String {
    let is_profile =
        |line: &&str| line.starts_with("[profile.") && *line != "[profile.dev.package]";
    let whole = |name: &str| {
        let lines: Vec<&str> = section(kits, name).collect();
        format!("{name}\n{}", lines.join("\n").trim_end())
    };
    kits.lines().filter(is_profile).map(whole).collect::<Vec<_>>().join("\n\n")
}

/// The lines of a section of a manifest, up to the next one.
fn section<'a>(manifest: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = manifest.lines().skip_while(move |line| *line != name).skip(1);
    lines.take_while(|line| !line.starts_with('['))
}
