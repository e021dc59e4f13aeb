//! Receipt numbers: what one hears on the phone is either the same number or a mistake that shows.

use booking::{Receipt, ReceiptError};
use proptest::prelude::*;

const ALPHABET: &str = "23456789FHJKLMPRTVX";

#[test]
fn numbers_are_short_and_the_same_for_ever() {
    for (number, text) in [
        (0, "2222-2222"),
        (1, "2222-2239"),
        (19, "2222-2328"),
        (123_456_789, "4KT8-6JPF"),
        (Receipt::COUNT - 1, "XXXX-XXXJ"),
        (Receipt::COUNT, "2222-2222"),
    ] {
        assert_eq!(Receipt::from_number(number).to_string(), text, "{number}");
    }
}

#[test]
fn what_is_no_receipt_says_so() {
    for (text, error) in [
        ("", ReceiptError::Form),
        ("2222-222", ReceiptError::Form),
        ("2222-22222", ReceiptError::Form),
        ("2222-2O22", ReceiptError::Form),
        ("2222-22æ2", ReceiptError::Form),
        ("2222-2223", ReceiptError::Check),
    ] {
        assert_eq!(text.parse::<Receipt>(), Err(error), "{text}");
    }
    for text in ["2222 2239", "22222239", " 2222-2239 ", "2-2-2-2 2-2-3-9"] {
        assert_eq!(text.parse(), Ok(Receipt::from_number(1)));
    }
}

proptest! {
    #[test]
    fn written_and_read_is_the_same(number: u64) {
        let receipt = Receipt::from_number(number);
        let text = receipt.to_string();
        prop_assert_eq!(text.parse(), Ok(receipt));
        prop_assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(receipt));
        prop_assert_eq!(text.len(), 9);
        prop_assert!(text.chars().all(|c| c == '-' || ALPHABET.contains(c)));
    }

    #[test]
    fn different_numbers_have_different_receipts(a in 0..Receipt::COUNT, b in 0..Receipt::COUNT) {
        prop_assert_eq!(Receipt::from_number(a) == Receipt::from_number(b), a == b);
    }

    #[test]
    fn one_wrong_character_and_any_two_that_changed_places_show(number: u64) {
        let text: Vec<char> = Receipt::from_number(number).to_string().replace('-', "").chars().collect();
        let read = |text: &[char]| text.iter().collect::<String>().parse::<Receipt>();
        for at in 0..text.len() {
            for other in ALPHABET.chars().filter(|c| *c != text[at]) {
                let mut wrong = text.clone();
                wrong[at] = other;
                prop_assert_eq!(read(&wrong), Err(ReceiptError::Check));
            }
            for with in 0..at {
                let mut wrong = text.clone();
                wrong.swap(at, with);
                prop_assert_eq!(read(&wrong).is_ok(), text[at] == text[with]);
            }
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text: String) {
        let _ = text.parse::<Receipt>();
    }
}
