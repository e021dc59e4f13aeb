//! A mail server for tests: npm's smtp-server in a process of its own (tests/mail/server.mjs), and what it has taken.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The mail server in a process of its own; ends with the value.
pub struct Mailbox {
    child: Child,
    say: ChildStdin,
    heard: Receiver<Value>,
    pub plain: u64,
    pub tls: u64,
}

impl Mailbox {
    pub fn start() -> Mailbox {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(
            root.join("node_modules/smtp-server").exists(),
            "smtp-server is missing: run `npm ci`"
        );
        let mut child = Command::new("node")
            .arg(root.join("tests/mail/server.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node; see CONTRIBUTING.md");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let say = child.stdin.take().expect("its input");
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let message = serde_json::from_str(&line).expect("JSON");
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        let mut server = Mailbox {
            child,
            say,
            heard,
            plain: 0,
            tls: 0,
        };
        let ports = server.hear().expect("ports");
        server.plain = ports["plain"].as_u64().expect("a port");
        server.tls = ports["tls"].as_u64().expect("a port");
        server
    }

    fn hear(&self) -> Option<Value> {
        self.heard.recv_timeout(Duration::from_secs(20)).ok()
    }

    /// All mails that were taken since the last look; the next ones are met with `pass`.
    pub fn mails(&mut self) -> Vec<Value> {
        self.meet("pass")
    }

    /// How the next mails are met. Returns those that were taken since the last look: the server answers in order.
    pub fn meet(&mut self, word: &str) -> Vec<Value> {
        writeln!(self.say, "{word}").expect("said");
        let mut before = Vec::new();
        loop {
            let message = self.hear().expect("an answer");
            if message["mode"] == word {
                return before;
            }
            before.push(message);
        }
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let ended = self.child.kill();
        drop(ended);
        let waited = self.child.wait();
        drop(waited);
    }
}
