//! Whatever comes: no panic, spans on characters, masking twice is masking once, long input in linear time.
#![cfg(not(target_arch = "wasm32"))]

use privacy::{find, find_cpr, find_joined, find_secrets, mask, mask_secrets};
use proptest::prelude::*;

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9 ./\\-]{0,60}",
        "([0-9]{6}[- ]?[0-9]{4}[ ,a-zæøå]{0,3}){0,5}",
        // Numbers lent by the CPR office beside others: the mask of one names the next.
        "((0[1-9]|[678][1-9])(0[1-9]|1[0-2])[3-5][0-9][- ]?[5-8][0-9]{3} ){0,4}",
        "(jeg hedder |kode |konto |\\+|DK|@|vej |[0-9]{1,12}|[A-Za-zæøå.]{1,8}| ){0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn spans_lie_on_characters_in_order_and_apart(text in anything()) {
        let mut end = 0;
        for finding in find(&text) {
            prop_assert!(finding.start >= end && finding.start < finding.end);
            prop_assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
            end = finding.end;
        }
        prop_assert!(end <= text.len());
    }

    #[test]
    fn masking_twice_is_masking_once_and_no_number_survives(text in anything()) {
        let once = mask(&text);
        prop_assert_eq!(find_cpr(&once), []);
        prop_assert_eq!(mask(&once), once);
        prop_assert_eq!(find_secrets(&mask_secrets(&text)), []);
    }

    #[test]
    fn joining_never_panics(before in anything(), next in anything()) {
        for finding in find_joined(&before, &next) {
            prop_assert!(next.is_char_boundary(finding.end));
        }
    }
}

#[test]
fn a_megabyte_of_digits_is_read() {
    let text = "1234567890 ".repeat(100_000);
    assert!(find(&text).len() <= text.len());
    assert_eq!(find(&"7".repeat(1_000_000)), []);
}
