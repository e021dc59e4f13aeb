//! The panel in a real browser: mounts under a shadow root beside the loader's button, opens and closes,
//! announces each message once. Run: `wasm-pack`-like runner `wasm-bindgen-test-runner` with chromedriver:
//! `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner cargo test -p widget --target wasm32-unknown-unknown`
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use bundle::content::{Answer, Block, Core, Inline, Intent, Meta, Topic};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, ShadowRoot};
use widget::{Widget, mount};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
export function shadow() {
  sessionStorage.clear(); // a conversation that another test left would be brought back, unannounced
  const host = document.createElement('div');
  document.body.append(host);
  const root = host.attachShadow({ mode: 'open' });
  root.append(document.createElement('button'));
  return root;
}
export function listen(root) {
  const said = [];
  new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node => said.push(node.textContent))))
    .observe(root.getElementById('live'), { childList: true });
  return said;
}
export function wait(ms) { return new Promise(done => setTimeout(done, ms)); }
")]
extern "C" {
    fn shadow() -> ShadowRoot;
    fn listen(root: &ShadowRoot) -> Array;
    fn wait(ms: u32) -> Promise;
}

async fn pause(ms: u32) {
    wasm_bindgen_futures(wait(ms)).await;
}

async fn wasm_bindgen_futures(promise: Promise) {
    let _ = js_sys::futures::JsFuture::from(promise).await;
}

fn bundle_bytes() -> Vec<u8> {
    let core = Core {
        meta: Meta {
            slug: "eksempelby".into(),
            name: "Eksempelby Kommune".into(),
            phone: "00 12 34 56".into(),
            bot_name: "Automatisk assistent".into(),
            ..Meta::default()
        },
        topics: vec![Topic {
            id: "pas".into(),
            title: "Pas".into(),
            title_en: String::new(),
            tree: None,
        }],
        intents: ANSWERS
            .map(|(name, title, _)| Intent {
                topic: 0,
                name: name.into(),
                title: title.into(),
                title_en: String::new(),
                prior: 3,
                from: None,
                until: None,
            })
            .to_vec(),
        ..Core::default()
    };
    let answer = |text: &str| Answer {
        short: vec![Block::Paragraph(vec![Inline::Text(text.into())])],
        ..Answer::default()
    };
    let answers = ANSWERS.map(|(_, _, text)| Some(answer(text)));
    bundle::write_core(&core, &model(), &answers)
}

/// Name, title, answer.
const ANSWERS: [(&str, &str, &str); 4] = [
    ("pris", "Hvad koster et pas?", "Et pas koster penge."),
    (
        "foto",
        "Skal jeg have et foto med?",
        "Fotoet tages på stedet.",
    ),
    ("barn", "Kan mit barn få pas?", "Barnet skal med dig."),
    ("tid", "Hvor lang tid tager det?", "Ventetiden er en uge."),
];

fn model() -> matcher::Model<bundle::Terms> {
    matcher::Model {
        terms: bundle::Terms::build(["pas"]).unwrap(),
        classes: ANSWERS.len() as u16 + 1,
        starts: vec![0, 1],
        postings: vec![matcher::Posting {
            class: 0,
            weight: 100,
        }],
        bias: vec![0; ANSWERS.len() + 1],
        scale: 1.0 / 64.0,
        calibration: matcher::Calibration {
            weights: [-2.5, 2.0, 5.0, 0.0, 0.0, 0.5],
            sharpness: 3.0,
        },
        thresholds: matcher::Thresholds {
            answer: 0.5,
            clarify: 0.2,
        },
    }
}

fn options(kommune: &str) -> Object {
    let options = Object::new();
    let bytes = Uint8Array::from(bundle_bytes().as_slice());
    let nothing = ANSWERS.map(|_| Some(bundle::content::Details::default()));
    let details = bundle::write_details("eksempelby", &nothing, &[]);
    let details = Uint8Array::from(details.as_slice());
    for (name, value) in [
        ("kommune", JsValue::from_str(kommune)),
        ("bundle", bytes.into()),
        ("details", details.into()),
    ] {
        Reflect::set(&options, &JsValue::from_str(name), &value).unwrap();
    }
    options
}

fn mounted() -> (ShadowRoot, Widget) {
    let root = shadow();
    let widget = mount(root.clone(), &options("eksempelby")).ok().unwrap();
    (root, widget)
}

fn panel(root: &ShadowRoot) -> Element {
    root.get_element_by_id("panel").unwrap()
}

#[wasm_bindgen_test]
async fn opens_and_closes_behind_the_loaders_button() {
    let (root, widget) = mounted();
    assert!(panel(&root).has_attribute("hidden"));
    assert_eq!(root.first_element_child().unwrap().tag_name(), "BUTTON");
    widget.open(None);
    pause(50).await;
    assert!(widget.is_open() && !panel(&root).has_attribute("hidden"));
    widget.close();
    pause(50).await;
    assert!(!widget.is_open() && panel(&root).has_attribute("hidden"));
    widget.destroy();
    assert_eq!(root.child_element_count(), 1);
}

#[wasm_bindgen_test]
async fn every_message_is_announced_once_and_in_order() {
    let (root, widget) = mounted();
    let said = listen(&root);
    widget.open(None);
    widget.show("pas/pris".into());
    pause(400).await;
    let bots = root.query_selector_all(".entry.bot").unwrap().length();
    assert_eq!(said.length(), bots, "{said:?}");
    let last = said.get(said.length() - 1).as_string().unwrap();
    assert!(
        last.starts_with("Automatisk svar: ") && last.contains("Et pas koster penge."),
        "{last}"
    );
    widget.destroy();
}

/// splitmix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Letters and digits of a text, so that what is drawn and what is spoken can be compared.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Property: in whatever order and with whatever pauses things happen, N messages are N announcements, in their order.
#[wasm_bindgen_test]
async fn whatever_order_things_happen_in_each_message_is_announced_once_and_in_order() {
    let (mut seed, mut messages) = (20_261_121, 0);
    for round in 0..8 {
        let (root, widget) = mounted();
        let said = listen(&root);
        widget.open(None);
        let mut calls: Vec<usize> = (0..18).collect();
        for last in (1..calls.len()).rev() {
            calls.swap(last, (next(&mut seed) % (last as u64 + 1)) as usize);
        }
        for call in calls {
            match call {
                0..=3 => widget.show(format!("pas/{}", ANSWERS[call].0)),
                4..=7 => widget.ask(ANSWERS[call - 4].1.into()),
                8 => widget.show("pas".into()),
                9 => widget.show("findes/ikke".into()),
                10 => widget.ask("hvad er meningen med livet".into()),
                11 => widget.ask(String::new()),
                12 => widget.close(),
                13 => widget.open(Some(false)),
                14 => widget.set_topic("pas".into()),
                15 => widget.set_topic(String::new()),
                16 => widget.set_notice(Some("Vandet er lukket.".into())),
                _ => widget.set_notice(None),
            }
            // Some at once, some before, some after the region speaks (120 ms).
            match next(&mut seed) % 4 {
                0 => pause((next(&mut seed) % 40) as u32).await,
                1 => pause((100 + next(&mut seed) % 60) as u32).await,
                _ => {}
            }
        }
        pause(300).await;
        let bots = root.query_selector_all(".entry.bot").unwrap();
        assert_eq!(said.length(), bots.length(), "round {round}: {said:?}");
        for at in 0..bots.length() {
            let drawn = plain(&bots.get(at).unwrap().text_content().unwrap());
            let spoken = said.get(at).as_string().unwrap();
            let words = plain(spoken.trim_start_matches("Automatisk svar: "));
            let begin: String = words.chars().take(16).collect();
            assert!(
                begin.len() > 5 && drawn.contains(&begin),
                "round {round}, message {at}: {spoken} | {drawn}"
            );
        }
        messages += bots.length();
        widget.destroy();
    }
    assert!(messages > 70, "{messages} messages");
}

#[wasm_bindgen_test]
fn there_is_no_style_attribute_and_the_log_is_named() {
    let (root, widget) = mounted();
    widget.open(Some(false));
    assert_eq!(
        root.query_selector_all("[style], style").unwrap().length(),
        0
    );
    let log = root.query_selector("[role=log]").unwrap().unwrap();
    assert_eq!(log.get_attribute("aria-label").as_deref(), Some("Samtale"));
    widget.destroy();
}

#[wasm_bindgen_test]
fn a_foreign_bundle_says_so() {
    let error = mount(shadow(), &options("andenby")).err().unwrap();
    let code = Reflect::get(&error, &JsValue::from_str("code")).unwrap();
    assert_eq!(code.as_string().as_deref(), Some("foreign"));
}
