//! Writes `.kb` files. Same contents, same bytes, on every machine.

use crate::content::{Answer, Bookable, Core, CrisisPattern, Details, Language, Placement};
use crate::layout::{FORMAT, FileKind, HEADER, MAGIC, ROW, checksum, section};
use crate::{Terms, model};
use alloc::vec;
use alloc::vec::Vec;
use matcher::Model;
use sha2::{Digest, Sha256};

/// The core file of a kommune. `answers` has one entry per intent of `core`.
pub fn write_core(core: &Core, model: &Model<Terms>, answers: &[Option<Answer>]) -> Vec<u8> {
    write_full_core(core, model, answers, None, &[])
}

/// The same with a place for the launcher and what can be booked: sections of their own, which older engines pass over.
pub fn write_full_core(
    core: &Core,
    model: &Model<Terms>,
    answers: &[Option<Answer>],
    placement: Option<Placement>,
    bookable: &[Bookable],
) -> Vec<u8> {
    let (index, blob) = pack(answers);
    let head = wire::to_bytes(core);
    let weights = model::write(model);
    let terms = model.terms.write();
    let placement = placement.map(|placement| wire::to_bytes(&placement));
    let mut sections: Vec<(&[u8; 4], &[u8])> = vec![
        (section::CORE, &head),
        (section::TERMS, &terms),
        (section::MODEL, &weights),
        (section::ANSWER_INDEX, &index),
        (section::ANSWERS, &blob),
    ];
    if let Some(placement) = &placement {
        sections.push((section::PLACEMENT, placement));
    }
    let booking = wire::to_bytes(&bookable.to_vec());
    if !bookable.is_empty() {
        sections.push((section::BOOKING, &booking));
    }
    file(FileKind::Core, &core.meta.slug, &sections)
}

/// The details file of a kommune: one entry per intent, and the crisis patterns.
pub fn write_details(slug: &str, details: &[Option<Details>], crisis: &[CrisisPattern]) -> Vec<u8> {
    let (index, blob) = pack(details);
    let patterns = wire::to_bytes(&crisis.to_vec());
    file(
        FileKind::Details,
        slug,
        &[
            (section::ANSWER_INDEX, &index),
            (section::ANSWERS, &blob),
            (section::CRISIS, &patterns),
        ],
    )
}

/// A language file of a kommune.
pub fn write_language(slug: &str, language: &Language, answers: &[Option<Answer>]) -> Vec<u8> {
    let (index, blob) = pack(answers);
    let head = wire::to_bytes(language);
    let sections: [(&[u8; 4], &[u8]); 3] = [
        (section::LANGUAGE, &head),
        (section::ANSWER_INDEX, &index),
        (section::ANSWERS, &blob),
    ];
    file(FileKind::Language, slug, &sections)
}

/// A trained model as bytes, for the compiler's cache.
pub fn encode_model(model: &Model<Terms>) -> Vec<u8> {
    let terms = model.terms.write();
    let mut out = Vec::new();
    out.extend((terms.len() as u32).to_le_bytes());
    out.extend(terms);
    out.extend(model::write(model));
    out
}

/// Reads [`encode_model`]'s bytes. `None` when they are none.
pub fn decode_model(bytes: &[u8]) -> Option<Model<Terms>> {
    let length = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let rest = bytes.get(4..)?;
    if rest.len() < length {
        return None;
    }
    model::read(Terms::read(&rest[..length])?, &rest[length..])
}

fn pack<R: wire::Wire>(answers: &[Option<R>]) -> (Vec<u8>, Vec<u8>) {
    let (mut index, mut blob) = (Vec::new(), Vec::new());
    index.extend(0_u32.to_le_bytes());
    for answer in answers {
        if let Some(answer) = answer {
            blob.extend(wire::to_bytes(answer));
        }
        index.extend((blob.len() as u32).to_le_bytes());
    }
    (index, blob)
}

fn file(kind: FileKind, slug: &str, sections: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut offset = HEADER + sections.len() * ROW;
    for (name, bytes) in sections {
        body.extend(name.as_slice());
        body.extend((offset as u32).to_le_bytes());
        body.extend((bytes.len() as u32).to_le_bytes());
        offset += bytes.len();
    }
    for (_, bytes) in sections {
        body.extend(*bytes);
    }
    let mut out = Vec::with_capacity(offset);
    out.extend(MAGIC);
    out.extend(FORMAT.to_le_bytes());
    out.push(kind as u8);
    out.push(sections.len() as u8);
    out.extend((offset as u32).to_le_bytes());
    out.extend([0; 8]);
    out.extend(Sha256::digest(&body));
    let mut name = [0_u8; 32];
    let length = slug.len().min(32);
    name[..length].copy_from_slice(&slug.as_bytes()[..length]);
    out.extend(name);
    out.extend(body);
    let sum = checksum(&out[..16], &out[24..]);
    out[16..24].copy_from_slice(&sum.to_le_bytes());
    out
}
