//! A small knowledge folder, written to a temporary place: what `check` says of its mistakes, and what
//! a citizen gets when values are missing, facts run out, and a kommune changes an answer.

mod own;

use bundle::content::{Block, Inline, Lang, Target};
use compiler::{Knowledge, Settings};
use hours::Date;
use std::fs;
use std::path::{Path, PathBuf};

const TOPIC: &str = "# Pas
english: Passport
kilde: [borger.dk](https://www.borger.dk)
rettet: 2026-11-21
gennemgået: -

### Spørg tilbage
Hvem er passet til? (english: Who is it for?)
- Mig selv (english: Me) -> pas/pris
- Et barn (english: A child) -> pas/barn

## Hvad koster et pas?
id: pas/pris
english: What does a passport cost?
vægt: 4
relaterede: pas/barn

{nat_pris} Et byggesagsgebyr er {pris_x}. Ring på {telefon_hovednummer}.

### Knapper
- [Bestil tid](bestil:{url_tid})
- [Ring](tel:{telefon_hovednummer})

### Borgere skriver
- hvad koster et pas
- pris på pas

### Ord
pris, koster, gebyr

## Hvordan får mit barn pas?
id: pas/barn
english: Passport for my child

Begge forældre siger ja.

### Knapper
- [Læs](https://www.borger.dk)

### Borgere skriver
- pas til mit barn
- min søn skal have pas

### Ord
barn, søn, datter
";

const VARIABLES: &str = "
[telefon_hovednummer]
type = \"telefon\"
tier = 1
beskrivelse = \"Hovednummer\"
saetning = \"Se {domæne}.\"
english = \"See {domæne}.\"
[pris_x]
type = \"beloeb\"
tier = 1
beskrivelse = \"Pris\"
saetning = \"Ring på {telefon_hovednummer}, og hør prisen.\"
english = \"Call {telefon_hovednummer} for the price.\"
[url_tid]
type = \"url\"
tier = 2
beskrivelse = \"Tidsbestilling\"
saetning = \"Se {domæne}.\"
english = \"See {domæne}.\"
";

const FACTS: &str = "
[nat_pris]
beskrivelse = \"Pris\"
myndighed = \"Rigspolitiet\"
kilde = \"https://www.borger.dk\"
ukendt = \"Se prisen på [borger.dk](https://www.borger.dk).\"
ukendt_english = \"See the price at [borger.dk](https://www.borger.dk).\"
[[nat_pris.vaerdier]]
vaerdi = \"Det koster 100 kr.\"
english = \"It costs DKK 100.\"
gyldig_fra = 2026-01-01
gyldig_til = 2026-06-30
";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let root = std::env::temp_dir().join(format!("lokalsvar-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let folder = Folder(root);
        folder.write("faelles/pas.md", TOPIC);
        folder.write("variabler.toml", VARIABLES);
        folder.write("nationale-fakta.toml", FACTS);
        folder.write("negativer/da.txt", "# nej\nhvad er klokken i tokyo\n");
        folder.write("kommuner/by/kommune.toml", "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\ndemo = true\n");
        folder.write(
            "kommuner/by/variabler.toml",
            "telefon_hovednummer = \"00 12 34 56\"\n",
        );
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    fn load(&self) -> Knowledge {
        Knowledge::load(&self.0, Date::parse("2026-11-21").expect("date"))
    }

    fn build(&self) -> bundle::Knowledge {
        let knowledge = self.load();
        assert!(knowledge.clean(), "{:?}", knowledge.diagnostics);
        let built = knowledge.build("by", &settings()).expect("kommune by");
        bundle::Knowledge::open(built.core, "by").expect("bundle opens")
    }

    /// Short diagnostics of severity error and warning, without the temporary folder's name.
    fn check(&self) -> Vec<String> {
        let all = compiler::check(&self.load());
        let root = format!("{}/", self.0.display());
        all.iter()
            .map(|d| d.short().replace(&root, ""))
            .filter(|l| {
                !["few-", "info", "missing-variable"]
                    .iter()
                    .any(|quiet| l.contains(quiet))
            })
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn settings() -> Settings {
    Settings {
        folds: 0,
        ..Settings::default()
    }
}

fn text(inlines: &[Inline]) -> String {
    let one = |i: &Inline| match i {
        Inline::Text(t) | Inline::Strong(t) => t.clone(),
        Inline::Link { label, url } => format!("[{label}]({url})"),
        Inline::Fact(n) => format!("<fact {n}>"),
    };
    inlines.iter().map(one).collect()
}

fn short(knowledge: &bundle::Knowledge, id: &str) -> String {
    let idx = knowledge.find_intent(id).expect("intent");
    let answer = knowledge.answer(idx, Lang::Da).expect("answer");
    let paragraphs = answer.short.iter().map(|b| {
        if let Block::Paragraph(i) = b {
            text(i)
        } else {
            String::new()
        }
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sentence_without_its_value_gives_way_to_the_variables_own_sentence() {
    let folder = Folder::new("gap");
    let knowledge = folder.build();
    assert_eq!(
        short(&knowledge, "pas/pris"),
        "<fact 0> Ring på [00 12 34 56](tel:00123456), og hør prisen. Ring på [00 12 34 56](tel:00123456)."
    );
    let answer = knowledge
        .answer(knowledge.find_intent("pas/pris").expect("intent"), Lang::Da)
        .expect("answer");
    assert_eq!(
        answer.actions[0].target,
        Target::Book("https://by.example".into()).into_url()
    );
    assert_eq!(answer.actions[0].label, "Find det på by.example");
    assert_eq!(
        answer.actions[1].target,
        Target::Phone("00 12 34 56".into())
    );
}

/// A booking button without an address becomes a link to the kommune's site.
trait IntoUrl {
    fn into_url(self) -> Target;
}

impl IntoUrl for Target {
    fn into_url(self) -> Target {
        match self {
            Target::Book(url) => Target::Url(url),
            other => other,
        }
    }
}

#[test]
fn without_any_phone_number_the_kommunes_site_is_named() {
    let folder = Folder::new("nophone");
    folder.write("kommuner/by/variabler.toml", "");
    let knowledge = folder.build();
    assert_eq!(
        short(&knowledge, "pas/pris"),
        "<fact 0> Se [by.example](https://by.example). Se [by.example](https://by.example)."
    );
}

#[test]
fn a_fact_is_chosen_by_the_day_and_gives_way_to_its_link_when_it_has_run_out() {
    let folder = Folder::new("fact");
    let knowledge = folder.build();
    let on = |day: &str| text(knowledge.facts(Lang::Da)[0].on(Date::parse(day).expect("date")));
    assert_eq!(on("2026-03-01"), "Det koster 100 kr.");
    assert_eq!(
        on("2026-07-01"),
        "Se prisen på [borger.dk](https://www.borger.dk)."
    );
    assert_eq!(
        folder.check(),
        [
            "nationale-fakta.toml:2:1: warning[kb::fact-expired]: `nat_pris` has run out (add the new value with `gyldig_fra`; until then citizens get the link of `ukendt`)"
        ]
    );
}

#[test]
fn the_citizen_never_reads_a_fact_outside_its_days() {
    let folder = Folder::new("factday");
    folder.write(
        "nationale-fakta.toml",
        &format!(
            "{FACTS}[[nat_pris.vaerdier]]\nvaerdi = \"Det koster 120 kr.\"\nenglish = \"It costs DKK 120.\"\ngyldig_fra = 2027-01-01\ngyldig_til = 2027-12-31\n"
        ),
    );
    let knowledge = folder.build();
    let asked = |day: &str| {
        let now = hours::LocalTime {
            date: Date::parse(day).expect("date"),
            minute: 600,
        };
        let (state, effects) = dialog::step(
            &knowledge,
            dialog::State::default(),
            dialog::Event::Utterance("pris på pas".into()),
            now,
        );
        let said = effects.iter().find_map(|e| match e {
            dialog::Effect::Say(seq) => state.message(*seq),
            _ => None,
        });
        match &said.expect("an answer").answer.short[0] {
            Block::Paragraph(inlines) => text(inlines),
            other => panic!("a paragraph, not {other:?}"),
        }
    };
    for (day, expected) in [
        ("2025-12-31", "Se prisen på"),
        ("2026-01-01", "Det koster 100 kr."),
        ("2026-06-30", "Det koster 100 kr."),
        ("2026-07-01", "Se prisen på"),
        ("2026-12-31", "Se prisen på"),
        ("2027-01-01", "Det koster 120 kr."),
        ("2027-12-31", "Det koster 120 kr."),
        ("2028-01-01", "Se prisen på"),
    ] {
        let read = asked(day);
        assert!(read.starts_with(expected), "{day}: {read}");
        assert_eq!(
            read.matches("kr.").count(),
            usize::from(!expected.starts_with("Se")),
            "{day}: {read}"
        );
    }
    let told = folder.check();
    assert!(
        told.len() == 1 && told[0].contains("kb::fact-expired"),
        "no value holds on 21 November 2026, though one comes: {told:?}"
    );
}

#[test]
fn an_answer_whose_last_day_has_passed_is_told() {
    let path = "faelles/pas.md";
    for (until, expected) in [
        ("2026-11-21", None),
        (
            "2026-11-20",
            Some(
                "faelles/pas.md:12:1: warning[kb::answer-expired]: `pas/pris` is not answered since 20. november 2026 (give it a new `gælder-til`, or remove it)",
            ),
        ),
    ] {
        let line = format!("vægt: 4\ngælder-til: {until}");
        check("period", path, "vægt: 4", &line, &Vec::from_iter(expected));
    }
}

#[test]
fn what_is_said_about_a_kommunes_value_is_compared_with_the_day() {
    let folder = Folder::new("control");
    folder.write("nationale-fakta.toml", "");
    folder.write("faelles/pas.md", &TOPIC.replace("{nat_pris} ", ""));
    let told = |control: &str| {
        folder.write("kommuner/by/kontrol.toml", control);
        folder.check()
    };
    for (control, expected) in [
        ("", None),
        (
            "kilde = \"https://by.example\"\nkontrolleret_af = \"Borgerservice\"\nkontrolleret_dato = \"2026-11-01\"\ngyldig_til = \"2027-06-30\"",
            None,
        ),
        (
            "gyldig_til = \"2026-11-20\"",
            Some(
                "warning[kb::value-expired]: `telefon_hovednummer` ran out on 20. november 2026 (citizens still read it: write the new value in variabler.toml, or remove it there)",
            ),
        ),
        (
            "gyldig_til = 2026-11-21",
            Some(
                "warning[kb::value-ends-soon]: `telefon_hovednummer` runs out on 21. november 2026 (find the next value now, and publish it on the day after)",
            ),
        ),
        (
            "gyldig_fra = 2027-01-01",
            Some(
                "warning[kb::value-early]: `telefon_hovednummer` does not hold before 1. januar 2027 (citizens read it already: put the old value back until then)",
            ),
        ),
        (
            "gyldig_til = \"nytår\"",
            Some(
                "error[kb::control]: `gyldig_til` of `telefon_hovednummer` cannot be read (gyldig_fra, gyldig_til and kontrolleret_dato are dates ÅÅÅÅ-MM-DD; kilde and kontrolleret_af are texts)",
            ),
        ),
    ] {
        let place = |e: &str| format!("kommuner/by/kontrol.toml:1:1: {e}");
        assert_eq!(
            told(&format!("[telefon_hovednummer]\n{control}\n")),
            expected.map(place).into_iter().collect::<Vec<_>>(),
            "{control}"
        );
    }
    assert_eq!(
        told("\n[telefon_x]\n"),
        [
            "kommuner/by/kontrol.toml:2:1: error[kb::unknown-variable]: no variable is called `telefon_x` (see kb-bundle/variabler.toml for their names)"
        ]
    );
}

#[test]
fn a_kommune_replaces_extends_hides_and_adds() {
    let folder = Folder::new("local");
    folder.write(
        "kommuner/by/emner/pas.md",
        "# Pas\n\n## Pris?\nid: pas/pris\nerstat: ja\n\nHos os er det gratis.\n",
    );
    folder.write(
        "kommuner/by/emner/havn.md",
        "# Havn\nenglish: Harbour\n\n## Hvornår sejler havnebussen?\nid: havn/tider\nenglish: When does it sail?\n\nHver time.\n\n### Knapper\n- [Se](https://by.example)\n\n### Borgere skriver\n- hvornår sejler havnebussen\n- båden over fjorden\n\n### Ord\nhavnebus, båd, færge\n",
    );
    let knowledge = folder.build();
    assert_eq!(short(&knowledge, "pas/pris"), "Hos os er det gratis.");
    assert_eq!(short(&knowledge, "havn/tider"), "Hver time.");
    let now = hours::copenhagen(1_795_000_000_000);
    let (_, decision) = dialog::turn(
        &knowledge,
        dialog::State::default(),
        "hvornår sejler havnebussen",
        now,
    );
    assert_eq!(decision.top[0].0, "havn/tider");
    folder.write("kommuner/by/kommune.toml", "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\nskjul = [\"pas/barn\"]\n");
    folder.write("taksonomi.tsv", "pas\tpas/barn\t\n");
    assert_eq!(folder.build().find_intent("pas/barn"), None);
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let folder = Folder::new("same");
    let once = folder.load().build("by", &settings()).expect("by");
    let _ = fs::remove_dir_all(folder.0.join(".cache"));
    let twice = folder.load().build("by", &settings()).expect("by");
    assert!(
        once.core == twice.core && once.english == twice.english && once.details == twice.details
    );
}

#[test]
fn a_former_model_knows_new_examples_and_new_intents_at_once() {
    let folder = Folder::new("former");
    let before = folder.load().trained(&settings());
    let same = folder.load();
    assert!(same.is_trained(&before, &settings()));
    let whole = same.build("by", &settings()).expect("by");
    let with = same.build_with("by", &before, &settings()).expect("by");
    assert!(whole.core == with.core, "nothing changed, same bytes");

    let topic = TOPIC.replacen(
        "### Borgere skriver\n",
        "### Borgere skriver\n- mit xylofonbevis er væk\n",
        1,
    );
    assert_ne!(topic, TOPIC);
    folder.write("faelles/pas.md", &topic);
    folder.write(
        "faelles/a-foerst.md",
        "# Leg\nenglish: Play\n\n## Hvor er legepladsen?\nid: a-foerst/leg\nenglish: Where is the playground?\n\nVed søen.\n\n\
         ### Borgere skriver\n- hvor ligger legepladsen\n- gynger og rutsjebane\n\n### Ord\nlegeplads, gynge\n",
    );
    let changed = folder.load();
    assert!(!changed.is_trained(&before, &settings()));
    let built = changed.build_with("by", &before, &settings()).expect("by");
    let knowledge = bundle::Knowledge::open(built.core, "by").expect("opens");
    let top = |text: &str| {
        let ranking = matcher::rank(knowledge.model(), text, &matcher::Context::default());
        knowledge.intent_id(ranking.hits[0].class)
    };
    assert_eq!(top("gynger og rutsjebane"), "a-foerst/leg");
    let first = topic.split("- mit xylofonbevis").next().expect("text");
    let id = first
        .rsplit("id: ")
        .next()
        .and_then(|rest| rest.lines().next());
    assert_eq!(Some(top("mit xylofonbevis er væk").as_str()), id);
    let after = changed.trained(&settings());
    assert!(changed.is_trained(&after, &settings()));
}

/// Changes a file and compares all errors and warnings with the expected lines.
fn check(name: &str, path: &str, from: &str, to: &str, expected: &[&str]) {
    let folder = Folder::new(name);
    let source = fs::read_to_string(folder.0.join(path)).expect("file");
    assert!(source.contains(from), "{path} holds no `{from}`");
    folder.write(path, &source.replacen(from, to, 1));
    folder.write(
        "nationale-fakta.toml",
        &fs::read_to_string(folder.0.join("nationale-fakta.toml"))
            .expect("facts")
            .replace("2026-06-30", "2027-06-30"),
    );
    assert_eq!(folder.check(), expected, "{name}");
}

#[test]
fn a_kommune_without_values_gets_one_line_of_information() {
    let folder = Folder::new("novalues");
    folder.write("kommuner/by/variabler.toml", "# nothing yet\n");
    let all = compiler::check(&folder.load());
    let local: Vec<String> = all
        .iter()
        .filter(|d| ["kb::no-local-data", "kb::missing-variable"].contains(&d.code))
        .map(|d| format!("{} {}", d.severity.name(), d.message))
        .collect();
    assert_eq!(
        local,
        ["info by: no local data yet; `lokalsvar coverage --kommune by` lists what is missing"]
    );
}

#[test]
fn every_mistake_has_its_place_code_and_hint() {
    const PAS: &str = "faelles/pas.md";
    check("clean", PAS, "Begge", "Begge", &[]);
    check(
        "noid",
        PAS,
        "id: pas/barn",
        "id: barn",
        &[
            "faelles/pas.md:10:33: error[kb::unknown-intent]: no intent is called `pas/barn` (ids are `emne/navn`; see the `id:` lines)",
            "faelles/pas.md:16:13: error[kb::unknown-intent]: no intent is called `pas/barn` (ids are `emne/navn`; see the `id:` lines)",
            "faelles/pas.md:31:1: error[kb::id]: id `barn` is not `emne/navn` (write `id: emne/navn` below the heading, small letters a-z, digits and -)",
        ],
    );
    check(
        "html",
        PAS,
        "Begge forældre",
        "<b>Begge</b> forældre",
        &[
            "faelles/pas.md:35:1: error[kb::html]: raw HTML (write plain text; `<` is written `\\<`)",
        ],
    );
    check(
        "script",
        PAS,
        "(https://www.borger.dk)\n\n### Borgere skriver\n- pas til",
        "(javascript:alert(1))\n\n### Borgere skriver\n- pas til",
        &[
            "faelles/pas.md:38:9: error[kb::url]: `javascript:alert(1)` may not be a link (https://…, tel:…, mailto:…, bestil:{url_…}, #emne/intent or menneske:)",
        ],
    );
    check(
        "variable",
        PAS,
        "{pris_x}",
        "{pris_y}",
        &[
            "faelles/pas.md:18:34: error[kb::unknown-variable]: no variable is called `pris_y` (did you mean `pris_x`? All names stand in kb-bundle/variabler.toml)",
        ],
    );
    check(
        "shared",
        PAS,
        "- min søn skal have pas",
        "- Pris på PAS?",
        &[
            "faelles/pas.md:42:1: warning[kb::shared-utterance]: `Pris på PAS?` is nearly `pris på pas`, an example of `pas/pris` (faelles/pas.md:26) (say it so that it belongs to one of them, or remove one)",
        ],
    );
    check(
        "lix",
        PAS,
        "Begge forældre siger ja.",
        "Forældremyndighedsindehavernes samtykkeerklæring vedlægges.",
        &[
            "faelles/pas.md:34:1: error[kb::lix]: the answer of `pas/barn` has LIX 103; 40 at most (shorter sentences, and everyday words instead of long ones)",
        ],
    );
    check(
        "date",
        PAS,
        "rettet: 2026-11-21",
        "rettet: 21/11 2026",
        &[
            "faelles/pas.md:4:1: error[kb::date]: `21/11 2026` is not a date (write ÅÅÅÅ-MM-DD, or `-`)",
        ],
    );
    check(
        "button",
        PAS,
        "- [Ring](tel:{telefon_hovednummer})",
        "- Ring til os",
        &[
            "faelles/pas.md:22:1: error[kb::button]: `Ring til os` is not a button (write `- [tekst](mål)`)",
        ],
    );
    check(
        "value",
        "kommuner/by/variabler.toml",
        "00 12 34 56",
        "ring til os",
        &[
            "kommuner/by/variabler.toml:1:1: error[kb::variable-value]: `telefon_hovednummer` is not a Danish phone number (8 digits) (see the examples in kommuner/eksempelby/variabler.toml)",
        ],
    );
    check(
        "toml",
        "kommuner/by/variabler.toml",
        "\"00",
        "00",
        &[
            "kommuner/by/variabler.toml:1:1: error[kb::toml]: missing opening quote, expected `\"` (is a quotation mark missing in line 1? Text stands as `name = \"text\"`, a list as `[\"a\", \"b\"]`)",
        ],
    );
    check(
        "section",
        PAS,
        "### Ord\nbarn",
        "### Nøgleord\nbarn",
        &[
            "faelles/pas.md:44:1: error[kb::section]: unknown section `Nøgleord` (known: Sådan gør du, Læs mere, Knapper, Spørg tilbage, Borgere skriver, Ord, Citizens write, English)",
        ],
    );
    let dim = "[lys]\ntekst = \"#777777\"\nflade = \"#ffffff\"\nbaggrund = \"#ffffff\"\n";
    let folder = Folder::new("theme");
    folder.write("kommuner/by/tema.toml", dim);
    let found = folder.check();
    assert!(
        found.iter().any(|l| l.contains("kb::contrast")
            && l.contains("tekst #777777 on baggrund #ffffff is 4.48:1")),
        "{found:?}"
    );
}

#[test]
fn where_the_launcher_stands_is_read_and_checked() {
    let folder = Folder::new("placement");
    folder.write(
        "kommuner/by/tema.toml",
        "afstand_side = 0\nafstand_bund = 80\nlag = 900\n",
    );
    let about = || -> Vec<String> {
        let all = folder.check();
        all.into_iter()
            .filter(|l| l.contains("tema.toml"))
            .collect()
    };
    assert_eq!(about(), Vec::<String>::new());
    for (line, found) in [
        ("afstand_side = 201", "`afstand_side` is 201"),
        ("afstand_bund = -1", "`afstand_bund` is -1"),
        ("afstand_bund = \"16px\"", "`afstand_bund` is \"16px\""),
        ("lag = 2147483648", "`lag` is 2147483648"),
    ] {
        folder.write("kommuner/by/tema.toml", &format!("hjoerne = 14\n{line}\n"));
        let said = about();
        assert!(
            said.len() == 1
                && said[0].contains("kommuner/by/tema.toml:2:")
                && said[0].contains("kb::theme")
                && said[0].contains(found),
            "{said:?}"
        );
    }
}

#[test]
fn an_empty_folder_is_one_clear_error() {
    let root = std::env::temp_dir().join("lokalsvar-nothing-here");
    let knowledge = Knowledge::load(Path::new(&root), Date::parse("2026-11-21").expect("date"));
    assert!(!knowledge.clean());
    assert_eq!(
        knowledge.diagnostics.len(),
        1,
        "{:?}",
        knowledge.diagnostics
    );
    assert!(
        knowledge.diagnostics[0]
            .message
            .contains("holds no knowledge")
    );
}
