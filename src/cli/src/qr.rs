//! `qr`: a code that opens the chat on one answer, for posters, letters and counters. SVG and PNG hold the code alone,
//! the HTML file is a sheet of A4. The part behind `#` never reaches a server.

use crate::knowledge::{Folder, no_kommune, write};
use crate::say::say;
use clap::Args;
use compiler::Knowledge;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Light modules around the code, as the standard asks (ISO/IEC 18004: 4).
const QUIET: i32 = 4;
/// Pixels of a module in the PNG.
const SCALE: u32 = 16;

/// Arguments of `qr`.
#[derive(Args)]
pub(crate) struct QrArgs {
    #[command(flatten)]
    folder: Folder,
    /// Slug
    #[arg(long)]
    kommune: String,
    /// Page of the kommune that carries the chat, https://...
    #[arg(long)]
    page: String,
    /// Topic or intent, `pas` or `pas/pas-til-barn`
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    topic: Option<String>,
    /// One for every answer of the kommune
    #[arg(long)]
    all: bool,
    /// Where the files go
    #[arg(long, default_value = "qr")]
    out: PathBuf,
}

/// Writes an SVG, a PNG and a sheet for each chosen answer.
pub(crate) fn run(args: &QrArgs) -> Result<(), String> {
    check_page(&args.page)?;
    let knowledge = args.folder.load();
    let answers = answers(&knowledge, &args.kommune)?;
    let kommune = knowledge
        .locals
        .get(&args.kommune)
        .map(|local| local.kommune.name.clone())
        .unwrap_or_default();
    let chosen: Vec<_> = answers
        .iter()
        .filter(|(id, _)| args.topic.as_ref().is_none_or(|t| t == id))
        .collect();
    if chosen.is_empty() {
        let topic = args.topic.as_deref().unwrap_or_default();
        let near: Vec<&str> = answers
            .iter()
            .map(|(id, _)| id.as_str())
            .filter(|id| id.split('/').next() == topic.split('/').next())
            .collect();
        let near = if near.is_empty() {
            "see `lokalsvar coverage`".to_owned()
        } else {
            format!("there are: {}", near.join(", "))
        };
        return Err(format!(
            "`{}` does not answer `{topic}`; {near}",
            args.kommune
        ));
    }
    for (id, title) in &chosen {
        let url = format!("{}#lokalsvar={id}", args.page);
        let code = code(&url)?;
        let stem = args
            .out
            .join(format!("{}-{}", args.kommune, id.replace('/', "-")));
        write(&stem.with_extension("svg"), svg(&code, title).as_bytes())?;
        write(&stem.with_extension("png"), &png(&code)?)?;
        write(
            &stem.with_extension("html"),
            sheet(&code, &kommune, title, &url).as_bytes(),
        )?;
        say!("{url}\n  {}.svg, .png, .html", stem.display());
    }
    say!(
        "{} codes; print the .html files on A4 at full size",
        chosen.len()
    );
    Ok(())
}

/// Topics and intents of a kommune with their titles, hidden ones left out.
fn answers(knowledge: &Knowledge, slug: &str) -> Result<Vec<(String, String)>, String> {
    let local = knowledge
        .locals
        .get(slug)
        .ok_or_else(|| no_kommune(knowledge, slug))?;
    let mut all: Vec<(String, String)> = Vec::new();
    for topic in knowledge.topics.values().chain(&local.topics) {
        let intents = topic
            .intents
            .iter()
            .filter(|intent| !local.kommune.hidden.contains(&intent.id));
        let intents: Vec<_> = intents
            .map(|intent| (intent.id.clone(), intent.title.clone()))
            .collect();
        if topic.tree.is_some() && !intents.is_empty() {
            all.push((topic.id.clone(), topic.title.clone()));
        }
        all.extend(intents);
    }
    // A kommune's own file may name a shared intent again; the shared title comes first and counts.
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|later, first| later.0 == first.0);
    Ok(all)
}

fn check_page(page: &str) -> Result<(), String> {
    let host = page
        .strip_prefix("https://")
        .or_else(|| page.strip_prefix("http://"))
        .unwrap_or_default();
    let plain = page
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'"' | b'<' | b'>'));
    if host.is_empty() || host.starts_with('/') || !plain {
        return Err(format!(
            "`{page}` is no address for a code; write it as https://www.kommune.dk/pas, without `#` and spaces"
        ));
    }
    Ok(())
}

/// Medium correction or better: a scratched poster still opens.
fn code(url: &str) -> Result<QrCode, String> {
    QrCode::encode_text(url, QrCodeEcc::Medium)
        .map_err(|_| format!("`{url}` is too long for a code; choose a shorter page address"))
}

/// Dark modules as one path, a module being one unit.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let from = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    from + QUIET,
                    y + QUIET,
                    x - from,
                    x - from
                );
            }
            x += 1;
        }
    }
    path
}

fn svg(code: &QrCode, title: &str) -> String {
    let side = code.size() + 2 * QUIET;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\">\
         <title>QR-kode: {}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{}\"/></svg>\n",
        escape(title),
        path(code)
    )
}

/// One bit a pixel, black on white.
fn png(code: &QrCode) -> Result<Vec<u8>, String> {
    let side = (code.size() + 2 * QUIET) as u32 * SCALE;
    let row = side.div_ceil(8) as usize;
    let mut pixels = vec![0xff_u8; row * side as usize];
    for y in 0..side {
        for x in 0..side {
            let module = |pixel: u32| (pixel / SCALE).cast_signed() - QUIET;
            if code.get_module(module(x), module(y)) {
                pixels[y as usize * row + (x / 8) as usize] &= !(0x80 >> (x % 8));
            }
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(|e| format!("PNG: {e}"))?;
    writer
        .write_image_data(&pixels)
        .map_err(|e| format!("PNG: {e}"))?;
    writer.finish().map_err(|e| format!("PNG: {e}"))?;
    Ok(out)
}

/// A sheet of A4 that needs no other file.
fn sheet(code: &QrCode, kommune: &str, title: &str, url: &str) -> String {
    let drawing = svg(code, title);
    let (kommune, title, address) = (escape(kommune), escape(title), escape(url));
    format!(
        r#"<!doctype html>
<html lang="da">
<meta charset="utf-8">
<title>{title} – {kommune}</title>
<style>
@page {{ size: A4; margin: 20mm }}
* {{ box-sizing: border-box; margin: 0 }}
body {{ font: 15pt/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 170mm; min-height: 255mm; margin: 0 auto; padding: 4mm 0; display: flex; flex-direction: column; align-items: center; text-align: center }}
.kommune {{ font-size: 13pt; letter-spacing: .02em; border-bottom: 1mm solid #111; padding-bottom: 4mm; width: 100% }}
h1 {{ font-size: 34pt; line-height: 1.15; margin: 14mm 0 6mm; text-wrap: balance }}
.text {{ max-width: 130mm }}
svg {{ width: 100mm; height: 100mm; margin: 8mm 0 }}
.address {{ font-size: 12pt; margin-top: auto; padding-top: 4mm; border-top: .3mm solid #777; width: 100% }}
.address b {{ display: block; font-weight: 600; overflow-wrap: anywhere }}
</style>
<p class="kommune">{kommune}</p>
<h1>{title}</h1>
<p class="text">Scan koden med kameraet i din telefon. Så får du svaret med det samme fra kommunens automatiske assistent.</p>
{drawing}<p class="address">Kan du ikke scanne koden? Skriv adressen i din browser: <b>{address}</b></p>
</html>
"#
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_finds_exactly_the_address_in_the_png() {
        for url in [
            "https://www.eksempelby.example/pas?a=1&b=2#lokalsvar=pas/pas-til-barn",
            "http://127.0.0.1:8080/eksempelby/affald.html#lokalsvar=affald-og-genbrug/naar-bliver-affald-hentet",
        ] {
            let bytes = png(&code(url).expect("fits")).expect("encodes");
            let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().expect("a PNG");
            let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
            let info = reader.next_frame(&mut pixels).expect("pixels");
            let width = info.width as usize;
            let mut image =
                rqrr::PreparedImage::prepare_from_greyscale(width, info.height as usize, |x, y| {
                    pixels[y * width + x]
                });
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1);
            assert_eq!(grids[0].decode().expect("readable").1, url);
        }
    }

    #[test]
    fn the_drawing_has_every_dark_module_and_the_sheet_the_address() {
        let code = code("https://eksempelby.example/#lokalsvar=pas").expect("fits");
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .count();
        let drawn: usize = path(&code)
            .split('h')
            .skip(1)
            .filter_map(|part| part.split('v').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(drawn, dark);
        let sheet = sheet(
            &code,
            "Eksempelby <Kommune>",
            "Pas & kort",
            "https://eksempelby.example/?a&b#lokalsvar=pas",
        );
        assert!(
            sheet.contains("<h1>Pas &amp; kort</h1>")
                && sheet.contains("Eksempelby &lt;Kommune&gt;")
        );
        assert!(
            sheet.contains("https://eksempelby.example/?a&amp;b#lokalsvar=pas")
                && !sheet.contains("<script")
        );
    }

    #[test]
    fn an_address_that_cannot_carry_a_hash_is_refused() {
        for page in [
            "eksempelby.example",
            "https://",
            "https:///x",
            "https://a.example/#b",
            "https://a.example/å",
            "https://a.example/\"x",
        ] {
            assert!(check_page(page).is_err(), "{page}");
        }
        assert!(check_page("https://a.example/pas").is_ok());
    }
}
