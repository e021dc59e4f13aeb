//! How the schema comes up to date while other nodes go on with the database. Steps are taken in order, once, under a lock of
//! the database: of nodes that start together one takes them and the others wait. Locks of tables are asked for briefly and again,
//! so that bookings never queue behind a step that waits. docs/operations.md has the rule for writing one: expand first,
//! contract a version later.

use super::{Kind, StoreError};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Executor as _, Row as _};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// Number, name and SQL. A step that takes away what an older program needs has a name that begins with [`CONTRACTS`].
pub type Step = (i64, &'static str, &'static str);

/// How the name of a step begins after which older programs must not start.
pub const CONTRACTS: &str = "contract";

/// A statement waits this long for a table, and bookings behind it.
const LOCK_MOST: &str = "SET lock_timeout = '1s'";
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(300);
/// All tries together.
const PATIENCE: Duration = Duration::from_secs(300);

/// Takes the steps that are missing. Steps that this program does not know are left alone when they only expand: so a former
/// version can start again after an upgrade.
///
/// # Errors
/// [`StoreError::Migrate`] when a step fails (nothing of it stays) or its text was changed; [`StoreError::Newer`] when the
/// database has been contracted by a newer version.
pub(super) async fn bring_up(pool: &AnyPool, kind: Kind, steps: &[Step]) -> Result<(), StoreError> {
    let Some(newest) = steps.iter().map(|(number, ..)| *number).max() else {
        return Ok(());
    };
    let migrator = migrator(steps);
    let begun = Instant::now();
    loop {
        let mut connection = pool.acquire().await?;
        if kind == Kind::Postgres {
            connection.execute(LOCK_MOST).await?;
        }
        let done = match migrator.run(&mut *connection).await {
            Ok(()) => understood(&mut connection, newest).await,
            Err(e) => Err(e.into()),
        };
        if kind == Kind::Postgres {
            // What it locked and set goes with it, also after a failure half-way.
            connection.close().await?;
        }
        match done {
            Err(e) if is_busy(&e) && begun.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
            }
            other => return other,
        }
    }
}

/// No newer program has taken away what this one needs.
async fn understood(connection: &mut AnyConnection, newest: i64) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT version, description FROM _sqlx_migrations WHERE version > $1 ORDER BY version",
    )
    .bind(newest)
    .fetch_all(connection)
    .await?;
    for row in rows {
        let (number, name): (i64, String) = (row.try_get("version")?, row.try_get("description")?);
        if name.starts_with(CONTRACTS) {
            return Err(StoreError::Newer(number));
        }
        tracing::warn!(step = number, "the schema is of a newer version");
    }
    Ok(())
}

/// Somebody else has the table, or takes the steps.
fn is_busy(error: &StoreError) -> bool {
    let StoreError::Migrate(MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _)) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(e) = e else {
        return false;
    };
    e.code()
        .is_some_and(|code| code == "55P03" || code == "40P01")
}

fn migrator(steps: &[Step]) -> Migrator {
    let migrations: Vec<Migration> = steps
        .iter()
        .map(|(number, name, sql)| {
            let (name, sql) = (Cow::Borrowed(*name), Cow::Borrowed(*sql));
            Migration::new(*number, name, MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator {
        migrations: Cow::Owned(migrations),
        ignore_missing: true,
        ..Migrator::DEFAULT
    }
}
