//! The matcher's weights as bytes: per stem the number of postings, then all classes as differences, then
//! all weights, of stems about as rare beside each other. Small after compression, a few passes to read.

use crate::Terms;
use alloc::vec::Vec;
use matcher::{Calibration, Model, Posting, Thresholds};

/// Reads the section. `None` when it is not what the writer writes.
pub(crate) fn read(mut terms: Terms, bytes: &[u8]) -> Option<Model<Terms>> {
    let mut input = Input { bytes, at: 0 };
    let classes = u16::try_from(input.number()?).ok()?;
    let n_keys = terms.len();
    let n_postings = input.number()? as usize;
    if n_keys > bytes.len() || n_postings > bytes.len() || classes == 0 {
        return None;
    }
    let scale = input.float()?;
    let mut weights = [0.0; 6];
    for weight in &mut weights {
        *weight = input.float()?;
    }
    let sharpness = input.float()?;
    let thresholds = Thresholds {
        answer: input.float()?,
        clarify: input.float()?,
    };
    let mut bias = Vec::with_capacity(classes as usize);
    for _ in 0..classes {
        let low = input.byte()?;
        bias.push(i16::from_le_bytes([low, input.byte()?]));
    }
    let mut starts = Vec::with_capacity(n_keys + 1);
    let mut total = 0_u32;
    starts.push(0);
    for _ in 0..n_keys {
        total = total.checked_add(input.number()?)?;
        starts.push(total);
    }
    if total as usize != n_postings {
        return None;
    }
    let order = order(&starts);
    let mut postings = alloc::vec![Posting { class: 0, weight: 0 }; n_postings];
    // Low bytes of all steps, then high bytes, then weights.
    for &at in &order {
        postings[at].class = u16::from(input.byte()?);
    }
    for &at in &order {
        postings[at].class |= u16::from(input.byte()?) << 8;
    }
    for &at in &order {
        postings[at].weight = input.byte()?.cast_signed();
    }
    for pair in starts.windows(2) {
        let mut class = 0_u16;
        for posting in &mut postings[pair[0] as usize..pair[1] as usize] {
            class = class.checked_add(posting.class)?;
            if class >= classes {
                return None;
            }
            posting.class = class;
        }
    }
    if input.at != bytes.len() {
        return None;
    }
    terms.weigh(starts.windows(2).map(|w| (w[1] - w[0]) as usize));
    let calibration = Calibration { weights, sharpness };
    Some(Model {
        terms,
        classes,
        starts,
        postings,
        bias,
        scale,
        calibration,
        thresholds,
    })
}

/// The places of all postings in the order of the file: those of the rarest stems first, and of stems about as rare (the
/// same number of binary digits in their number of postings) in the order of the stems. Alike stands beside alike, which
/// takes 8 kB off after compression.
fn order(starts: &[u32]) -> Vec<usize> {
    let mut places = Vec::with_capacity(*starts.last().unwrap_or(&0) as usize);
    for digits in 0..=u32::BITS {
        for pair in starts.windows(2) {
            if (pair[1] - pair[0]).leading_zeros() + digits == u32::BITS {
                places.extend(pair[0] as usize..pair[1] as usize);
            }
        }
    }
    places
}

struct Input<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// LEB128.
    fn number(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn float(&mut self) -> Option<f32> {
        let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
        Some(f32::from_le_bytes(bytes)).filter(|f| f.is_finite())
    }
}

/// Writes the section.
#[cfg(feature = "write")]
pub(crate) fn write(model: &Model<Terms>) -> Vec<u8> {
    let mut out = Vec::new();
    let number = |out: &mut Vec<u8>, mut value: u32| {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    };
    number(&mut out, u32::from(model.classes));
    number(&mut out, model.postings.len() as u32);
    out.extend(model.scale.to_le_bytes());
    for weight in model.calibration.weights {
        out.extend(weight.to_le_bytes());
    }
    out.extend(model.calibration.sharpness.to_le_bytes());
    out.extend(model.thresholds.answer.to_le_bytes());
    out.extend(model.thresholds.clarify.to_le_bytes());
    for bias in &model.bias {
        out.extend(bias.to_le_bytes());
    }
    for pair in model.starts.windows(2) {
        number(&mut out, pair[1] - pair[0]);
    }
    let order = order(&model.starts);
    let mut steps = Vec::with_capacity(model.postings.len());
    for pair in model.starts.windows(2) {
        let mut last = 0;
        for posting in &model.postings[pair[0] as usize..pair[1] as usize] {
            steps.push((posting.class - last).to_le_bytes());
            last = posting.class;
        }
    }
    for half in [0, 1] {
        out.extend(order.iter().map(|&at| steps[at][half]));
    }
    out.extend(
        order
            .iter()
            .map(|&at| model.postings[at].weight.cast_unsigned()),
    );
    out
}
