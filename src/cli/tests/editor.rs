//! What an editor is told by `check --samtaler`, `ask` and `explain`, on a copy of a few topics: conversations that name
//! an unknown answer, those of another kommune and of one's own, where a button leads, and what is open today.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A copy of the knowledge with few topics and two kommuner, made and built once; the system clears its place.
fn folder() -> &'static Path {
    static ONE: OnceLock<PathBuf> = OnceLock::new();
    ONE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("lokalsvar-editor-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb-bundle");
        copy(&root, &folder.join("kb"));
        let kept = |path: &Path, stems: &[&str]| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            stem.is_some_and(|stem| stems.contains(&stem))
        };
        for entry in fs::read_dir(folder.join("kb/faelles")).expect("folder") {
            let path = entry.expect("entry").path();
            let topic = ["pas", "kontakt-og-aabningstider", "affald-og-genbrug"];
            if !kept(&path, &topic) || path.extension().is_some_and(|end| end == "samtaler") {
                fs::remove_file(path).expect("removed");
            }
        }
        for entry in fs::read_dir(folder.join("kb/kommuner")).expect("folder") {
            let path = entry.expect("entry").path();
            if kept(&path, &["eksempelby", "fjordby"]) {
                // They lead to topics that are not here.
                for name in ["booking.toml", "samtale.toml"] {
                    fs::remove_file(path.join(name)).expect("removed");
                }
            } else {
                fs::remove_dir_all(path).expect("removed");
            }
        }
        folder
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
        .args(args)
        .current_dir(folder())
        .output()
        .expect("starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn conversations_of_ones_own_are_played_and_unknown_answers_are_mistakes() {
    let write = |path: &str, text: &str| {
        fs::write(folder().join("kb").join(path), text).expect("written");
    };
    let check = |slug: &str| run(&["check", "--kb", "kb", "--samtaler", slug]);
    write(
        "faelles/pas.samtaler",
        "--- pris ---\n> hvad koster et pas\n= answer pas/pris-paa-pas\n",
    );
    // Only Eksempelby has the bus: its own conversation is not asked of another kommune.
    let own = own_intent();
    write(
        "kommuner/eksempelby/emner/havnebus.samtaler",
        &format!("--- bussen ---\n> {}\n= answer {}\n", own.1, own.0),
    );
    let good = check("eksempelby");
    assert!(
        said(&good).contains("conversations: 2 passed, 0 failed\n"),
        "{}",
        said(&good)
    );
    let other = said(&check("fjordby"));
    assert!(
        other.contains("conversations: 1 passed, 0 failed\n"),
        "{other}"
    );

    // Beside the shared topics it is skipped where there is no such answer, and says so.
    write(
        "faelles/pas.samtaler",
        &format!("--- bussen ---\n> {}\n= answer {}\n", own.1, own.0),
    );
    let skipped = said(&check("fjordby"));
    assert!(
        skipped.contains("conversations: 0 passed, 0 failed, 1 skipped (they ask for answers that `fjordby` does not have)"),
        "{skipped}"
    );

    write(
        "faelles/pas.samtaler",
        "--- pris ---\n> hvad koster et pas\n= answer pas/pris-på-pass\n",
    );
    assert_eq!(check("eksempelby").status.code(), Some(1), "not an id");
    write(
        "faelles/pas.samtaler",
        "--- pris ---\n> hvad koster et pas\n= answer pas/pris-paa-pass\n",
    );
    let wrong = check("eksempelby");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        said(&wrong).contains(
            "pas.samtaler:2: pris: no answer has the id `pas/pris-paa-pass`; did you mean `pas/pris-paa-pas`?"
        ),
        "{}",
        said(&wrong)
    );
    let misspelt = check("eksempelbi");
    let told = String::from_utf8_lossy(&misspelt.stderr).into_owned();
    assert!(told.contains("did you mean `eksempelby`?"), "{told}");
}

/// An answer that only Eksempelby has, and its first example.
fn own_intent() -> (String, String) {
    let text = fs::read_to_string(folder().join("kb/kommuner/eksempelby/emner/havnebus.md"));
    let text = text.expect("Eksempelby's own topic");
    let after = |start: &str, from: &str| {
        let (_, rest) = from.split_once(start).expect(start);
        rest.lines().next().unwrap_or_default().trim().to_owned()
    };
    (
        after("\nid: ", &text),
        after("### Borgere skriver\n- ", &text),
    )
}

#[test]
fn ask_tells_where_buttons_lead_and_what_is_open_that_day() {
    let built = run(&[
        "build",
        "--kb",
        "kb",
        "--kommune",
        "eksempelby",
        "--out",
        "out",
    ]);
    assert!(built.status.success());
    let ask = |question: &str, day: &str| {
        said(&run(&["ask", "out/eksempelby.kb", question, "--date", day]))
    };
    let passport = ask("hvad koster et pas", "2026-11-19");
    assert!(passport.contains("] <tel:"), "{passport}");
    assert!(passport.contains("] <bestil:https://"), "{passport}");
    let question = "hvornår har borgerservice åbent";
    let (thursday, christmas) = (ask(question, "2026-11-19"), ask(question, "2026-12-25"));
    assert!(thursday.contains("i dag kl. "), "{thursday}");
    assert!(christmas.contains("i dag lukket ("), "{christmas}");

    let explained = said(&run(&["explain", "out/eksempelby.kb", "xyzzy qwrtp"]));
    assert!(explained.contains("decision: no answer"), "{explained}");
}
