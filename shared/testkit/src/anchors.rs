//! The headings of a page as what a link names.

use std::collections::{HashMap, HashSet};

/// The places in a page that a link can name, as GitHub makes them of headings.
#[must_use]
pub fn anchors(page: &str) -> HashSet<String> {
    let (mut anchors, mut is_code) = (HashMap::new(), false);
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if is_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let letters = heading.trim().to_lowercase();
        let is_kept = |it: &char| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_');
        let anchor: String = letters.chars().filter(is_kept).collect::<String>().replace(' ', "-");
        *anchors.entry(anchor).or_insert(0) += 1;
    }
    // The second heading with the same words has a number behind it.
    let all = anchors.iter().flat_map(|(anchor, count)| {
        (0..*count).map(move |number| match number {
            0 => format!("#{anchor}"),
            number => format!("#{anchor}-{number}"),
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_anchors_as_on_github() {
        let page = "# Lab 2: RESP, `it` works\n## A\n```\n# no\n```\n## A\n#b\n";
        let expected = ["#lab-2-resp-it-works", "#a", "#a-1"].map(str::to_owned);
        assert_eq!(anchors(page), HashSet::from(expected));
    }
}
