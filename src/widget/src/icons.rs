//! Paths of the drawings on buttons and of the avatars, for `elements::icon`.

pub(crate) const CLOSE: &str =
    "M6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6Z";
pub(crate) const MENU: &str = "M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z";
pub(crate) const SEND: &str = "M3 20.5 21.5 12 3 3.5v6.6L14 12 3 13.9Z";
/// A speech bubble with a friendly line.
const BUBBLE: &str = "M12 3C6.5 3 2.5 6.7 2.5 11.2c0 2.6 1.3 4.8 3.4 6.3L5 21.5l4.4-2.3c.8.2 1.7.3 2.6.3 5.5 0 9.5-3.7 9.5-8.3S17.500 3 12 3ZM8.500 8.700a1.400 1.400 0 1 1 0 2.800 1.400 1.400 0 0 1 0-2.800Zm7 0a1.400 1.400 0 1 1 0 2.800 1.400 1.400 0 0 1 0-2.800ZM8.300 13.200h7.400c-.6 1.700-2 2.700-3.700 2.700s-3.100-1-3.700-2.700Z";
/// A town hall.
const HOUSE: &str = "M12 2.500 3 7.500v2h18v-2ZM5 11v7h2.500v-7Zm5.700 0v7h2.600v-7Zm5.800 0v7H19v-7ZM3 19.500v2h18v-2Z";
/// A leaf.
const LEAF: &str = "M20.500 3.500C10 3 4 7.500 4 14.500c0 1.300.2 2.400.6 3.400L3 20.500l1.700 1 1.500-2.400c1 .6 2.200.9 3.600.9C17 20 20.800 13.500 20.500 3.500ZM8 16.500c1.500-3.500 4-6 7.500-7.500-2.500 2-4.500 4.500-5.700 7.800Z";

/// The avatar by its name in the theme.
pub(crate) fn avatar(name: &str) -> &'static str {
    match name {
        "hus" | "raadhus" | "house" => HOUSE,
        "blad" | "leaf" => LEAF,
        _ => BUBBLE,
    }
}
