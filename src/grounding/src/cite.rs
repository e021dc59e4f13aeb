//! Citations: `[p3]`, also `[p1, p2]` and `[3]`, as models write them. Tells which numbers are named and takes the marks away.

/// A group of citations at the beginning of a text: the numbers, and how many bytes it takes. `None` when there is none.
pub(crate) fn group(text: &str) -> Option<(Vec<u32>, usize)> {
    let rest = text.strip_prefix('[')?;
    let end = rest.find(']').filter(|end| *end <= 40)?;
    let mut numbers = Vec::new();
    for part in rest[..end]
        .split([',', ';', ' '])
        .filter(|part| !part.is_empty())
    {
        if matches!(part, "og" | "and" | "&") {
            continue;
        }
        let digits = part.trim_start_matches(['p', 'P', '#']);
        if part.len() - digits.len() > 1
            || digits.is_empty()
            || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        numbers.push(digits.parse().unwrap_or(u32::MAX));
    }
    (!numbers.is_empty()).then_some((numbers, end + 2))
}

/// All citations of a sentence, and the sentence without them.
pub(crate) fn taken(sentence: &str) -> (Vec<u32>, String) {
    let mut numbers = Vec::new();
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        if let Some((found, length)) = group(from) {
            out.push_str(before.trim_end());
            // "… 893 kr. [p1]." has its dot already.
            rest = &from[length..];
            if rest.starts_with('.') && out.ends_with(['.', '!', '?']) {
                rest = &rest[1..];
            }
            numbers.extend(found);
        } else {
            out.push_str(before);
            out.push('[');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    numbers.sort_unstable();
    numbers.dedup();
    (numbers, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_read_and_taken_away() {
        for (sentence, numbers, plain) in [
            (
                "Et pas koster 893 kr. [p1]",
                vec![1],
                "Et pas koster 893 kr.",
            ),
            (
                "Et pas koster 893 kr [p1].",
                vec![1],
                "Et pas koster 893 kr.",
            ),
            (
                "Et pas koster 893 kr. [P1, p2].",
                vec![1, 2],
                "Et pas koster 893 kr.",
            ),
            ("A [3][p3] og B [p1].", vec![1, 3], "A og B."),
            ("Uden.", vec![], "Uden."),
            ("Andet [note] her.", vec![], "Andet [note] her."),
            ("[p99999999999] x", vec![u32::MAX], " x"),
            ("[pp1]", vec![], "[pp1]"),
        ] {
            assert_eq!(taken(sentence), (numbers, plain.to_owned()), "{sentence}");
        }
    }
}
