//! A stream of server-sent events (HTML Living Standard, 9.2), fed in pieces that are cut anywhere. What it takes from it: `event`,
//! `data`. The number of an entry stands in its data, so `id` is not needed; `retry` is ours to decide.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its name; empty for none.
    pub event: String,
    /// Lines of data, joined by line breaks.
    pub data: String,
}

/// Longest line that is kept; what is longer is none of ours.
const LINE: usize = 1 << 20;

/// The state between two pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sse {
    line: String,
    frame: Frame,
    filled: bool,
    /// The last line ended in CR: a LF that follows belongs to it.
    cr: bool,
}

impl Sse {
    /// Takes a piece; gives the events that are whole now.
    pub fn feed(&mut self, text: &str) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = text;
        if self.cr && !rest.is_empty() {
            self.cr = false;
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        while let Some(at) = rest.find(['\n', '\r']) {
            self.line.push_str(&rest[..at]);
            let cr = rest.as_bytes()[at] == b'\r';
            rest = &rest[at + 1..];
            if cr {
                match rest.strip_prefix('\n') {
                    Some(behind) => rest = behind,
                    None => self.cr = rest.is_empty(),
                }
            }
            let line = core::mem::take(&mut self.line);
            frames.extend(self.take(&line));
        }
        if self.line.len() < LINE {
            self.line.push_str(rest);
        }
        frames
    }

    fn take(&mut self, line: &str) -> Option<Frame> {
        if line.is_empty() {
            let frame = core::mem::take(&mut self.frame);
            return core::mem::take(&mut self.filled).then_some(frame);
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.frame.event = value.to_string(),
            "data" => {
                if self.filled {
                    self.frame.data.push('\n');
                }
                self.filled = true;
                self.frame.data.push_str(value);
            }
            // A comment, `id`, `retry`, or something new.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = ": her\n\nid: 1\ndata: {\"seq\":1}\n\nevent: conversation\r\ndata: a\r\ndata: b\r\n\r\ndata\n\nevent: leer\n\ndata:x\r\rdata: ø\n\n";

    fn frames(of: &[(&str, &str)]) -> Vec<Frame> {
        let frame = |(event, data): &(&str, &str)| Frame {
            event: (*event).into(),
            data: (*data).into(),
        };
        of.iter().map(frame).collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let found = Sse::default().feed(STREAM);
        let whole = [
            ("", "{\"seq\":1}"),
            ("conversation", "a\nb"),
            ("", ""),
            ("", "x"),
            ("", "ø"),
        ];
        assert_eq!(found, frames(&whole));
    }

    proptest! {
        #[test]
        fn a_cut_anywhere_changes_nothing(at in prop::collection::vec(0..STREAM.len(), 0..8)) {
            let mut at = at;
            at.retain(|at| STREAM.is_char_boundary(*at));
            at.sort_unstable();
            let mut sse = Sse::default();
            let mut found = Vec::new();
            let mut last = 0;
            for cut in at.into_iter().chain([STREAM.len()]) {
                found.extend(sse.feed(&STREAM[last..cut]));
                last = cut;
            }
            prop_assert_eq!(found, Sse::default().feed(STREAM));
        }

        #[test]
        fn no_text_stops_it(text in any::<String>()) {
            Sse::default().feed(&text);
        }
    }
}
