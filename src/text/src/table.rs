//! Sorted word lists inside one string: half the size of an array of slices in WASM, and found by halving.

/// The entry of `list` (entries parted by one space, sorted by their key) whose key is `key`, without the key.
///
/// A key ends at '=' or at the end of the entry: in "boeger=bog hus" the keys are "boeger" and "hus".
pub(crate) fn lookup<'a>(list: &'a str, key: &str) -> Option<&'a str> {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = list.as_bytes()[low..middle]
            .iter()
            .rposition(|&b| b == b' ')
            .map_or(low, |at| low + at + 1);
        let rest = &list.as_bytes()[start..];
        let end = start + rest.iter().position(|&b| b == b' ').unwrap_or(rest.len());
        let entry = list.get(start..end)?;
        let (entry_key, value) = entry.split_once('=').unwrap_or((entry, ""));
        match key.cmp(entry_key) {
            core::cmp::Ordering::Equal => return Some(value),
            core::cmp::Ordering::Less => high = start,
            core::cmp::Ordering::Greater => low = end + 1,
        }
    }
    None
}

/// Whether `list` has the key `key`.
pub(crate) fn contains(list: &str, key: &str) -> bool {
    lookup(list, key).is_some()
}

#[cfg(test)]
pub(crate) fn is_sorted(list: &str) -> bool {
    let keys = || {
        list.split(' ')
            .map(|entry| entry.split_once('=').map_or(entry, |(key, _)| key))
    };
    keys().zip(keys().skip(1)).all(|(a, b)| a < b)
}
