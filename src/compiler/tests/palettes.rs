//! Ten thousand made-up palettes against the compiler's check of a theme: what it accepts is readable everywhere in the
//! widget, what it refuses is not. The contrast is worked out here a second time, by other means: channels become light
//! by a fifth root found with Newton's method instead of `pow`, and ratios are compared by multiplying, not dividing.
//! Colours are chosen at the border of what is allowed, where a mistake would show.

use compiler::diagnostic::Severity;
use compiler::single::theme;

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Red, green, blue, 0..=255; mixtures lie between whole numbers.
type Colour = [f64; 3];

/// x to the power of 12/5.
fn to_2_4(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    // The fifth root of x², from above.
    let square = x * x;
    let mut root = 1.0_f64.max(square);
    for _ in 0..80 {
        let fourth = root * root * root * root;
        let less = (fourth * root - square) / (5.0 * fourth);
        root -= less;
        if less < 1e-16 {
            break;
        }
    }
    square * root
}

/// Relative luminance (WCAG 2.2).
fn light(colour: Colour) -> f64 {
    let linear = colour.map(|channel| {
        let share = channel / 255.0;
        if share > 0.03928 {
            to_2_4((share + 0.055) / 1.055)
        } else {
            share / 12.92
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// Whether two colours differ by `tenths` / 10 : 1.
fn apart(a: Colour, b: Colour, tenths: f64) -> bool {
    let (a, b) = (light(a) + 0.05, light(b) + 0.05);
    let (more, less) = if a > b { (a, b) } else { (b, a) };
    10.0 * more >= tenths * less
}

/// `color-mix(in srgb, a share, b)`.
fn mixed(a: Colour, share: f64, b: Colour) -> Colour {
    [0, 1, 2].map(|i| a[i] * share + b[i] * (1.0 - share))
}

const NAMES: [&str; 8] = [
    "primaer",
    "paa_primaer",
    "baggrund",
    "flade",
    "tekst",
    "daempet",
    "kant",
    "link",
];

/// What the widget draws on what (widget.css): fine enough everywhere?
fn readable(
    [
        primary,
        on_primary,
        background,
        surface,
        text,
        muted,
        border,
        link,
    ]: [Colour; 8],
) -> bool {
    let tint = mixed(primary, 0.09, surface);
    let words = [
        (text, background),
        (text, surface),
        (text, tint),
        (muted, background),
        (muted, surface),
        (link, background),
        (link, surface),
        (link, tint),
        (on_primary, primary),
        (on_primary, mixed(on_primary, 0.16, primary)),
    ];
    let shapes = [
        (primary, background),
        (primary, surface),
        (border, background),
        (border, surface),
    ];
    words.iter().all(|(a, b)| apart(*a, *b, 45.0))
        && shapes.iter().all(|(a, b)| apart(*a, *b, 30.0))
}

fn any(dice: &mut Dice) -> Colour {
    [(); 3].map(|()| dice.below(256) as f64)
}

/// A colour whose distance from all of `from` lies just at `tenths`: a hue made lighter or darker by steps until it is far
/// enough, found by halving; now and then one step less.
fn at_border(dice: &mut Dice, from: &[Colour], tenths: f64, darker: bool) -> Colour {
    let hue = any(dice);
    let end = if darker { [0.0; 3] } else { [255.0; 3] };
    let step = |n: u64| mixed(end, n as f64 / 255.0, hue).map(f64::round);
    let steps: Vec<u64> = (0..255).collect();
    let near = |n: &u64| !from.iter().all(|other| apart(step(*n), *other, tenths));
    let enough = steps.partition_point(near) as u64;
    match dice.below(60) {
        0 => step(enough.saturating_sub(1)),
        1 => any(dice),
        2..=20 => step((enough + dice.below(40)).min(255)),
        _ => step(enough),
    }
}

/// Light or dark, most colours as near to the border as they may be.
fn palette(dice: &mut Dice) -> [Colour; 8] {
    let dark = dice.below(2) == 0;
    let near = |dice: &mut Dice, most: u64| {
        let far = |dice: &mut Dice| {
            if dark {
                dice.below(most)
            } else {
                255 - dice.below(most)
            }
        };
        [(); 3].map(|()| far(dice) as f64)
    };
    let most = 1 + dice.below(60);
    let background = near(dice, most);
    let surface = near(dice, most);
    let both = [background, surface];
    let primary = if dice.below(3) == 0 {
        at_border(dice, &both, 30.0, !dark)
    } else {
        let tenths = 50.0 + dice.below(60) as f64;
        at_border(dice, &both, tenths, !dark)
    };
    let tint = mixed(primary, 0.09, surface);
    let written = [background, surface, tint];
    let white_on_it = apart(primary, [255.0; 3], 45.0);
    let mut on_primary = at_border(dice, &[primary], 45.0, !white_on_it);
    if dice.below(4) > 0 {
        on_primary = if white_on_it { [255.0; 3] } else { [0.0; 3] };
    }
    let text = at_border(dice, &written, 45.0, !dark);
    let muted = at_border(dice, &both, 45.0, !dark);
    let border = at_border(dice, &both, 30.0, !dark);
    let link = at_border(dice, &written, 45.0, !dark);
    [
        primary, on_primary, background, surface, text, muted, border, link,
    ]
}

fn written(palette: [Colour; 8], table: &str) -> String {
    let mut text = format!("[{table}]\n");
    for (name, [r, g, b]) in NAMES.iter().zip(palette) {
        text += &format!(
            "{name} = \"#{:02x}{:02x}{:02x}\"\n",
            r as u8, g as u8, b as u8
        );
    }
    text
}

#[test]
fn ten_thousand_palettes_are_accepted_exactly_when_they_are_readable() {
    let mut dice = Dice(20_261_121);
    let (mut accepted, mut refused, mut narrow) = (0, 0, 0);
    for round in 0..10_000 {
        let palette = palette(&mut dice);
        let source = written(palette, if round % 2 == 0 { "lys" } else { "moerk" });
        let (_, told) = theme(&source);
        let good = told.iter().all(|d| d.severity != Severity::Error);
        assert_eq!(good, readable(palette), "{source}{told:#?}");
        assert!(told.iter().all(|d| d.code == "kb::contrast"), "{told:#?}");
        if good {
            accepted += 1;
            let [.., background, surface, text, muted, border, link] = palette;
            let close = [(text, 45.5), (muted, 45.5), (link, 45.5), (border, 30.5)];
            narrow += u32::from(close.iter().any(|(colour, tenths)| {
                !apart(*colour, background, *tenths) || !apart(*colour, surface, *tenths)
            }));
        } else {
            refused += 1;
        }
    }
    println!("{accepted} accepted, {narrow} of them within 0.05 of the border; {refused} refused");
    assert!(accepted > 3000 && refused > 2000 && narrow > 2000);
}

#[test]
fn the_second_computation_knows_the_examples_of_the_standard() {
    let grey = |n: f64| [n; 3];
    assert!(apart(grey(0.0), grey(255.0), 210.0) && !apart(grey(0.0), grey(255.0), 210.1));
    // #767676 on white is 4.54:1, #777777 is 4.48:1.
    assert!(apart(grey(118.0), grey(255.0), 45.0) && !apart(grey(119.0), grey(255.0), 45.0));
    assert!((to_2_4(0.5) - 0.189_464_570_813_799_78).abs() < 1e-15);
}

#[test]
fn the_themes_in_use_pass() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb-bundle/kommuner");
    let kommuner = std::fs::read_dir(folder).expect("kommuner");
    let files = kommuner.map(|kommune| kommune.expect("a folder").path().join("tema.toml"));
    let mut read = 0;
    for source in files.filter_map(|file| std::fs::read_to_string(file).ok()) {
        assert_eq!(theme(&source).1, []);
        read += 1;
    }
    assert!(read > 0);
    // Empty tables are filled from the plain theme, and then checked.
    assert_eq!(theme("[lys]\n[moerk]\n").1, []);
}
