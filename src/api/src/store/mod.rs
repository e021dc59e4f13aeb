//! The databases. One SQL text for both: SQLite (one file, one writer) and PostgreSQL (any number of nodes).
//!
//! Every transaction belongs to one [`Tenant`]; on PostgreSQL the rows of others cannot be seen by it. Nothing but the
//! database is awaited inside one. A transaction that is dropped is rolled back.

pub mod accounts;
pub mod afar;
pub mod alerts;
pub mod audit;
pub(crate) mod blocks;
pub mod bookings;
pub mod check;
pub(crate) mod fallback;
pub(crate) mod handoff;
pub(crate) mod handoff_carried;
mod handoff_entries;
pub(crate) mod handoff_queue;
pub(crate) mod handoff_record;
pub mod idempotency;
pub mod outbox;
mod schema;
pub mod sessions;
pub(crate) mod staff;
mod turns;
pub mod visits;
mod wake;

use crate::tenant::Tenant;
use sqlx::AnyConnection;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Executor as _, Row as _, Transaction};
use std::time::Duration;
use turns::{Turn, Turns};

pub use schema::{CONTRACTS, Step};
pub(crate) use wake::Ear;
pub use wake::Wakes;

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Neither of the two kinds.
    #[error("`{0}` is no database; write sqlite:FILE or postgres://…")]
    Address(String),
    /// The file may lose what it has acknowledged.
    #[error("SQLite says {name}={found}, not {expected}")]
    Pragma {
        /// Name of the setting.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
    /// Row level security does not hold for this role.
    #[error(
        "the role of DATABASE_URL is a superuser or bypasses row level security; make one that does not"
    )]
    Role,
    /// An older program at a database from which a newer one took what it needs.
    #[error(
        "a newer version has changed the schema (step {0}) in a way that this one cannot live with; start the newer one"
    )]
    Newer(i64),
    /// The schema cannot be brought up to date.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Anything else the database says.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The open database. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    kind: Kind,
    writer: AnyPool,
    readers: AnyPool,
    writing: Turns,
    reading: Turns,
    wakes: Wakes,
}

/// A transaction of one kommune.
pub struct Tx {
    kind: Kind,
    tenant: Tenant,
    inner: Transaction<'static, Any>,
    wakes: Wakes,
    /// Who is woken when it has lasted.
    woken: Vec<String>,
    /// After the transaction, so that it ends first.
    _turn: Turn,
}

const SQLITE: [Step; 6] = [
    (
        1,
        "booking",
        include_str!("../../migrations/sqlite/0001_booking.sql"),
    ),
    (
        2,
        "staff",
        include_str!("../../migrations/sqlite/0002_staff.sql"),
    ),
    (
        3,
        "staff_booking",
        include_str!("../../migrations/sqlite/0003_staff_booking.sql"),
    ),
    (
        4,
        "adapter",
        include_str!("../../migrations/sqlite/0004_adapter.sql"),
    ),
    (
        5,
        "handoff",
        include_str!("../../migrations/sqlite/0005_handoff.sql"),
    ),
    (
        6,
        "fallback",
        include_str!("../../migrations/sqlite/0006_fallback.sql"),
    ),
];
const POSTGRES: [Step; 6] = [
    (
        1,
        "booking",
        include_str!("../../migrations/postgres/0001_booking.sql"),
    ),
    (
        2,
        "staff",
        include_str!("../../migrations/postgres/0002_staff.sql"),
    ),
    (
        3,
        "staff_booking",
        include_str!("../../migrations/postgres/0003_staff_booking.sql"),
    ),
    (
        4,
        "adapter",
        include_str!("../../migrations/postgres/0004_adapter.sql"),
    ),
    (
        5,
        "handoff",
        include_str!("../../migrations/postgres/0005_handoff.sql"),
    ),
    (
        6,
        "fallback",
        include_str!("../../migrations/postgres/0006_fallback.sql"),
    ),
];

/// How long a transaction waits for its turn, and then for its connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that read a file.
const READERS: u32 = 4;
/// Connections to a server.
const CONNECTIONS: u32 = 16;
/// Transactions of one kommune that are under way at a time: writing, reading. On PostgreSQL both take from the same connections.
const TURNS_SQLITE: (usize, usize) = (4, 3);
const TURNS_POSTGRES: (usize, usize) = (6, 6);

/// The steps of the schema, oldest first.
pub fn steps(kind: Kind) -> &'static [Step] {
    match kind {
        Kind::Sqlite => &SQLITE,
        Kind::Postgres => &POSTGRES,
    }
}

impl Store {
    /// Opens `sqlite:FILE` or `postgres://…`, brings the schema up to date, and checks that what is acknowledged lasts.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        Self::open_to(address, steps(kind(address)?)).await
    }

    /// The same with the schema as it is: for copies, which a newer program must not change.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_as_is(address: &str) -> Result<Store, StoreError> {
        Self::open_to(address, &[]).await
    }

    /// The same with other steps of the schema: for trials of upgrades.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_to(address: &str, steps: &[Step]) -> Result<Store, StoreError> {
        sqlx::any::install_default_drivers();
        match kind(address)? {
            Kind::Sqlite => {
                let file = address.strip_prefix("sqlite:").unwrap_or(address);
                Self::open_sqlite(file.trim_start_matches("//"), steps).await
            }
            Kind::Postgres => Self::open_postgres(address, steps).await,
        }
    }

    /// Opens what is there to read it, and leaves it as it is: the schema too, which may be older, and which a server may be using.
    /// `None` when nothing was ever kept there.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn look(address: &str) -> Result<Option<Store>, StoreError> {
        sqlx::any::install_default_drivers();
        let (kind, pool, ask) = if let Some(file) = address.strip_prefix("sqlite:") {
            let file = file.trim_start_matches("//");
            if !std::path::Path::new(file).exists() {
                return Ok(None);
            }
            let address = format!("sqlite://{file}?mode=rw");
            let pool = sqlite_pool(1, true).connect(&address).await?;
            let ask = "SELECT count(*) AS n FROM sqlite_master WHERE name = 'booking'";
            (Kind::Sqlite, pool, ask)
        } else {
            let pool = AnyPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(PATIENCE)
                .connect(address);
            let ask = "SELECT count(*) AS n FROM pg_class WHERE oid = to_regclass('booking')";
            (Kind::Postgres, pool.await?, ask)
        };
        let row = sqlx::query(ask).fetch_one(&pool).await?;
        let there = row.try_get::<i64, _>("n")? > 0;
        Ok(there.then(|| Store {
            kind,
            writer: pool.clone(),
            readers: pool,
            writing: Turns::new(1),
            reading: Turns::new(1),
            wakes: Wakes::default(),
        }))
    }

    async fn open_sqlite(file: &str, steps: &[Step]) -> Result<Store, StoreError> {
        let address = format!("sqlite://{file}?mode=rwc");
        let writer = sqlite_pool(1, false).connect(&address).await?;
        let mut connection = writer.acquire().await?;
        asserted(&mut connection, "journal_mode", "wal").await?;
        asserted(&mut connection, "synchronous", "2").await?;
        drop(connection);
        schema::bring_up(&writer, Kind::Sqlite, steps).await?;
        let readers = sqlite_pool(READERS, true).connect(&address).await?;
        Ok(Store {
            kind: Kind::Sqlite,
            writer,
            readers,
            writing: Turns::new(TURNS_SQLITE.0),
            reading: Turns::new(TURNS_SQLITE.1),
            wakes: Wakes::default(),
        })
    }

    async fn open_postgres(address: &str, steps: &[Step]) -> Result<Store, StoreError> {
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect(address)
            .await?;
        let mut connection = pool.acquire().await?;
        let weak = sqlx::query(
            "SELECT (rolsuper OR rolbypassrls) AS weak FROM pg_roles WHERE rolname = current_user",
        )
        .fetch_one(&mut *connection)
        .await?;
        if weak.try_get::<bool, _>("weak")? {
            return Err(StoreError::Role);
        }
        asserted(&mut connection, "synchronous_commit", "on").await?;
        drop(connection);
        schema::bring_up(&pool, Kind::Postgres, steps).await?;
        Ok(Store {
            kind: Kind::Postgres,
            writer: pool.clone(),
            readers: pool,
            writing: Turns::new(TURNS_POSTGRES.0),
            reading: Turns::new(TURNS_POSTGRES.1),
            wakes: Wakes::default(),
        })
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Who waits for news.
    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }

    /// A transaction that may write. On SQLite it is the only one.
    ///
    /// # Errors
    /// The database is gone, or busy for longer than 20 seconds in all.
    pub async fn write(&self, tenant: &Tenant) -> Result<Tx, StoreError> {
        let turn = self.writing.wait(tenant.slug(), PATIENCE).await?;
        let tx = match self.kind {
            Kind::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await?,
            Kind::Postgres => self.writer.begin().await?,
        };
        Tx::new(self, tenant, tx, turn).await
    }

    /// A transaction that only reads.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn read(&self, tenant: &Tenant) -> Result<Tx, StoreError> {
        let turn = self.reading.wait(tenant.slug(), PATIENCE).await?;
        Tx::new(self, tenant, self.readers.begin().await?, turn).await
    }

    /// True while the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.readers).await.is_ok()
    }

    /// Ends all connections; SQLite writes its log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        if self.kind == Kind::Sqlite
            && let Ok(mut connection) = self.writer.acquire().await
        {
            let done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
            drop(done);
        }
        self.writer.close().await;
    }

    /// SQLite only: a whole copy in a new file, as of one moment, while bookings go on.
    ///
    /// # Errors
    /// The file exists, or cannot be written.
    pub async fn copy_to(&self, file: &str) -> Result<(), StoreError> {
        let mut connection = self.readers.acquire().await?;
        connection.execute("PRAGMA query_only = OFF").await?;
        let copied = sqlx::query("VACUUM INTO $1")
            .bind(file)
            .execute(&mut *connection)
            .await;
        connection.execute("PRAGMA query_only = ON").await?;
        copied?;
        Ok(())
    }
}

impl Tx {
    async fn new(
        store: &Store,
        tenant: &Tenant,
        mut tx: Transaction<'static, Any>,
        turn: Turn,
    ) -> Result<Tx, StoreError> {
        if store.kind == Kind::Postgres {
            sqlx::query("SELECT set_config('lokalsvar.tenant', $1, true)")
                .bind(tenant.slug())
                .execute(&mut *tx)
                .await?;
        }
        Ok(Tx {
            kind: store.kind,
            tenant: tenant.clone(),
            inner: tx,
            wakes: store.wakes.clone(),
            woken: Vec::new(),
            _turn: turn,
        })
    }

    /// Makes it last. Only after this may anybody be told.
    ///
    /// # Errors
    /// Nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        let (wakes, woken) = (self.wakes, self.woken);
        self.inner.commit().await?;
        Tx::wake_all(&wakes, &woken);
        Ok(())
    }

    /// Gives everything up, and waits until it is: what was locked is free when this returns.
    pub(crate) async fn rollback(self) {
        if let Err(e) = self.inner.rollback().await {
            tracing::warn!(error = %e, "a transaction could not be rolled back");
        }
    }

    /// For tests of the schema: whatever this says, the schema has the last word.
    ///
    /// # Errors
    /// The schema refuses.
    pub async fn try_raw(&mut self, sql: &str) -> Result<u64, StoreError> {
        let done = sqlx::query(sql).execute(self.connection()).await?;
        Ok(done.rows_affected())
    }

    /// For tests: one number that a query gives.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn count_raw(&mut self, sql: &str) -> Result<i64, StoreError> {
        let row = sqlx::query(sql).fetch_one(self.connection()).await?;
        Ok(row.try_get(0)?)
    }

    /// Whose it is.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(crate) fn slug(&self) -> String {
        self.tenant.slug().to_owned()
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// PostgreSQL: nobody else gets past these names until the end of the transaction. Taken in one order, so that no two
    /// wait for each other. SQLite has one writer anyway.
    pub(crate) async fn lock(&mut self, names: &[&str]) -> Result<(), StoreError> {
        if self.kind == Kind::Sqlite {
            return Ok(());
        }
        let mut numbers: Vec<i64> = names.iter().map(|name| self.number(name)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(number)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// PostgreSQL: the same without waiting; false when somebody else has it.
    pub(crate) async fn try_lock(&mut self, name: &str) -> Result<bool, StoreError> {
        if self.kind == Kind::Sqlite {
            return Ok(true);
        }
        let number = self.number(name);
        let row = sqlx::query("SELECT pg_try_advisory_xact_lock($1) AS got")
            .bind(number)
            .fetch_one(self.connection())
            .await?;
        Ok(row.try_get("got")?)
    }

    fn number(&self, name: &str) -> i64 {
        let sum = crate::secret::hash(&[self.tenant.slug(), name]);
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(sum.bytes()) {
            *to = from;
        }
        i64::from_le_bytes(bytes)
    }
}

fn sqlite_pool(most: u32, read_only: bool) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(most)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection
                    .execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 15000; PRAGMA secure_delete = ON")
                    .await?;
                if read_only {
                    connection.execute("PRAGMA query_only = ON").await?;
                }
                Ok(())
            })
        })
}

fn kind(address: &str) -> Result<Kind, StoreError> {
    if address.starts_with("sqlite:") {
        Ok(Kind::Sqlite)
    } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        Ok(Kind::Postgres)
    } else {
        Err(StoreError::Address(address.chars().take(12).collect()))
    }
}

/// A setting that must be as it should.
async fn asserted(
    connection: &mut AnyConnection,
    name: &'static str,
    expected: &'static str,
) -> Result<(), StoreError> {
    let ask = match name {
        "synchronous_commit" => "SHOW synchronous_commit".to_owned(),
        pragma => format!("PRAGMA {pragma}"),
    };
    let row = sqlx::query(&ask).fetch_one(connection).await?;
    let found = row
        .try_get::<String, _>(0)
        .or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))?;
    if found == expected {
        Ok(())
    } else {
        Err(StoreError::Pragma {
            name,
            found,
            expected,
        })
    }
}

/// True when the error is that somebody else has the time.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| {
        let code = e.code().unwrap_or_default();
        code == "23P01" || e.message().contains("cell.tenant, cell.counter, cell.cell")
    })
}

/// True when the transaction should be tried again: PostgreSQL gave it up for another's sake.
pub(crate) fn is_retry(error: &StoreError) -> bool {
    let StoreError::Sql(sqlx::Error::Database(e)) = error else {
        return false;
    };
    matches!(e.code().unwrap_or_default().as_ref(), "40001" | "40P01")
}
