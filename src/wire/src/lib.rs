//! Reads and writes records in the [postcard](https://postcard.jamesmunns.com) format without serde's
//! generated code, which took 45 kB of the WASM. A record names its fields once more, in order
//! ([`record!`], [`variants!`]); tests compare every type's bytes with those of the postcard crate.
//!
//! Errors stick: after the first wrong byte every further read gives an empty value, lists are empty and
//! the end result is `None`. So no step has to look, and no length in damaged input can ask for memory.
#![no_std]
#![forbid(unsafe_code)]

#[doc(hidden)]
pub extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

/// A value with a place in the format.
pub trait Wire: Sized {
    /// Takes the value from the input; an empty one when the input is damaged.
    fn read(input: &mut Input) -> Self;
    /// Appends the value.
    fn write(&self, out: &mut Vec<u8>);
}

/// Reads a whole value. `None` when a byte is wrong, missing or left over.
pub fn from_bytes<T: Wire>(bytes: &[u8]) -> Option<T> {
    let mut input = Input {
        bytes,
        failed: false,
    };
    let value = T::read(&mut input);
    (!input.failed && input.bytes.is_empty()).then_some(value)
}

/// Writes a whole value.
pub fn to_bytes<T: Wire>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.write(&mut out);
    out
}

/// The bytes that are still to be read.
pub struct Input<'b> {
    bytes: &'b [u8],
    failed: bool,
}

impl Input<'_> {
    /// Gives up: all that follows reads as empty.
    pub fn fail(&mut self) {
        self.failed = true;
        self.bytes = &[];
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        if let Some((first, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            *first
        } else {
            self.fail();
            0
        }
    }

    /// An unsigned number of at most `bits` bits, seven bits a byte, lowest first.
    pub fn number(&mut self, bits: u32) -> u64 {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
            shift += 7;
            if shift >= bits {
                self.fail();
                break;
            }
        }
        if bits < 64 && value >> bits != 0 {
            self.fail();
            return 0;
        }
        value
    }

    /// The length of a list or text. Each member takes a byte at least.
    fn length(&mut self) -> usize {
        let length = self.number(32) as usize;
        if length > self.bytes.len() {
            self.fail();
            return 0;
        }
        length
    }
}

/// Appends an unsigned number.
pub fn write_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

macro_rules! unsigned {
    ($($int:ty),*) => { $(
        impl Wire for $int {
            fn read(input: &mut Input) -> Self {
                input.number(Self::BITS) as Self
            }
            fn write(&self, out: &mut Vec<u8>) {
                write_number(out, u64::from(*self));
            }
        }
    )* };
}
unsigned!(u16, u32, u64);

impl Wire for usize {
    fn read(input: &mut Input) -> Self {
        input.number(32) as Self
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_number(out, *self as u64);
    }
}

macro_rules! signed {
    ($($int:ty),*) => { $(
        impl Wire for $int {
            fn read(input: &mut Input) -> Self {
                let value = input.number(Self::BITS);
                ((value >> 1).cast_signed() ^ -(value & 1).cast_signed()) as Self
            }
            fn write(&self, out: &mut Vec<u8>) {
                let wide = i64::from(*self);
                write_number(out, ((wide << 1) ^ (wide >> 63)).cast_unsigned());
            }
        }
    )* };
}
signed!(i16, i64);

impl Wire for u8 {
    fn read(input: &mut Input) -> Self {
        input.byte()
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
}

impl Wire for bool {
    fn read(input: &mut Input) -> Self {
        match input.byte() {
            0 => false,
            1 => true,
            _ => {
                input.fail();
                false
            }
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
}

impl Wire for String {
    fn read(input: &mut Input) -> Self {
        let length = input.length();
        let (text, rest) = input.bytes.split_at(length);
        input.bytes = rest;
        if let Ok(text) = core::str::from_utf8(text) {
            String::from(text)
        } else {
            input.fail();
            String::new()
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_number(out, self.len() as u64);
        out.extend_from_slice(self.as_bytes());
    }
}

impl<T: Wire> Wire for Option<T> {
    fn read(input: &mut Input) -> Self {
        bool::read(input).then(|| T::read(input))
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read(input: &mut Input) -> Self {
        let length = input.length();
        let mut list = Vec::new();
        for _ in 0..length {
            list.push(T::read(input));
            if input.failed {
                break;
            }
        }
        list
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_number(out, self.len() as u64);
        for value in self {
            value.write(out);
        }
    }
}

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn read(input: &mut Input) -> Self {
        core::array::from_fn(|_| T::read(input))
    }
    fn write(&self, out: &mut Vec<u8>) {
        for value in self {
            value.write(out);
        }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn read(input: &mut Input) -> Self {
        (A::read(input), B::read(input))
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn read(input: &mut Input) -> Self {
        (A::read(input), B::read(input), C::read(input))
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
        self.2.write(out);
    }
}

/// A record: its fields in the order of its declaration.
#[macro_export]
macro_rules! record {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::Wire for $name {
            fn read(input: &mut $crate::Input) -> Self {
                Self { $($field: $crate::Wire::read(input)),* }
            }
            fn write(&self, out: &mut $crate::alloc::vec::Vec<u8>) {
                $($crate::Wire::write(&self.$field, out);)*
            }
        }
    };
}

/// A choice: its variants with their places in the declaration. The first must not hold itself.
#[macro_export]
macro_rules! variants {
    ($name:ty { $($tag:literal $variant:ident $(($($part:ident),*))? $({ $($field:ident),* })?),* $(,)? }) => {
        impl $crate::Wire for $name {
            fn read(input: &mut $crate::Input) -> Self {
                let mut tag = input.number(32);
                loop {
                    match tag {
                        $($tag => {
                            $($(let $part = $crate::Wire::read(input);)*)?
                            $($(let $field = $crate::Wire::read(input);)*)?
                            return Self::$variant $(($($part),*))? $({ $($field),* })?;
                        })*
                        _ => {
                            input.fail();
                            tag = 0;
                        }
                    }
                }
            }
            fn write(&self, out: &mut $crate::alloc::vec::Vec<u8>) {
                match self {
                    $(Self::$variant $(($($part),*))? $({ $($field),* })? => {
                        $crate::write_number(out, $tag);
                        $($($crate::Wire::write($part, out);)*)?
                        $($($crate::Wire::write($field, out);)*)?
                    })*
                }
            }
        }
    };
}
