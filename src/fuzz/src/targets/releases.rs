//! Signed releases: damaged envelopes, and envelopes of other text; nothing but the signed bytes is ever taken for signed.

use super::Check;
use crate::dice::Dice;
use crate::signed::{Api, Envelope, Payload, Pinned, sri};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::sync::OnceLock;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn original() -> Envelope {
    let pinned = |file: &str| Pinned {
        file: file.into(),
        sha384: sri(b"x"),
    };
    let payload = Payload {
        kommune: "eksempelby".into(),
        serial: 12,
        issued: "2026-11-21".into(),
        engine_min: 1,
        bundle: pinned("eksempelby-00.kb"),
        details: Some(pinned("eksempelby.details-00.kb")),
        languages: BTreeMap::from([("en".into(), pinned("eksempelby.en-00.kb"))]),
        list: Some(pinned("eksempelby.liste-00.json")),
        notice: Some("Vandet er lukket på Ågade".into()),
        phone: "00 12 34 56".into(),
        domain: "eksempelby.example".into(),
        name: "Eksempelby Kommune".into(),
        demo: true,
        restores: Some(3),
        left: true,
        api: Some(Api {
            url: "https://api.eksempelby.example".into(),
            site: "eksempelby".into(),
        }),
        book: BTreeMap::from([("pas".into(), "pas".into())]),
        talk: true,
        ai: true,
        booking: Some(pinned("eksempelby-00.booking.json")),
        departments: Some(pinned("eksempelby-00.samtale.json")),
        place: Some(":host{--lokalsvar-offset-x:30px}".into()),
    };
    Envelope::sign(&payload, &key()).expect("signs")
}

pub(super) fn release(dice: &mut Dice) -> Vec<u8> {
    static WHOLE: OnceLock<String> = OnceLock::new();
    let whole = WHOLE
        .get_or_init(|| String::from_utf8(original().to_bytes().expect("json")).expect("text"));
    if dice.below(3) == 0 {
        return dice.bytes(whole.as_bytes());
    }
    let words = [
        "{",
        "}",
        "\"",
        "\\",
        ",",
        "\"key\":\"\"",
        "\"payload\":null",
        "=",
        "==",
        "12",
        "13",
        "null",
        "AAAA",
        "\\u0000",
    ];
    dice.text(whole, &words).into_bytes()
}

pub(super) fn check() -> Check {
    let (whole, public) = (original(), key().verifying_key());
    Box::new(move |input| {
        let Ok(read) = serde_json::from_slice::<Envelope>(input) else {
            return;
        };
        if let Ok(payload) = read.open(&public) {
            assert_eq!(
                read.payload, whole.payload,
                "other bytes were taken as signed"
            );
            assert_eq!(Ok(payload), whole.open(&public));
        }
    })
}
