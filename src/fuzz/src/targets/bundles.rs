//! Bundles: with damage, which the checksum must find, and with damage that a faulty writer sealed, which may open but must
//! then be readable to the end.

use super::Check;
use super::small::files;
use crate::dice::Dice;
use bundle::Knowledge;
use bundle::content::Lang;
use bundle::layout::{HEADER, checksum};

/// The number of the file, then its bytes.
pub(super) fn damaged(dice: &mut Dice) -> Vec<u8> {
    let which = dice.below(3);
    let mut input = dice.bytes(&files()[which]);
    input.insert(0, which as u8);
    input
}

/// The same with the checksum put right again, as a faulty writer would.
pub(super) fn resealed(dice: &mut Dice) -> Vec<u8> {
    let which = dice.below(3);
    let mut bytes = files()[which].clone();
    for _ in 0..=dice.below(4) {
        // Tables and counts lie in front; half of the damage goes there.
        let most = if dice.below(2) == 0 { 600 } else { bytes.len() };
        let at = HEADER + dice.below(most.min(bytes.len()) - HEADER);
        bytes[at] =
            dice.one_of(&["\0", "\u{1}", "\u{7f}", "x"]).as_bytes()[0] ^ (dice.below(256) as u8);
    }
    let sum = checksum(&bytes[..16], &bytes[24..]);
    bytes[16..24].copy_from_slice(&sum.to_le_bytes());
    bytes.insert(0, which as u8);
    bytes
}

/// Opens the file of this kind with whole ones beside it.
fn open(input: &[u8]) -> Option<Knowledge> {
    let (which, bytes) = input.split_first()?;
    let file = |at: usize| {
        if at == usize::from(*which).min(2) {
            bytes.to_vec()
        } else {
            files()[at].clone()
        }
    };
    let mut knowledge = Knowledge::open(file(0), "eksempelby").ok()?;
    knowledge.add_details(file(1)).ok()?;
    knowledge.add_language(file(2)).ok()?;
    Some(knowledge)
}

pub(super) fn check() -> Check {
    Box::new(|input| {
        let whole = input.split_first().is_some_and(|(which, bytes)| {
            files()
                .get(usize::from(*which))
                .is_some_and(|file| file == bytes)
        });
        assert_eq!(open(input).is_some(), whole, "a damaged bundle was opened");
    })
}

/// May open; then whatever it says must be readable.
pub(super) fn check_sealed() -> Check {
    Box::new(|input| {
        let Some(knowledge) = open(input) else { return };
        for idx in 0..=knowledge.core().intents.len() as u16 {
            for lang in [Lang::Da, Lang::En] {
                let _ = (knowledge.answer(idx, lang), knowledge.intent_id(idx));
            }
        }
        let ranking = matcher::rank(
            knowledge.model(),
            "hvad koster et pas",
            &matcher::Context::default(),
        );
        assert!(
            ranking
                .hits
                .iter()
                .all(|hit| usize::from(hit.class) <= knowledge.core().intents.len())
        );
    })
}
