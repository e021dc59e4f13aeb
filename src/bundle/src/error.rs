//! Why a bundle was not opened: each cause its own case, with what was found and expected.

use alloc::string::String;
use core::fmt;

/// Why a bundle was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleError {
    /// The bytes do not begin as a bundle does.
    Magic,
    /// Written by a newer (or far older) compiler.
    Format {
        /// Format number in the file.
        found: u16,
        /// Format number this engine reads.
        expected: u16,
    },
    /// Fewer bytes than the header promises.
    Truncated {
        /// Bytes there.
        found: usize,
        /// Bytes promised.
        expected: usize,
    },
    /// The checksum differs: at least one byte was changed.
    Checksum,
    /// Belongs to another kommune.
    Foreign {
        /// Slug in the file.
        found: String,
        /// Slug asked for.
        expected: String,
    },
    /// Checksum right, contents not: written by a faulty compiler.
    Section(&'static str),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BundleError::Magic => f.write_str("not a lokalsvar bundle"),
            BundleError::Format { found, expected } => write!(
                f,
                "bundle format {found} is not format {expected}; rebuild it with `lokalsvar build`"
            ),
            BundleError::Truncated { found, expected } => {
                write!(f, "bundle has {found} bytes of {expected}; fetch it again")
            }
            BundleError::Checksum => f.write_str("bundle was changed on its way; fetch it again"),
            BundleError::Foreign { found, expected } => {
                write!(f, "bundle belongs to `{found}`, not to `{expected}`")
            }
            BundleError::Section(name) => {
                write!(f, "section `{name}` of the bundle cannot be read")
            }
        }
    }
}

impl core::error::Error for BundleError {}
