//! A network as it is at times: a proxy that loses requests, loses answers, sends requests twice, keeps them back, goes silent with
//! the line open, and cuts answers in the middle. Requests overtake each other by being kept back.

use super::trial::Dice;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What was done to requests.
#[derive(Default, Debug)]
pub struct Faults {
    pub requests: AtomicUsize,
    pub lost: AtomicUsize,
    pub unanswered: AtomicUsize,
    pub doubled: AtomicUsize,
    pub late: AtomicUsize,
    pub silent: AtomicUsize,
    pub cut: AtomicUsize,
}

/// Listens, and passes requests on to one of the nodes. Its address.
pub async fn proxy(nodes: Arc<Vec<String>>, faults: Arc<Faults>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        let seed = AtomicU64::new(1);
        while let Ok((socket, _)) = listener.accept().await {
            let n = seed.fetch_add(1, Ordering::Relaxed);
            let dice = Dice(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
            let (nodes, faults) = (Arc::clone(&nodes), Arc::clone(&faults));
            tokio::spawn(async move {
                let passed = pass(socket, &nodes, dice, &faults).await;
                drop(passed);
            });
        }
    });
    address
}

/// One request of one connection.
async fn pass(
    mut client: TcpStream,
    nodes: &[String],
    mut dice: Dice,
    faults: &Faults,
) -> std::io::Result<()> {
    dice.below(2);
    let request = request(&mut client).await?;
    let count = |what: &AtomicUsize| what.fetch_add(1, Ordering::Relaxed);
    count(&faults.requests);
    let fate = dice.below(100);
    if fate < 3 {
        count(&faults.lost);
        return Ok(());
    }
    if (3..15).contains(&fate) {
        count(&faults.late);
        tokio::time::sleep(Duration::from_millis(dice.below(400) as u64)).await;
    }
    let node = &nodes[dice.below(nodes.len())];
    if (15..19).contains(&fate) {
        count(&faults.doubled);
        let (node, request) = (nodes[dice.below(nodes.len())].clone(), request.clone());
        tokio::spawn(async move {
            let mut second = TcpStream::connect(node).await?;
            second.write_all(&request).await?;
            let mut answer = Vec::new();
            second.read_to_end(&mut answer).await
        });
    }
    let mut server = TcpStream::connect(node).await?;
    server.write_all(&request).await?;
    if (19..22).contains(&fate) {
        count(&faults.unanswered);
        tokio::time::sleep(Duration::from_millis(dice.below(50) as u64)).await;
        return Ok(());
    }
    if (22..24).contains(&fate) {
        count(&faults.silent);
        tokio::time::sleep(Duration::from_secs(8)).await;
        return Ok(());
    }
    let mut left = usize::MAX;
    if (24..28).contains(&fate) {
        count(&faults.cut);
        left = dice.below(4000);
    }
    let mut piece = vec![0; 4096];
    loop {
        let n = server.read(&mut piece).await?;
        if n == 0 || left == 0 {
            return Ok(());
        }
        let n = n.min(left);
        left -= n;
        client.write_all(&piece[..n]).await?;
    }
}

/// Reads head and body of a request.
async fn request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = all.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|l| l.strip_prefix("content-length:"))
                .and_then(|n| n.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if all.len() >= end + 4 + length {
                return Ok(all);
            }
        }
        let n = client.read(&mut piece).await?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        all.extend_from_slice(&piece[..n]);
    }
}
