//! A server in a process of its own, which can be killed, or ended and another version started in its place, at the same port.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// This version.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_booking-trial");
const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";
/// Holds of five minutes last five seconds.
const FACTOR: i64 = 60;

/// A running server.
pub struct Node {
    config: PathBuf,
    since_ms: i64,
    factor: i64,
    database: String,
    child: Mutex<Child>,
    /// Host and port.
    pub address: String,
}

impl Node {
    /// Starts a program, [`PROGRAM`] or a former version, at a free port. Its clock stood at `since_ms` when that was the time, and runs sixty times as fast.
    pub fn start(program: &str, config: PathBuf, database: &str, since_ms: i64) -> Node {
        Self::begin(program, config, database, since_ms, FACTOR)
    }

    /// Starts [`PROGRAM`] with the machine's clock.
    pub fn real(config: PathBuf, database: &str) -> Node {
        Self::begin(PROGRAM, config, database, 0, 1)
    }

    fn begin(program: &str, config: PathBuf, database: &str, since_ms: i64, factor: i64) -> Node {
        let clock = (since_ms, factor);
        let (child, address) = spawn(program, &config, database, clock, "127.0.0.1:0");
        Node {
            config,
            since_ms,
            factor,
            database: database.to_owned(),
            child: Mutex::new(child),
            address,
        }
    }

    /// `kill -9`, and starts again.
    pub fn kill(&self) {
        let mut child = self.child.lock().expect("lock");
        child.kill().expect("SIGKILL");
        child.wait().expect("an end");
        *child = self.again(PROGRAM);
    }

    /// Ends it as an operator does, and starts another version in its place.
    pub fn replace(&self, program: &str) {
        let mut child = self.child.lock().expect("lock");
        let told = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .expect("kill");
        assert!(told.success());
        assert!(child.wait().expect("an end").success(), "a graceful end");
        *child = self.again(program);
    }

    fn again(&self, program: &str) -> Child {
        let (child, _) = spawn(
            program,
            &self.config,
            &self.database,
            (self.since_ms, self.factor),
            &self.address,
        );
        child
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let mut child = self.child.lock().expect("lock");
        let ended = child.kill().and_then(|()| child.wait());
        drop(ended);
    }
}

fn spawn(
    program: &str,
    config: &PathBuf,
    database: &str,
    (since_ms, factor): (i64, i64),
    listen: &str,
) -> (Child, String) {
    for _ in 0..50 {
        let mut child = Command::new(program)
            .arg(config)
            .envs([
                ("DATABASE_URL", database),
                ("LOKALSVAR_LISTEN", listen),
                ("LOKALSVAR_SECRET", SECRET),
                ("RUST_LOG", "error"),
            ])
            .envs([
                ("SINCE", since_ms.to_string()),
                ("FACTOR", factor.to_string()),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("a line");
        if !line.is_empty() {
            return (child, line.trim().to_owned());
        }
        child.wait().expect("an end");
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the server does not start");
}
