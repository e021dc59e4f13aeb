//! Puts today's value in the place of every national fact, so that a message holds plain text only.

use alloc::vec::Vec;
use bundle::content::{Answer, Block, Fact, Inline};
use hours::Date;

/// Replaces every [`Inline::Fact`] of `answer` by what holds on `today`. A fact that the table does
/// not have, or that stands inside another fact, vanishes.
pub fn resolve(answer: &mut Answer, facts: &[Fact], today: Date) {
    blocks(&mut answer.short, facts, today);
    for step in &mut answer.steps {
        inlines(step, facts, today);
    }
    blocks(&mut answer.more, facts, today);
}

fn blocks(all: &mut [Block], facts: &[Fact], today: Date) {
    for block in all {
        match block {
            Block::Paragraph(text) => inlines(text, facts, today),
            Block::List { items, .. } => items
                .iter_mut()
                .for_each(|item| inlines(item, facts, today)),
            Block::Hours { .. } | Block::Places(_) => {}
        }
    }
}

fn inlines(text: &mut Vec<Inline>, facts: &[Fact], today: Date) {
    if !text.iter().any(|i| matches!(i, Inline::Fact(_))) {
        return;
    }
    let mut out = Vec::with_capacity(text.len() + 2);
    for inline in text.drain(..) {
        if let Inline::Fact(at) = inline {
            let value = facts
                .get(at as usize)
                .map_or(&[][..], |fact| fact.on(today));
            out.extend(
                value
                    .iter()
                    .filter(|i| !matches!(i, Inline::Fact(_)))
                    .cloned(),
            );
        } else {
            out.push(inline);
        }
    }
    *text = out;
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use bundle::content::FactValue;

    fn text(s: &str) -> Inline {
        Inline::Text(s.into())
    }

    fn day(s: &str) -> Date {
        Date::parse(s).expect("a date")
    }

    #[test]
    fn the_value_of_the_day_is_shown() {
        let fact = Fact {
            values: vec![
                FactValue {
                    from: None,
                    until: Some(day("2026-12-31")),
                    text: vec![text("gammel")],
                },
                FactValue {
                    from: Some(day("2027-01-01")),
                    until: Some(day("2027-12-31")),
                    text: vec![text("ny"), Inline::Fact(0)],
                },
            ],
            unknown: vec![text("ukendt")],
        };
        let shown = |today: &str| {
            let paragraph =
                Block::Paragraph(vec![Inline::Fact(0), text(" Mere."), Inline::Fact(9)]);
            let mut answer = Answer {
                short: vec![paragraph],
                steps: vec![vec![Inline::Fact(0)]],
                ..Answer::default()
            };
            resolve(&mut answer, core::slice::from_ref(&fact), day(today));
            let Block::Paragraph(short) = answer.short.remove(0) else {
                panic!("a paragraph")
            };
            assert_eq!(answer.steps[0], short[..1]);
            short
        };
        assert_eq!(shown("2026-11-21"), [text("gammel"), text(" Mere.")]);
        assert_eq!(shown("2027-01-01"), [text("ny"), text(" Mere.")]);
        assert_eq!(shown("2028-01-01"), [text("ukendt"), text(" Mere.")]);
    }
}
