//! Folding against Unicode: NFKC, lower case and our own mapping, for every character of the blocks we fold.

use text::fold;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Letters that Unicode does not decompose, and what we make of them.
const LETTERS: &str = "æae øoe ßss þth œoe đd ðd ħh ıi ĸk łl ŋn ŧt ƀb ɓb ƃb ƈc ɖd ɗd ƌd ƒf ɠg ɨi ƙk ƚl ɲn ƞn ƥp ƫt ƭt ʈt ʋv \
    ƴy ƶz ǥg ȡd ȥz ȴl ȵn ȶt ⱥa ȼc ⱦt ȿs ɀz ɇe ɉj ɋq ɍr ɏy";

/// Our mapping where it is not Unicode's.
fn ours(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2010}'..='\u{2015}' => "-",
        '`' | '´' | '‘'..='‛' | '′' | '‵' | '‹' | '›' => "'",
        '«' | '»' | '“'..='‟' | '″' | '‶' => "\"",
        '‴' | '‷' => "'''",
        '⁗' => "''''",
        '⁄' => "/",
        'ŉ' => "'n",
        'Ŀ' | 'ŀ' => "l",
        'ẚ' => "a",
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => {
            ""
        }
        '\u{7F}'..='\u{9F}' if c != '\u{85}' => "",
        '\u{85}' | '\u{2028}' | '\u{2029}' => " ",
        _ => return None,
    })
}

/// The expected folding, from Unicode's tables; `None` for letters without a Latin base letter, which we leave alone.
fn expected(c: char) -> Option<String> {
    if let Some(mapped) = ours(c) {
        return Some(mapped.to_owned());
    }
    let compatible: String = c.to_string().nfkc().collect::<String>().to_lowercase();
    let mut out = String::new();
    for c in compatible.nfkd() {
        match (c, out.chars().last()) {
            ('\u{308}', Some('a' | 'o' | 'u')) => out.push('e'),
            ('\u{30A}', Some('a')) => out.push('a'),
            _ if is_combining_mark(c) => {}
            _ => match ours(c).or_else(|| letter(c)) {
                Some(mapped) => out.push_str(mapped),
                None if c.is_alphabetic() && !c.is_ascii() && !('α'..='ω').contains(&c) => {
                    return None;
                }
                None => out.push(c),
            },
        }
    }
    Some(out)
}

fn letter(c: char) -> Option<&'static str> {
    let entry = LETTERS
        .split_whitespace()
        .find(|entry| entry.starts_with(c))?;
    entry.strip_prefix(c)
}

#[test]
fn folding_agrees_with_unicode_in_the_blocks_people_type() {
    let blocks = [
        0x20..=0x24F,
        0x1E00..=0x1EFF,
        0x2000..=0x206F,
        0x2460..=0x24FF,
        0xFB00..=0xFB06,
        0xFF01..=0xFF5E,
    ];
    let mut checked = 0;
    let mut wrong = Vec::new();
    for c in blocks.into_iter().flatten().filter_map(char::from_u32) {
        let Some(expected) = expected(c) else {
            continue;
        };
        checked += 1;
        let folded = fold(&c.to_string());
        if folded != expected {
            wrong.push(format!(
                "U+{:04X} {c}: {folded:?}, expected {expected:?}",
                c as u32
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 1100, "{checked}");
}

#[test]
fn capitals_of_greek_and_cyrillic_become_small() {
    for c in ('\u{386}'..='\u{3AB}').chain('\u{400}'..='\u{52F}') {
        if c.is_alphabetic() {
            assert_eq!(
                fold(&c.to_string()),
                c.to_lowercase().to_string(),
                "U+{:04X}",
                c as u32
            );
        }
    }
}

#[test]
fn a_decomposed_letter_folds_like_the_composed_one() {
    for c in ('\u{C0}'..='\u{24F}').chain('\u{1E00}'..='\u{1EFF}') {
        let decomposed: String = c.to_string().nfd().collect();
        let composed = fold(&c.to_string());
        assert!(
            !composed.is_ascii() || fold(&decomposed) == composed,
            "U+{:04X}",
            c as u32
        );
    }
}

#[test]
fn danish_words_have_one_spelling() {
    for (text, folded) in [
        ("Kørekort", "koerekort"),
        ("KØREKORT", "koerekort"),
        ("Århus", "aarhus"),
        ("A\u{30A}rhus", "aarhus"),
        ("Køge – Ærø", "koege - aeroe"),
        ("Straße Müller", "strasse mueller"),
        ("“CO₂” ½ ①", "\"co2\" 1/2 1"),
        ("kom\u{AD}mu\u{200B}ne", "kommune"),
        ("𝐇𝐞𝐣 ＡＢＣ ﬁn", "hej abc fin"),
        ("café naïve", "cafe naive"),
    ] {
        assert_eq!(fold(text), folded);
    }
}
