//! What the program says: [`say!`], [`say_on!`] (without the end of the line) and [`complain!`] instead of `println!`,
//! `print!` and `eprintln!`, which panic when whoever reads has gone (`lokalsvar coverage | head -1`). Then nothing more
//! is said; the work goes on to its end, so that no file is left half written, a server keeps serving, and the exit
//! code still tells how it went.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Writes to standard output. A full disk behind it ends the program with exit code 1.
pub(crate) fn out(text: Arguments) {
    if let Err(why) = write(&mut std::io::stdout().lock(), text) {
        err(format_args!("error: cannot write the output: {why}\n"));
        std::process::exit(1);
    }
}

/// Writes to standard error; when that cannot be written to, there is nowhere left to say so.
pub(crate) fn err(text: Arguments) {
    let _ = write(&mut std::io::stderr().lock(), text);
}

fn write(to: &mut dyn Write, text: Arguments) -> std::io::Result<()> {
    match to.write_fmt(text) {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// A line on standard output.
macro_rules! say {
    () => { $crate::say::out(format_args!("\n")) };
    ($($text:tt)*) => { $crate::say::out(format_args!("{}\n", format_args!($($text)*))) };
}

/// Standard output, without the end of the line.
macro_rules! say_on {
    ($($text:tt)*) => { $crate::say::out(format_args!($($text)*)) };
}

/// A line on standard error.
macro_rules! complain {
    ($($text:tt)*) => { $crate::say::err(format_args!("{}\n", format_args!($($text)*))) };
}

pub(crate) use {complain, say, say_on};

#[cfg(test)]
mod tests {
    use super::write;
    use std::io::{Error, ErrorKind, Result, Write};

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> Result<usize> {
            Err(Error::from(self.0))
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_left_is_no_mistake_and_a_full_disk_is_one() {
        assert!(write(&mut Broken(ErrorKind::BrokenPipe), format_args!("x")).is_ok());
        assert!(write(&mut Broken(ErrorKind::StorageFull), format_args!("x")).is_err());
    }
}
