//! Another booking system: the sample of tests/adapters in a process of its own, and a line to it that can break.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub const TOKEN: &str = "sample-token-1";
/// The service that the sample keeps.
pub const SERVICE: &str = "vielse";

/// The sample server; is killed with the value.
pub struct System {
    child: Mutex<Option<Child>>,
    pub url: String,
    file: PathBuf,
    port: u16,
    more: Vec<String>,
}

impl System {
    /// Starts it with its state in a folder. `more`: further arguments.
    pub fn start(folder: &Path, more: &[&str]) -> System {
        let mut system = System {
            child: Mutex::new(None),
            url: String::new(),
            file: folder.join("system.json"),
            port: 0,
            more: more.iter().map(|&m| m.to_owned()).collect(),
        };
        system.url = system.launch();
        system.port = system
            .url
            .rsplit(':')
            .next()
            .and_then(|p| p.parse().ok())
            .expect("a port");
        system
    }

    fn launch(&self) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/adapters/server.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .args(["--port", &self.port.to_string(), "--token", TOKEN])
            .args(["--service", SERVICE, "--file"])
            .arg(&self.file)
            .args(&self.more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("node; see CONTRIBUTING.md");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        std::io::BufReader::new(out)
            .read_line(&mut line)
            .expect("its address");
        *self.child.lock().expect("lock") = Some(child);
        line.trim().to_owned()
    }

    /// As a power cut: no last word.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().expect("lock").take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    /// Kills it and starts it at the same address.
    pub fn restart(&self) {
        self.kill();
        assert_eq!(self.launch(), self.url);
    }

    /// What it has kept.
    pub fn state(&self) -> serde_json::Value {
        let text = std::fs::read_to_string(&self.file).unwrap_or_else(|_| "{}".into());
        serde_json::from_str(&text).expect("JSON")
    }

    /// How many bookings it has in a state.
    pub fn bookings(&self, state: &str) -> usize {
        let all = self.state()["bookings"].clone();
        let all = all.as_object().cloned().unwrap_or_default();
        all.values().filter(|b| b["state"] == state).count()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a [`Wire`] does with requests.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
pub enum Does {
    /// Nothing.
    Pass,
    /// Cuts the line instead of passing the answer on.
    LosesAnswers,
    /// Cuts the line instead of passing the request on.
    LosesRequests,
    /// Passes the request on and answers nonsense.
    Garbles,
}

/// A line to the system that can break.
pub struct Wire {
    pub url: String,
    does: Arc<AtomicU8>,
    /// Requests that came by.
    pub seen: Arc<AtomicUsize>,
    /// Their first lines, with the address.
    pub lines: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    pub async fn to(system: &System) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (does, seen) = (Arc::new(AtomicU8::new(0)), Arc::new(AtomicUsize::new(0)));
        let wire = Wire {
            url: format!("http://{address}"),
            does: Arc::clone(&does),
            seen: Arc::clone(&seen),
            lines: Arc::default(),
        };
        let lines = Arc::clone(&wire.lines);
        let port = system.port;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (does, seen) = (Arc::clone(&does), Arc::clone(&seen));
                let lines = Arc::clone(&lines);
                tokio::spawn(async move { carry(stream, port, does, seen, lines).await });
            }
        });
        wire
    }

    pub fn set(&self, does: Does) {
        self.does.store(does as u8, Ordering::SeqCst);
    }
}

async fn carry(
    client: TcpStream,
    port: u16,
    does: Arc<AtomicU8>,
    seen: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let mut buffer = vec![0; 64 * 1024];
    let mut up: Option<TcpStream> = None;
    loop {
        let n = from_client.read(&mut buffer).await.ok()?;
        if n == 0 {
            return None;
        }
        let is = |what: Does| does.load(Ordering::SeqCst) == what as u8;
        seen.fetch_add(1, Ordering::SeqCst);
        let line = String::from_utf8_lossy(&buffer[..n]);
        let line = line.lines().next().unwrap_or_default().to_owned();
        lines.lock().expect("lock").push(line);
        if is(Does::LosesRequests) {
            return None;
        }
        if up.is_none() {
            up = TcpStream::connect(("127.0.0.1", port)).await.ok();
        }
        let system = up.as_mut()?;
        system.write_all(&buffer[..n]).await.ok()?;
        // Messages here are small: head and body may come in pieces, so the answer is awaited with a little patience.
        let mut answer = Vec::new();
        loop {
            let wait = if answer.is_empty() { 5000 } else { 30 };
            let read = tokio::time::timeout(Duration::from_millis(wait), system.read(&mut buffer));
            match read.await {
                Ok(Ok(0)) | Err(_) => break,
                Ok(Ok(n)) => answer.extend_from_slice(&buffer[..n]),
                Ok(Err(_)) => return None,
            }
        }
        if is(Does::LosesAnswers) {
            return None;
        }
        if is(Does::Garbles) {
            answer = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"fine\": true}".to_vec();
        }
        to_client.write_all(&answer).await.ok()?;
    }
}
