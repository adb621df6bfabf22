//! Pages that were looked at by a person.

use std::path::Path;

/// Compares with a page that was looked at by a person. `BLESS=1 cargo test -p trace` writes it anew; then look at it.
pub fn assert_page(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(page == expected, "{} differs. Now it is:\n{page}", path.display());
}
