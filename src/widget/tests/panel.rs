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
        intents: vec![Intent {
            topic: 0,
            name: "pris".into(),
            title: "Hvad koster et pas?".into(),
            title_en: String::new(),
            prior: 3,
            from: None,
            until: None,
        }],
        ..Core::default()
    };
    let answer = Answer {
        short: vec![Block::Paragraph(vec![Inline::Text(
            "Et pas koster penge.".into(),
        )])],
        ..Answer::default()
    };
    bundle::write_core(&core, &model(), &[Some(answer)])
}

fn model() -> matcher::Model<bundle::Terms> {
    matcher::Model {
        terms: bundle::Terms::build(["pas"]).unwrap(),
        classes: 2,
        starts: vec![0, 1],
        postings: vec![matcher::Posting {
            class: 0,
            weight: 100,
        }],
        bias: vec![0; 2],
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
    let nothing = [Some(bundle::content::Details::default())];
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
