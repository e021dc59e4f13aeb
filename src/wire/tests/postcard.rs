//! The bytes are postcard's, both ways; damaged bytes never panic and never ask for much memory.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use wire::{from_bytes, to_bytes};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Record {
    byte: u8,
    small: u16,
    number: u32,
    long: u64,
    signed: i16,
    time: i64,
    flag: bool,
    text: String,
    maybe: Option<Box4>,
    list: Vec<Choice>,
    fixed: [u8; 8],
    pair: (u16, String),
    triple: (String, u8, bool),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Box4 {
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Unit,
    One(u16),
    Two(String, bool),
    Named { deep: Vec<Choice>, label: String },
}

wire::record!(Record {
    byte,
    small,
    number,
    long,
    signed,
    time,
    flag,
    text,
    maybe,
    list,
    fixed,
    pair,
    triple
});
wire::record!(Box4 { rows });
wire::variants!(Choice {
    0 Unit,
    1 One(value),
    2 Two(text, flag),
    3 Named { deep, label },
});

fn choice() -> impl Strategy<Value = Choice> {
    let leaf = prop_oneof![
        Just(Choice::Unit),
        any::<u16>().prop_map(Choice::One),
        (any::<String>(), any::<bool>()).prop_map(|(text, flag)| Choice::Two(text, flag)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        (prop::collection::vec(inner, 0..4), any::<String>())
            .prop_map(|(deep, label)| Choice::Named { deep, label })
    })
}

prop_compose! {
    fn record()(
        numbers in any::<(u8, u16, u32, u64, i16, i64, bool)>(),
        texts in any::<(String, String, String)>(),
        maybe in prop::option::of(prop::collection::vec(prop::collection::vec(any::<String>(), 0..3), 0..3)),
        list in prop::collection::vec(choice(), 0..5),
        fixed in any::<[u8; 8]>(),
    ) -> Record {
        let (byte, small, number, long, signed, time, flag) = numbers;
        let (text, second, third) = texts;
        Record {
            byte, small, number, long, signed, time, flag, text,
            maybe: maybe.map(|rows| Box4 { rows }),
            list, fixed,
            pair: (small, second),
            triple: (third, byte, flag),
        }
    }
}

proptest! {
    #[test]
    fn bytes_are_postcards_both_ways(record in record()) {
        let bytes = to_bytes(&record);
        prop_assert_eq!(&bytes, &postcard::to_allocvec(&record).expect("plain data"));
        prop_assert_eq!(from_bytes::<Record>(&bytes), Some(record));
    }

    #[test]
    fn a_cut_or_longer_record_is_none(record in record(), cut in any::<prop::sample::Index>()) {
        let mut bytes = to_bytes(&record);
        prop_assert_eq!(from_bytes::<Record>(&bytes[..cut.index(bytes.len())]), None);
        bytes.push(0);
        prop_assert_eq!(from_bytes::<Record>(&bytes), None);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(record) = from_bytes::<Record>(&bytes) {
            prop_assert_eq!(from_bytes::<Record>(&to_bytes(&record)), Some(record));
        }
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    assert_eq!(from_bytes::<u16>(&[0xff, 0xff, 0x03]), Some(0xffff));
    assert_eq!(from_bytes::<u16>(&[0xff, 0xff, 0x04]), None);
    assert_eq!(from_bytes::<u32>(&[0xff; 6]), None);
    assert_eq!(from_bytes::<bool>(&[2]), None);
    assert_eq!(from_bytes::<Choice>(&[9]), None);
    assert_eq!(from_bytes::<String>(&[1, 0xff]), None);
    assert_eq!(from_bytes::<Vec<u8>>(&[0xff, 0xff, 0xff, 0xff, 0x0f]), None);
}
