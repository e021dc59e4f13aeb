//! Accounts from the terminal with the program itself: its command lines, what it prints, what it refuses.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder with settings of one kommune; goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("lokalsvar-staff-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("temp folder");
        let booking = r#"{"format":1,"kommune":"eksempelby","name":"Eksempelby Kommune","holidays":{"public":false,"customary":[]},
            "limits":{"active_per_contact":3,"holds_at_once":1},"privacy":{"version":"0123456789ab","controller":"Eksempelby Kommune",
            "purpose":{"da":"Tid.","en":"Time."},"retention_days":30,"text":{"da":"Vi gemmer dit navn.","en":"We keep your name."},"url":""},
            "services":[],"locations":[],"counters":[],"closures":[]}"#;
        std::fs::write(path.join("eksempelby.booking.json"), booking).expect("a file");
        std::fs::write(
            path.join("lokalsvar.toml"),
            "booking = \".\"\ndatabase = \"sqlite:tider.db\"\n[[kommune]]\nslug = \"eksempelby\"\nsite_key = \"noegle-1234\"\n\
             origins = [\"https://www.eksempelby.example\"]\npage = \"https://www.eksempelby.example/\"\n",
        )
        .expect("a file");
        Folder(path)
    }

    /// `lokalsvar staff …` with something on standard input.
    fn run(&self, words: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
            .arg("staff")
            .args(words)
            .current_dir(&self.0)
            .env_remove("DATABASE_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut stdin = child.stdin.take().expect("an input");
        // Who does not read it is not waited for.
        let written = stdin.write_all(input.as_bytes());
        drop((written, stdin));
        child.wait_with_output().expect("ends")
    }

    fn good(&self, words: &[&str], input: &str) -> String {
        let output = self.run(words, input);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {told}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn bad(&self, words: &[&str], input: &str) -> String {
        let output = self.run(words, input);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        String::from_utf8(output.stderr).expect("text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const HERE: [&str; 2] = ["--kommune", "eksempelby"];

#[test]
fn accounts_come_and_go() {
    let folder = Folder::new();
    let list = || folder.good(&["list", HERE[0], HERE[1]], "");
    assert!(list().contains("no accounts"));
    let add = [
        "add", HERE[0], HERE[1], "--name", "Ida Holm", "--role", "booking", "Ida",
    ];
    let invitation = folder.good(&add, "");
    assert!(
        invitation.starts_with("added Ida: booking\n"),
        "{invitation}"
    );
    let (_, code) = invitation.trim().rsplit_once(": ").expect("a code");
    assert_eq!(code.len(), 20, "{invitation}");
    assert!(
        folder
            .bad(&add, "")
            .contains("there is an account of that name")
    );
    assert!(
        list().contains("ida\tIda Holm\tbooking\t") && list().contains("has not chosen a password")
    );

    let roles = [
        "roles",
        HERE[0],
        HERE[1],
        "--role",
        "tenant-admin",
        "--role",
        "booking",
        "ida",
    ];
    assert_eq!(
        folder.good(&roles, ""),
        "ida has now: booking tenant-admin\n"
    );
    let reset = ["reset", HERE[0], HERE[1], "--password", "ida"];
    assert!(
        folder
            .bad(&reset, "for kort\n")
            .contains("at least 12 characters")
    );
    let done = folder.good(&reset, "en lang adgangskode\n");
    assert!(!done.contains("invitation"), "{done}");
    assert!(
        list().contains("booking tenant-admin")
            && list().contains("has not set up the second factor")
    );

    folder.good(&["add", "--operator", "--name", "Drift", "drift"], "");
    assert!(
        folder
            .good(&["list", "--operator"], "")
            .contains("drift\tDrift\toperator\t")
    );
    assert!(!list().contains("drift"));

    folder.good(&["remove", HERE[0], HERE[1], "ida"], "");
    assert!(list().contains("no accounts"));
    assert!(
        folder
            .bad(&["remove", HERE[0], HERE[1], "ida"], "")
            .contains("there is no such account")
    );
    let elsewhere = folder.bad(&["list", "--kommune", "andeby"], "");
    assert!(
        elsewhere.contains("there is no kommune `andeby` in the settings; there are eksempelby"),
        "{elsewhere}"
    );
    assert_eq!(
        folder.run(&["list"], "").status.code(),
        Some(2),
        "a kommune or --operator"
    );
    let unknown = [
        "add", HERE[0], HERE[1], "--name", "X", "--role", "boss", "x",
    ];
    assert_eq!(folder.run(&unknown, "").status.code(), Some(2));
    for data in ["tider.db", "secret.key"] {
        assert!(folder.0.join(data).exists(), "{data}");
    }
}
