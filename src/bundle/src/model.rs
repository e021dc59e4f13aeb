//! The matcher's weights as bytes: per stem the number of postings, then all classes as differences, then
//! all weights. Small after compression, one pass to read.

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
    let mut postings = Vec::with_capacity(n_postings);
    for pair in starts.windows(2) {
        let mut class = 0_u32;
        for _ in pair[0]..pair[1] {
            class = class.checked_add(input.number()?)?;
            if class >= u32::from(classes) {
                return None;
            }
            postings.push(Posting {
                class: class as u16,
                weight: 0,
            });
        }
    }
    for posting in &mut postings {
        posting.weight = input.byte()?.cast_signed();
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
    for pair in model.starts.windows(2) {
        let mut last = 0;
        for posting in &model.postings[pair[0] as usize..pair[1] as usize] {
            number(&mut out, u32::from(posting.class) - last);
            last = u32::from(posting.class);
        }
    }
    out.extend(model.postings.iter().map(|p| p.weight.cast_unsigned()));
    out
}
