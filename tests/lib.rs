//! What the tests of the whole system share: the demo kommune's bundle, built once from the authored files.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A Wednesday at noon in Denmark, so that tests do not depend on the clock.
pub fn noon() -> hours::LocalTime {
    hours::copenhagen(1_795_604_400_000)
}

/// The authored knowledge.
pub fn authored() -> &'static compiler::Knowledge {
    static ALL: OnceLock<compiler::Knowledge> = OnceLock::new();
    ALL.get_or_init(|| compiler::Knowledge::load(&root().join("kb-bundle"), noon().date))
}

/// The bundle of Eksempelby with its details and its English.
pub fn eksempelby() -> &'static bundle::Knowledge {
    static ONE: OnceLock<bundle::Knowledge> = OnceLock::new();
    ONE.get_or_init(|| {
        let built = authored()
            .build("eksempelby", &compiler::Settings::default())
            .expect("eksempelby has a folder");
        let mut knowledge =
            bundle::Knowledge::open(built.core, "eksempelby").expect("a new bundle opens");
        knowledge.add_details(built.details).expect("details open");
        knowledge
            .add_language(built.english)
            .expect("English opens");
        knowledge
    })
}
