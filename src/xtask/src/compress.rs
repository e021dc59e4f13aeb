//! Brotli and gzip as a web server would send them, always the same bytes for the same input.

use anyhow::{Context, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Brotli, quality 11.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}

/// gzip, best, without a time.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = flate2::GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), flate2::Compression::best());
    out.write_all(bytes)?;
    Ok(out.finish()?)
}

/// Writes `FILE.br` and `FILE.gz` beside a file, unless newer ones are there.
pub(crate) fn beside(file: &Path) -> Result<()> {
    let written = fs::metadata(file).and_then(|meta| meta.modified());
    let written = written.with_context(|| format!("cannot read {}", file.display()))?;
    for (suffix, compress) in [
        (".br", brotli as fn(&[u8]) -> Result<Vec<u8>>),
        (".gz", gzip),
    ] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let to = PathBuf::from(name);
        if fs::metadata(&to)
            .and_then(|meta| meta.modified())
            .is_ok_and(|at| at > written)
        {
            continue;
        }
        fs::write(&to, compress(&fs::read(file)?)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressing_twice_gives_the_same_bytes() {
        let text = "hvad koster et pas til mit barn? ".repeat(50);
        for compress in [brotli as fn(&[u8]) -> Result<Vec<u8>>, gzip] {
            let once = compress(text.as_bytes()).expect("compresses");
            assert_eq!(once, compress(text.as_bytes()).expect("compresses"));
            assert!(once.len() < text.len() / 4);
        }
    }
}
