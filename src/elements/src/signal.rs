//! What views follow: Leptos' signals, every one of them holding a small number inside. Each further type
//! of signal would cost 1.4 kB of WASM; so lists and texts lie elsewhere, and a signal counts their changes.
//! A [`Follower`] is the effect of this house: it runs at once, in the one thread that there is, which spares
//! the executor, the thread checks and the warnings of Leptos' own effects (4 kB).

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, RwLock, Weak};

use bundle::content::Lang;
use hours::LocalTime;
use reactive_graph::graph::{
    AnySource, AnySubscriber, ReactiveNode, Source, Subscriber, WithObserver,
};
use reactive_graph::signal::ArcRwSignal;
use reactive_graph::traits::{Get, GetUntracked, Set};

/// A value that fits into 32 bits.
pub trait Small: Copy {
    /// As bits.
    fn pack(self) -> u32;
    /// From the bits of `pack`.
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
        Self::from_minutes(bits)
    }
}

/// A value that views follow.
pub struct Signal<T> {
    number: usize,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T: Small> Signal<T> {
    /// A value that lives as long as the view that is being built.
    pub fn new(value: T) -> Self {
        Self {
            number: create(value.pack()),
            kind: PhantomData,
        }
    }

    /// The value; the view that asks follows it.
    pub fn get(self) -> T {
        T::unpack(follow(self.number))
    }

    /// The value as it is now.
    pub fn get_untracked(self) -> T {
        T::unpack(peek(self.number))
    }

    /// Changes the value; views follow at once. The same value again is no change.
    pub fn set(self, value: T) {
        change(self.number, value.pack());
    }
}

/// What a view needs as long as it is on the page. Of any kind, so that a module without signals carries none of their code.
pub struct Kept(#[allow(dead_code, reason = "works by living")] Box<dyn Any>);

impl Kept {
    /// Keeps a listener, a follower, a signal's place.
    pub fn new(what: impl Any) -> Self {
        Self(Box::new(what))
    }
}

/// The place of a signal; free again when dropped.
pub(crate) struct Slot(usize);

impl Drop for Slot {
    fn drop(&mut self) {
        let gone = SIGNALS.with_borrow_mut(|signals| signals[self.0].take());
        drop(gone);
    }
}

thread_local! {
    /// What the view that is being built needs.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
    /// The signals, by their numbers: a number is `Copy`, which handlers want.
    static SIGNALS: RefCell<Vec<Option<ArcRwSignal<u32>>>> = const { RefCell::new(Vec::new()) };
}

/// Builds something, and hands over what it needs to live.
pub fn keeping<T>(build: &dyn Fn() -> T) -> (T, Vec<Kept>) {
    let around = KEPT.take();
    let view = build();
    (view, KEPT.replace(around))
}

/// To be called while something is built.
pub fn keep(kept: Kept) {
    KEPT.with_borrow_mut(|list| list.push(kept));
}

#[inline(never)]
fn create(bits: u32) -> usize {
    let signal = Some(ArcRwSignal::new(bits));
    let number = SIGNALS.with_borrow_mut(|signals| {
        let free = signals.iter().position(Option::is_none);
        let number = free.unwrap_or(signals.len());
        if number == signals.len() {
            signals.push(signal);
        } else {
            signals[number] = signal;
        }
        number
    });
    keep(Kept::new(Slot(number)));
    number
}

/// The signal, as long as its view lives.
#[inline(never)]
fn signal(number: usize) -> Option<ArcRwSignal<u32>> {
    SIGNALS.with_borrow(|signals| signals[number].clone())
}

#[inline(never)]
fn follow(number: usize) -> u32 {
    signal(number).map_or(0, |signal| signal.get())
}

#[inline(never)]
fn peek(number: usize) -> u32 {
    signal(number).map_or(0, |signal| signal.get_untracked())
}

#[inline(never)]
fn change(number: usize, to: u32) {
    if let Some(signal) = signal(number).filter(|signal| signal.get_untracked() != to) {
        signal.set(to);
    }
}

type Update = Rc<dyn Fn()>;

thread_local! {
    /// What followers run, by their numbers. Functions are of this thread, while nodes of the graph must
    /// be free to move between threads.
    static UPDATES: RefCell<Vec<Option<Update>>> = const { RefCell::new(Vec::new()) };
}

/// Runs a function whenever a signal that it asked has changed, until it is dropped.
pub(crate) struct Follower {
    number: usize,
    me: Weak<Follower>,
    sources: RwLock<Vec<AnySource>>,
}

impl Follower {
    /// Runs `update` for the first time.
    pub(crate) fn new(update: Box<dyn Fn()>) -> Arc<Self> {
        let number = UPDATES.with_borrow_mut(|updates| {
            let free = updates.iter().position(Option::is_none);
            let number = free.unwrap_or_else(|| {
                updates.push(None);
                updates.len() - 1
            });
            updates[number] = Some(update.into());
            number
        });
        let follower = Arc::new_cyclic(|me| Self {
            number,
            me: me.clone(),
            sources: RwLock::default(),
        });
        follower.mark_dirty();
        follower
    }

    fn subscriber(&self) -> AnySubscriber {
        AnySubscriber(std::ptr::from_ref(self).addr(), self.me.clone())
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.clear_sources(&self.subscriber());
        let update = UPDATES.with_borrow_mut(|updates| updates[self.number].take());
        drop(update);
    }
}

impl ReactiveNode for Follower {
    fn mark_dirty(&self) {
        let update = UPDATES.with_borrow(|updates| updates[self.number].clone());
        if let Some(update) = update {
            let subscriber = self.subscriber();
            self.clear_sources(&subscriber);
            subscriber.with_observer(|| update());
        }
    }

    fn mark_check(&self) {}

    fn mark_subscribers_check(&self) {}

    fn update_if_necessary(&self) -> bool {
        false
    }
}

impl Subscriber for Follower {
    fn add_source(&self, source: AnySource) {
        if let Ok(mut sources) = self.sources.write() {
            sources.push(source);
        }
    }

    fn clear_sources(&self, subscriber: &AnySubscriber) {
        let sources = self
            .sources
            .write()
            .map(|mut sources| std::mem::take(&mut *sources));
        for source in sources.unwrap_or_default() {
            source.remove_subscriber(subscriber);
        }
    }
}
