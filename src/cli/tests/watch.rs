//! `watch` as an editor's browser sees it: a file is saved, the page hears of it twice when examples changed, once
//! when an answer did, and of every mistake while the former bundle stays; the running server takes what can be booked. Says what it measured, asserts no time.

use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing takes this long.
const PATIENCE: Duration = Duration::from_secs(180);

/// `lokalsvar watch` on a copy of the knowledge; ended, and its folder gone, with the test.
struct Watch {
    folder: PathBuf,
    child: Child,
    address: String,
    events: BufReader<TcpStream>,
    /// What was heard last: a late echo of a change is no news.
    last: Value,
}

/// One service at one counter, from morning to evening.
const BOOKING: &str = r#"
lukket_helligdage = true
tider_pr_kontakt = 3
reservationer_ad_gangen = 1

[privatliv]
dataansvarlig = "Eksempelby Kommune"
formaal = "Vi holder en tid til dig."
formaal_english = "We keep an appointment for you."
slettes_efter_dage = 30
url = "https://www.eksempelby.example/privatliv"
tekst = "Vi gemmer dit navn."
tekst_english = "We keep your name."

[[ydelse]]
id = "pas"
navn = "Pas"
navn_english = "Passport"
emner = ["pas"]
medbring = ["Dit gamle pas"]
medbring_english = ["Your old passport"]
minutter = 15
starter_hvert = 15
varsel = "2 timer"
dage_frem = 60

[[sted]]
id = "raadhus"
navn = "Rådhuset"
navn_english = "Town hall"
adresse = "Rådhustorvet 1, 0010 Eksempelby"
mandag = ["10:00-15:00"]
tirsdag = ["10:00-15:00"]
onsdag = ["10:00-15:00"]

[[skranke]]
id = "raadhus-1"
navn = "Skranke 1"
sted = "raadhus"
ydelser = ["pas"]
"#;

/// Training on all topics takes minutes without optimisation; the order of events is the same with four.
fn keep_a_few_topics(kb: &Path) {
    const KEPT: [&str; 5] = [
        "pas",
        "affald-og-genbrug",
        "kontakt-og-aabningstider",
        "smalltalk-meta",
        "tidsbestilling",
    ];
    for entry in fs::read_dir(kb.join("faelles")).expect("folder") {
        let path = entry.expect("entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if !stem.is_some_and(|stem| KEPT.contains(&stem)) {
            fs::remove_file(path).expect("removed");
        }
    }
    for entry in fs::read_dir(kb.join("kommuner")).expect("folder") {
        let path = entry.expect("entry").path();
        if path.ends_with("eksempelby") {
            // The real ones lead to topics that are not here.
            fs::write(path.join("booking.toml"), BOOKING).expect("written");
            fs::remove_file(path.join("samtale.toml")).expect("removed");
        } else {
            fs::remove_dir_all(path).expect("removed");
        }
    }
}

impl Watch {
    fn start() -> Watch {
        let folder = std::env::temp_dir().join(format!("lokalsvar-watch-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        copy(&root.join("kb-bundle"), &folder.join("kb"));
        keep_a_few_topics(&folder.join("kb"));
        fs::create_dir_all(folder.join("dist")).expect("folder");
        fs::write(folder.join("dist/lokalsvar.js"), "").expect("written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_lokalsvar"))
            .args(["watch", "--kommune", "eksempelby", "--port", "0"])
            .args(["--kb", "kb", "--dist", "dist", "--site", "dist"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = lines
            .find_map(|line| {
                let line = line.ok()?;
                let rest = line.strip_prefix("http://")?;
                Some(rest.split('/').next()?.to_owned())
            })
            .expect("an address");
        // Read on, so that the program never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let events = BufReader::new(get(&address, "/_watch"));
        Watch {
            folder,
            child,
            address,
            events,
            last: Value::Null,
        }
    }

    /// The next state of eksempelby that is no "building": the whole report, and the kommune's part.
    fn hear(&mut self) -> (Value, Value) {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.events.read_line(&mut line).expect("an event in time");
            assert_ne!(read, 0, "the server ended");
            let Some(data) = line.strip_prefix("data: ") else {
                continue;
            };
            let report: Value = serde_json::from_str(data).expect("json");
            if report["busy"] == false {
                let own = report["kommuner"]["eksempelby"].clone();
                let news = serde_json::json!([report["training"], own["bundle"], own["errors"]]);
                if news != self.last {
                    self.last = news;
                    return (report, own);
                }
            }
        }
    }

    /// Puts a whole file in the place of the former, as editors' programs do.
    fn save(&self, file: &str, text: &str) {
        let (new, to) = (self.folder.join("new"), self.folder.join("kb").join(file));
        fs::write(&new, text).expect("written");
        fs::rename(new, to).expect("replaced");
    }

    /// Minutes of a visit, as the running server tells the chat; none while it does not.
    fn minutes(&self) -> Option<u64> {
        let mut stream = TcpStream::connect(&self.address).expect("listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let path = "/api/v1/booking/services";
        write!(
            stream,
            "GET {path} HTTP/1.0\r\nhost: localhost\r\nlokalsvar-site: demo-eksempelby\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let told: Value = serde_json::from_str(body).expect("json");
        told["services"][0]["minutes"].as_u64()
    }

    /// Waits for the server to take what was written.
    fn until_minutes(&self, expected: u64) {
        let begun = Instant::now();
        while self.minutes() != Some(expected) {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.minutes());
            std::thread::sleep(Duration::from_millis(100));
        }
        println!(
            "{expected} minutes after {} ms",
            begun.elapsed().as_millis()
        );
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join("kb").join(file)).expect(file)
    }

    /// What a browser gets as the first file of this state.
    fn bundle(&self, own: &Value) -> bundle::Knowledge {
        let names = own["bundle"].as_str().expect("names");
        let name = names.split(' ').next().unwrap_or_default();
        let mut bytes = Vec::new();
        get(&self.address, &format!("/{name}"))
            .read_to_end(&mut bytes)
            .expect("read");
        let body = bytes.windows(4).position(|w| w == b"\r\n\r\n");
        let body = bytes.split_off(body.expect("a head") + 4);
        bundle::Knowledge::open(body, "eksempelby").expect("opens")
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn get(address: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    write!(stream, "GET {path} HTTP/1.0\r\nhost: localhost\r\n\r\n").expect("sent");
    stream
}

/// Sends a question as the preview page does: the whole answer, head and body.
fn post(address: &str, path: &str, question: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    let length = question.len();
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nhost: localhost\r\ncontent-type: text/plain;charset=UTF-8\r\ncontent-length: {length}\r\n\r\n{question}"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}

#[test]
fn a_saved_file_reaches_the_page_at_once_and_is_trained_behind() {
    const TOPIC: &str = "faelles/pas.md";
    const TIMES: &str = "kommuner/eksempelby/booking.toml";
    let mut watch = Watch::start();
    let (report, first) = watch.hear();
    assert_eq!(
        (&report["training"], &first["errors"]),
        (&false.into(), &0.into())
    );
    let before = watch.bundle(&first);
    let price = before.find_intent("pas/pris-paa-pas").expect("intent");

    // How a question was read, beside the answer: the decision, the best intents, and what became of a slip.
    let told = post(
        &watch.address,
        "/_explain/eksempelby",
        "hvad koster et nyt pazs",
    );
    let (head, body) = told.split_once("\r\n\r\n").expect("a body");
    assert!(head.contains(" 200 "), "{head}");
    assert!(head.contains("application/json; charset=utf-8"), "{head}");
    let told: Value = serde_json::from_str(body).expect("json");
    assert_eq!(told["decision"], "Svarer", "{told}");
    assert_eq!(told["intents"][0]["id"], "pas/pris-paa-pas");
    assert_eq!(
        told["intents"][0]["title"],
        before.core().intents[usize::from(price)].title
    );
    let words = told["words"].as_array().expect("words");
    let slip = words.iter().find(|word| word["word"] == "pazs");
    assert_eq!(slip.expect("the slip")["reading"], "læst som pas", "{told}");
    assert!(slip.expect("the slip")["first"].as_f64() > Some(0.0));
    let unknown = post(&watch.address, "/_explain/findes-ikke", "pas");
    assert!(unknown.starts_with("HTTP/1.0 404"), "{unknown}");

    // A title: shown at once. It is an example too, so training follows.
    let whole = watch.read(TOPIC);
    let title = before.core().intents[usize::from(price)].title.clone();
    assert!(whole.contains(&format!("## {title}\n")), "{title}");
    let start = Instant::now();
    watch.save(
        TOPIC,
        &whole.replacen(
            &format!("## {title}\n"),
            "## Hvad koster xylofonpasset?\n",
            1,
        ),
    );
    let (report, at_once) = watch.hear();
    println!(
        "changed example: shown after {} ms",
        start.elapsed().as_millis()
    );
    assert_eq!(
        report["training"], true,
        "the former model is shown meanwhile"
    );
    assert_ne!(at_once["bundle"], first["bundle"]);
    let shown = watch.bundle(&at_once);
    assert_eq!(
        shown.core().intents[usize::from(price)].title,
        "Hvad koster xylofonpasset?"
    );
    let ranking = matcher::rank(shown.model(), "xylofonpasset", &matcher::Context::default());
    assert_eq!(ranking.hits[0].class, price, "known before training");
    let (report, trained) = watch.hear();
    println!("trained behind after {} ms", start.elapsed().as_millis());
    assert_eq!(report["training"], false);
    assert_ne!(trained["bundle"], at_once["bundle"]);
    assert_eq!(
        watch.bundle(&trained).core().intents[usize::from(price)].title,
        "Hvad koster xylofonpasset?"
    );

    // A mistake: every diagnostic is told, and the bundle stays.
    let good = watch.read(TOPIC);
    watch.save(
        TOPIC,
        &format!("{good}\n## Uden id?\n\n{{ukendt_navn}} står her.\n"),
    );
    let (_, broken) = watch.hear();
    assert!(broken["errors"].as_u64() >= Some(1), "{broken}");
    let rows = broken["rows"].as_array().expect("rows").len() as u64;
    let all = broken["errors"].as_u64().zip(broken["warnings"].as_u64());
    assert_eq!(Some(rows), all.map(|(errors, warnings)| errors + warnings));
    assert!(
        broken["problem"]
            .as_str()
            .expect("text")
            .starts_with("Der er fejl")
    );
    assert_eq!(broken["bundle"], trained["bundle"]);
    watch.bundle(&broken);

    // Mended, with another text in an answer: once is enough, nothing is trained.
    let steps = good.replacen(
        "### Knapper\n",
        "Xylofoner er velkomne.\n\n### Knapper\n",
        1,
    );
    assert_ne!(steps, good);
    let start = Instant::now();
    watch.save(TOPIC, &steps);
    let (report, mended) = watch.hear();
    println!(
        "changed answer: shown after {} ms",
        start.elapsed().as_millis()
    );
    assert_eq!(
        (&report["training"], &mended["errors"]),
        (&false.into(), &0.into())
    );
    assert_eq!(mended["problem"], "");
    assert_ne!(mended["bundle"], trained["bundle"]);

    // What can be booked: the running server takes it, and the page hears of it; a mistake changes nothing.
    watch.until_minutes(15);
    watch.save(TIMES, &BOOKING.replace("minutter = 15", "minutter = 30"));
    let (_, longer) = watch.hear();
    assert_ne!(longer["bundle"], mended["bundle"]);
    watch.until_minutes(30);
    watch.save(
        TIMES,
        &BOOKING.replace("ydelser = [\"pas\"]", "ydelser = [\"vielse\"]"),
    );
    let (_, broken) = watch.hear();
    assert!(broken["errors"].as_u64() >= Some(1), "{broken}");
    assert_eq!(broken["bundle"], longer["bundle"]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(watch.minutes(), Some(30));
}
