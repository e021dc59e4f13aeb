//! The server: booking over HTTP, and the staff behind it, kept in SQLite or PostgreSQL. Alone knows HTTP and SQL.
//!
//! A request goes `http` (limits, site, messages) → `desk` (one transaction per wish) → `store` (the databases). Notices leave
//! through an outbox (`notices`). The rules about times and states are those of crate `booking`; nothing here repeats them.
//! What must never happen is in the schema (`migrations/`): two visits of one counter at a time.
//!
//! Nothing a citizen wrote, no address and no CPR number goes into a log, a metric or an error.
#![forbid(unsafe_code)]

pub mod adapter;
pub mod auth;
pub mod backup;
pub mod carriers;
pub mod clock;
pub mod config;
pub mod desk;
pub mod erasures;
pub mod fallback;
pub mod fault;
pub mod http;
pub mod limits;
pub mod metrics;
pub mod notices;
pub mod renew;
pub mod secret;
pub mod serve;
pub mod store;
pub mod tenant;
