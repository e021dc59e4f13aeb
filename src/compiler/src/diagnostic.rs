//! What is wrong with an authored file: place, code, message and a hint. All mistakes of a run are
//! gathered; warnings do not stop a build.

use std::fmt;
use std::path::{Path, PathBuf};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The bundle cannot be built.
    Error,
    /// It can, but a citizen will notice.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// Short stable name, `kb::no-answer`.
    pub code: &'static str,
    /// File, relative to the knowledge folder when it lies in it.
    pub file: PathBuf,
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
    /// What is wrong: found and expected.
    pub message: String,
    /// What one can do.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}[{}]: {}",
            self.severity.name(),
            self.code,
            self.message
        )?;
        write!(
            f,
            "  --> {}:{}:{}",
            self.file.display(),
            self.line,
            self.column
        )?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// One line for editors: `file:line:column: severity[code]: message (hint)`.
    pub fn short(&self) -> String {
        let hint = if self.hint.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.hint)
        };
        format!(
            "{}:{}:{}: {}[{}]: {}{hint}",
            self.file.display(),
            self.line,
            self.column,
            self.severity.name(),
            self.code,
            self.message
        )
    }
}

/// Gathers diagnostics.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// All so far.
    pub all: Vec<Diagnostic>,
}

impl Sink {
    /// Reports at a line (column 1).
    pub fn at(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: (&Path, usize),
        message: String,
        hint: &str,
    ) {
        self.all.push(Diagnostic {
            severity,
            code,
            file: place.0.to_path_buf(),
            line: place.1.max(1),
            column: 1,
            message,
            hint: hint.to_owned(),
        });
    }

    /// Reports an error where `needle` stands, searched from a line on.
    pub fn error_at(
        &mut self,
        code: &'static str,
        place: (&Path, usize),
        needle: &str,
        message: String,
        hint: &str,
    ) {
        self.error(code, place, message, hint);
        let source = std::fs::read_to_string(place.0).unwrap_or_default();
        let from = place.1.saturating_sub(1);
        let found = source
            .lines()
            .enumerate()
            .skip(from)
            .find_map(|(i, l)| Some((i + 1, l[..l.find(needle)?].chars().count() + 1)));
        if let (Some((line, column)), Some(last)) = (found, self.all.last_mut()) {
            (last.line, last.column) = (line, column);
        }
    }

    /// Reports an error at a line.
    pub fn error(
        &mut self,
        code: &'static str,
        place: (&Path, usize),
        message: String,
        hint: &str,
    ) {
        self.at(Severity::Error, code, place, message, hint);
    }

    /// Reports a warning at a line.
    pub fn warn(&mut self, code: &'static str, place: (&Path, usize), message: String, hint: &str) {
        self.at(Severity::Warning, code, place, message, hint);
    }

    /// True when nothing stops the build.
    pub fn clean(&self) -> bool {
        !self.all.iter().any(|d| d.severity == Severity::Error)
    }

    /// In order of file and line, without repetitions.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.all.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.code, &a.message)
                .cmp(&(&b.file, b.line, b.column, b.code, &b.message))
        });
        self.all.dedup();
        self.all
    }
}
