//! A kommune's own files: who it is and how its widget looks. The theme must meet WCAG contrast.

use crate::diagnostic::Sink;
use crate::variables::{line_of, table};
use bundle::content::{Palette, Placement, Theme};
use std::path::Path;
use toml::{Table, Value};

/// `kommune.toml`.
#[derive(Clone, Debug, Default)]
pub struct Kommune {
    /// Folder name.
    pub slug: String,
    /// "Eksempelby Kommune".
    pub name: String,
    /// "Eksempelby".
    pub short_name: String,
    /// Four digits.
    pub code: String,
    /// Web address without scheme.
    pub domain: String,
    /// Fictional.
    pub demo: bool,
    /// Its towns.
    pub towns: Vec<String>,
    /// Intents that are not answered here.
    pub hidden: Vec<String>,
    /// Intents offered in the welcome.
    pub welcome: Vec<String>,
}

fn text(table: &Table, key: &str) -> String {
    table
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn list(table: &Table, key: &str) -> Vec<String> {
    table
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Reads `kommune.toml`.
pub(crate) fn parse(slug: &str, source: &str, file: &Path, sink: &mut Sink) -> Kommune {
    let table = table(source, file, sink);
    let kommune = Kommune {
        slug: slug.to_owned(),
        name: text(&table, "navn"),
        short_name: text(&table, "kortnavn"),
        code: text(&table, "kode"),
        domain: text(&table, "domaene"),
        demo: table.get("demo").and_then(Value::as_bool).unwrap_or(false),
        towns: list(&table, "byer"),
        hidden: list(&table, "skjul"),
        welcome: list(&table, "velkomst"),
    };
    for (key, value) in [
        ("navn", &kommune.name),
        ("kortnavn", &kommune.short_name),
        ("domaene", &kommune.domain),
    ] {
        if value.is_empty() {
            sink.error(
                "kb::kommune",
                (file, 1),
                format!("`{key}` is missing"),
                "kommune.toml needs navn, kortnavn, kode and domaene",
            );
        }
    }
    if kommune.code.len() != 4 || !kommune.code.bytes().all(|b| b.is_ascii_digit()) {
        sink.error(
            "kb::kommune",
            (file, line_of(source, "kode")),
            format!("kode `{}` is not four digits", kommune.code),
            "write it in quotation marks: kode = \"0101\"",
        );
    }
    if slug.len() > 32 || !slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
        sink.error(
            "kb::slug",
            (file, 1),
            format!("folder name `{slug}` is not a-z and -"),
            "spell æ, ø and å as ae, oe and aa; at most 32 letters",
        );
    }
    kommune
}

/// The look when a kommune has not chosen one.
pub fn plain_theme() -> Theme {
    let palette = |c: [&str; 8]| Palette {
        primary: c[0].into(),
        on_primary: c[1].into(),
        background: c[2].into(),
        surface: c[3].into(),
        text: c[4].into(),
        muted: c[5].into(),
        border: c[6].into(),
        link: c[7].into(),
    };
    Theme {
        light: palette([
            "#1f4e79", "#ffffff", "#ffffff", "#f2f5f8", "#1b1f24", "#4f5a66", "#76828e", "#1a4f8b",
        ]),
        dark: palette([
            "#8ec1f5", "#0d1b2a", "#14181d", "#20262d", "#f1f4f7", "#b4bec9", "#8792a0", "#9ccaf8",
        ]),
        corner: 14,
        left: false,
        font: String::new(),
        avatar: "cirkel".into(),
    }
}

/// Reads `tema.toml`; what it lacks comes from the plain theme. Where the launcher stands: only if it says so.
pub(crate) fn theme(source: &str, file: &Path, sink: &mut Sink) -> (Theme, Option<Placement>) {
    let table = table(source, file, sink);
    let mut theme = plain_theme();
    for (names, palette) in [
        (["lys", "lys"], &mut theme.light),
        (["mørk", "moerk"], &mut theme.dark),
    ] {
        let Some((name, colours)) = names
            .iter()
            .find_map(|n| Some((*n, table.get(*n)?.as_table()?)))
        else {
            continue;
        };
        let fields: [(&[&str], &mut String); 8] = [
            (&["primær", "primaer"], &mut palette.primary),
            (&["på_primær", "paa_primaer"], &mut palette.on_primary),
            (&["baggrund"], &mut palette.background),
            (&["flade"], &mut palette.surface),
            (&["tekst"], &mut palette.text),
            (&["dæmpet", "daempet"], &mut palette.muted),
            (&["kant"], &mut palette.border),
            (&["link"], &mut palette.link),
        ];
        for (keys, field) in fields {
            let Some(colour) = keys.iter().find_map(|k| colours.get(*k)?.as_str()) else {
                continue;
            };
            if rgb(colour).is_some() {
                colour.clone_into(field);
            } else {
                sink.error(
                    "kb::colour",
                    (file, line_of(source, keys[0])),
                    format!("`{colour}` is not a colour"),
                    "write #rrggbb",
                );
            }
        }
        contrast_of(palette, (file, line_of(source, name)), name, sink);
    }
    if let Some(corner) = ["hjørne", "hjoerne"]
        .iter()
        .find_map(|k| table.get(*k)?.as_integer())
    {
        theme.corner = corner.clamp(0, 24) as u8;
    }
    theme.left = text(&table, "placering") == "venstre";
    let font = text(&table, "skrift");
    if font != "system"
        && font
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b" ,-'\"".contains(&b))
    {
        theme.font = font;
    }
    let avatar = text(&table, "avatar");
    if !avatar.is_empty() {
        theme.avatar = avatar;
    }
    (theme, placement(&table, source, file, sink))
}

fn placement(table: &Table, source: &str, file: &Path, sink: &mut Sink) -> Option<Placement> {
    let mut chosen = false;
    let mut read = |key: &str, most: u32, otherwise: u32| {
        let Some(value) = table.get(key) else {
            return otherwise;
        };
        chosen = true;
        let number = value.as_integer().and_then(|n| u32::try_from(n).ok());
        number.filter(|n| *n <= most).unwrap_or_else(|| {
            sink.error(
                "kb::theme",
                (file, line_of(source, key)),
                format!("`{key}` is {value}"),
                &format!("write a whole number, 0 to {most}, without quotes or px"),
            );
            otherwise
        })
    };
    let plain = Placement::default();
    let placement = Placement {
        side: read("afstand_side", 200, plain.side.into()) as u16,
        bottom: read("afstand_bund", 200, plain.bottom.into()) as u16,
        layer: read("lag", 2_147_483_647, plain.layer),
    };
    chosen.then_some(placement)
}

/// The pairs that must be readable: text 4.5:1, controls 3:1 (WCAG 1.4.3 and 1.4.11). Also on what widget.css mixes from
/// them: the tint of notes and of what the pointer is on, and a button of the header under the pointer.
fn contrast_of(palette: &Palette, place: (&Path, usize), name: &str, sink: &mut Sink) {
    let [
        primary,
        on_primary,
        background,
        surface,
        text,
        muted,
        border,
        link,
    ] = [
        ("primær", &palette.primary),
        ("på_primær", &palette.on_primary),
        ("baggrund", &palette.background),
        ("flade", &palette.surface),
        ("tekst", &palette.text),
        ("dæmpet", &palette.muted),
        ("kant", &palette.border),
        ("link", &palette.link),
    ];
    let tint = (TINT, primary, surface);
    let plain = |back| (0.0, back, back);
    let pairs = [
        (text, plain(background), 4.5),
        (text, plain(surface), 4.5),
        (text, tint, 4.5),
        (muted, plain(background), 4.5),
        (muted, plain(surface), 4.5),
        (link, plain(background), 4.5),
        (link, plain(surface), 4.5),
        (link, tint, 4.5),
        (on_primary, plain(primary), 4.5),
        (on_primary, (HOVER, on_primary, primary), 4.5),
        (primary, plain(background), 3.0),
        (primary, plain(surface), 3.0),
        (border, plain(background), 3.0),
        (border, plain(surface), 3.0),
    ];
    for ((a, front), (share, (_, over), (b, back)), least) in pairs {
        let ratio = match (rgb(front), rgb(over), rgb(back)) {
            (Some(front), Some(over), Some(back)) => {
                ratio(front.map(f64::from), mixed(over, share, back))
            }
            _ => 0.0,
        };
        if ratio < least {
            let what = match share {
                HOVER => " under the pointer",
                TINT => ", tinted",
                _ => "",
            };
            sink.error(
                "kb::contrast",
                place,
                format!("[{name}] {a} {front} on {b} {back}{what} is {ratio:.2}:1"),
                &format!("at least {least}:1 is needed; make one of them darker or lighter"),
            );
        }
    }
}

/// Share of the primary colour in widget.css's `--tint`.
const TINT: f64 = 0.09;
/// Share of the colour of the words in a button of the header under the pointer.
const HOVER: f64 = 0.16;

/// `color-mix(in srgb, over share, back)`.
fn mixed(over: [u8; 3], share: f64, back: [u8; 3]) -> [f64; 3] {
    [0, 1, 2].map(|i| f64::from(over[i]) * share + f64::from(back[i]) * (1.0 - share))
}

fn rgb(colour: &str) -> Option<[u8; 3]> {
    let hex = colour
        .strip_prefix('#')
        .filter(|h| h.len() == 6 && h.is_ascii())?;
    let part = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Contrast ratio of two colours, 1..=21 (WCAG 2.2, relative luminance).
pub fn contrast(a: &str, b: &str) -> Option<f64> {
    Some(ratio(rgb(a)?.map(f64::from), rgb(b)?.map(f64::from)))
}

fn ratio(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] = colour.map(|c| {
            let c = c / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                libm::pow((c + 0.055) / 1.055, 2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
