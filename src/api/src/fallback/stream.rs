//! Bytes of a `text/event-stream` as the lines of data in it: bounded, for characters and lines that were cut anywhere. Comments keep a
//! line open and say nothing.

/// Longest line, bytes.
const LINE_MOST: usize = 64 * 1024;
/// Longest answer, bytes.
const ALL_MOST: usize = 1 << 20;

/// The bytes are no such stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Garbage;

/// A stream that is being read.
#[derive(Debug, Default)]
pub(crate) struct Events {
    left: Vec<u8>,
    read: usize,
}

impl Events {
    /// Adds bytes; returns the data of the lines that are whole now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, Garbage> {
        self.read += bytes.len();
        if self.read > ALL_MOST {
            return Err(Garbage);
        }
        self.left.extend_from_slice(bytes);
        let mut data = Vec::new();
        while let Some(end) = self.left.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.left.drain(..=end).collect();
            data.extend(read(&line)?);
        }
        if self.left.len() > LINE_MOST {
            return Err(Garbage);
        }
        Ok(data)
    }
}

fn read(line: &[u8]) -> Result<Option<String>, Garbage> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| Garbage)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_empty() || text.starts_with(':') {
        return Ok(None);
    }
    match text.split_once(':') {
        Some(("data", rest)) => Ok(Some(rest.strip_prefix(' ').unwrap_or(rest).to_owned())),
        Some(("event" | "id" | "retry", _)) => Ok(None),
        _ => Err(Garbage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_come_whole_however_they_were_cut() {
        let text = ": hej\ndata: {\"a\":\"æøå\"}\r\n\ndata:[DONE]\nid: 1\n";
        for cut in 1..9 {
            let mut events = Events::default();
            let found: Vec<_> = text
                .as_bytes()
                .chunks(cut)
                .flat_map(|b| events.push(b).expect("a stream"))
                .collect();
            assert_eq!(found, ["{\"a\":\"æøå\"}", "[DONE]"]);
        }
    }

    #[test]
    fn what_is_no_stream_or_has_no_end_is_garbage() {
        for bytes in [&b"<html>\n"[..], b"\xff\xfe\n", b"data: \xc3\n"] {
            assert_eq!(Events::default().push(bytes), Err(Garbage));
        }
        let mut events = Events::default();
        assert_eq!(events.push(&vec![b'a'; LINE_MOST + 1]), Err(Garbage));
        let mut events = Events::default();
        let many = (0..20_000).find(|_| {
            events
                .push(b"data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")
                .is_err()
        });
        assert!(many.is_some(), "a stream without an end");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Events::default().push(&bytes);
        }
    }
}
