//! What views follow: Leptos' signals, every one of them holding a small number inside. Each further type
//! of signal would cost 1.4 kB of WASM; so lists and texts lie elsewhere, and a signal counts their changes.

use std::marker::PhantomData;

use bundle::content::Lang;
use hours::{Date, LocalTime};
use leptos::prelude::*;

/// A value that fits into 32 bits.
pub(crate) trait Small: Copy {
    fn pack(self) -> u32;
    fn unpack(bits: u32) -> Self;
}

impl Small for u32 {
    fn pack(self) -> u32 {
        self
    }
    fn unpack(bits: u32) -> Self {
        bits
    }
}

impl Small for bool {
    fn pack(self) -> u32 {
        u32::from(self)
    }
    fn unpack(bits: u32) -> Self {
        bits != 0
    }
}

impl Small for Lang {
    fn pack(self) -> u32 {
        u32::from(self == Lang::En)
    }
    fn unpack(bits: u32) -> Self {
        if bits == 0 { Lang::Da } else { Lang::En }
    }
}

impl Small for LocalTime {
    /// Minutes since 1970 by the clock on the wall.
    fn pack(self) -> u32 {
        let days = self.date.days_since_epoch().max(0) as u32;
        days * u32::from(hours::MINUTES_PER_DAY) + u32::from(self.minute)
    }
    fn unpack(bits: u32) -> Self {
        let minutes = u32::from(hours::MINUTES_PER_DAY);
        LocalTime {
            date: Date::from_days_since_epoch((bits / minutes) as i32),
            minute: (bits % minutes) as u16,
        }
    }
}

/// A value that views follow.
pub(crate) struct Signal<T> {
    bits: RwSignal<u32>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T: Small> Signal<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            bits: create(value.pack()),
            kind: PhantomData,
        }
    }

    /// The value; the view that asks follows it.
    pub(crate) fn get(self) -> T {
        T::unpack(follow(self.bits))
    }

    /// The value as it is now.
    pub(crate) fn get_untracked(self) -> T {
        T::unpack(peek(self.bits))
    }

    /// Changes the value; views follow at once. The same value again is no change.
    pub(crate) fn set(self, value: T) {
        change(self.bits, value.pack());
    }
}

#[inline(never)]
fn create(bits: u32) -> RwSignal<u32> {
    RwSignal::new(bits)
}

#[inline(never)]
fn follow(bits: RwSignal<u32>) -> u32 {
    bits.get()
}

#[inline(never)]
fn peek(bits: RwSignal<u32>) -> u32 {
    bits.get_untracked()
}

#[inline(never)]
fn change(bits: RwSignal<u32>, to: u32) {
    if peek(bits) != to {
        bits.set(to);
    }
}
