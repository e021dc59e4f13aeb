//! A PostgreSQL of its own for a test: initdb in a new folder, a Unix socket and a free port, gone afterwards. Its programs refuse
//! to run as root, so they run as `nobody` then.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
}

impl Cluster {
    /// `None` where PostgreSQL is not installed. With `LOKALSVAR_NEEDS_POSTGRES` that is a failure.
    pub fn start() -> Option<Cluster> {
        let Some(bin) = find() else {
            assert!(
                std::env::var_os("LOKALSVAR_NEEDS_POSTGRES").is_none(),
                "PostgreSQL is missing: apt-get install postgresql"
            );
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let data = PathBuf::from(format!(
            "/tmp/lokalsvar-pg-{port}-{}",
            api::secret::random::<6>()
        ));
        let cluster = Cluster { bin, data, port };
        std::fs::create_dir(&cluster.data).expect("a folder");
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(&cluster.data));
        }
        cluster.call(
            "initdb",
            &[
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "-D",
            ],
            true,
        );
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            cluster.data.display()
        );
        cluster.call(
            "pg_ctl",
            &["-w", "-o", &options, "-l", "/dev/null", "start", "-D"],
            true,
        );
        cluster.sql(
            "postgres",
            "CREATE ROLE lokalsvar LOGIN NOSUPERUSER NOBYPASSRLS",
        );
        Some(cluster)
    }

    /// A new database; its address for the role that the server uses.
    pub fn database(&self) -> String {
        let name = format!("t{}", api::secret::random_number());
        self.sql(
            "postgres",
            &format!("CREATE DATABASE {name} OWNER lokalsvar"),
        );
        self.sql(&name, "CREATE EXTENSION btree_gist");
        format!("postgres://lokalsvar@127.0.0.1:{}/{name}", self.port)
    }

    /// A copy of a database in a file, made by `pg_dump` while it is used.
    pub fn dump(&self, address: &str, file: &Path) {
        let name = address.rsplit('/').next().expect("a name");
        let (port, file) = (self.port.to_string(), file.display().to_string());
        run(Command::new(self.bin.join("pg_dump")).args([
            "-Fc",
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "postgres",
            "-d",
            name,
            "-f",
            &file,
        ]));
    }

    /// Brings a copy back into a new database; its address.
    pub fn restore(&self, file: &Path) -> String {
        let address = self.database();
        let name = address.rsplit('/').next().expect("a name");
        let (port, file) = (self.port.to_string(), file.display().to_string());
        run(Command::new(self.bin.join("pg_restore")).args([
            "--exit-on-error",
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "postgres",
            "-d",
            name,
            &file,
        ]));
        address
    }

    /// Where a program of PostgreSQL lies, and the port.
    pub fn tool(&self, name: &str) -> (PathBuf, u16) {
        (self.bin.join(name), self.port)
    }

    /// As superuser.
    fn sql(&self, database: &str, sql: &str) {
        let port = self.port.to_string();
        run(Command::new(self.bin.join("psql")).args([
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "postgres",
            "-d",
            database,
            "-qc",
            sql,
        ]));
    }

    fn call(&self, program: &str, args: &[&str], must: bool) {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(args).arg(&self.data).current_dir("/tmp");
        if must {
            run(&mut command);
        } else {
            let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            drop(done);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.call("pg_ctl", &["-m", "immediate", "stop", "-D"], false);
        let gone = std::fs::remove_dir_all(&self.data);
        drop(gone);
    }
}

fn run(command: &mut Command) {
    // A daemon that inherited a pipe would keep it open.
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .expect("a program");
    assert!(status.success(), "{command:?}");
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

/// Where Debian puts the programs of the newest version.
fn find() -> Option<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    all.sort();
    all.pop()
}
