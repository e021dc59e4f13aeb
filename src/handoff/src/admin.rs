//! What a kommune decides about talking with a person: the shape of `<slug>.samtale.json`. Written by `compiler` and read
//! by `api`.
//!
//! Any value of these types may be used anywhere in this crate without a panic; [`Admin::check`](crate::Admin::check)
//! says whether it makes sense.

use booking::{Closure, Exception, Holidays, Privacy, Week, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Grows whenever an older server could not read the file.
pub(crate) const FORMAT: u16 = 1;

/// Everything about talking with a person in one kommune.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// 1; another number is refused by [`Admin::check`](crate::Admin::check).
    pub format: u16,
    /// Slug of the kommune, `[a-z-]+`.
    pub kommune: String,
    /// "Eksempelby Kommune".
    pub name: String,
    /// Which named days are closed.
    pub holidays: Holidays,
    /// What a citizen reads before sending. Its `retention_days` are those of [`Admin::retention`].
    pub privacy: Privacy,
    /// How long a conversation is kept.
    pub retention: Retention,
    /// Citizens see what the person who answers is called at work.
    pub show_names: bool,
    /// A citizen who waits longer than this is an alarm for staff, 1..=120.
    pub warn_minutes: u16,
    /// Citizens may ask to be called back.
    pub callbacks: bool,
    /// Who answers, in the order in which citizens see them.
    pub departments: Vec<Department>,
    /// Times when nobody answers; they go before everything else.
    pub closures: Vec<Closure>,
    /// Number in KLE of each answer by its id, as the knowledge has them.
    #[serde(default)]
    pub subjects: BTreeMap<String, String>,
}

/// How long a conversation is kept, by the kommune's own written rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Days after somebody decided what becomes of its record, 1..=3650. Before that decision nothing is erased.
    pub days: u16,
    /// The rule that says so, as the kommune names it: its plan for erasure, the law it follows. Never empty.
    pub rule: String,
}

/// A part of the kommune that answers (fagområde).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// `[a-z0-9-]{1,32}`, unique; never changed once used.
    pub id: String,
    /// "Borgerservice".
    pub name: Words,
    /// Phone as it is said; empty when none.
    pub phone: String,
    /// Mail address for citizens; empty when none.
    pub email: String,
    /// Where to come; empty when nowhere.
    pub address: String,
    /// Ids of topics ("pas") and of intents ("pas/pas-til-barn") that belong here.
    pub topics: Vec<String>,
    /// Takes everything that belongs to no other; exactly one does.
    pub fallback: bool,
    /// When somebody answers at once.
    pub week: Week,
    /// Dates on which the week and the holidays do not apply.
    pub exceptions: Vec<Exception>,
    /// How conversations come to those who answer.
    pub carrier: Carrier,
    /// Number in KLE under which its conversations are filed, "23.05.00"; empty when the kommune names none.
    pub kle: String,
}

/// How conversations come to those who answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Carrier {
    /// The console of this program.
    #[default]
    Builtin,
    /// A mailbox. Nobody chats there: messages and calls alone.
    Mail {
        /// Address of the mailbox.
        to: String,
    },
    /// A contact centre that speaks the contract of docs/handoff-adapter.md. Its key stands in the server's
    /// configuration, never here.
    Http {
        /// `https:`, where the contract's paths begin.
        url: String,
    },
}

impl Carrier {
    /// True where somebody can write back at once.
    pub const fn chats(&self) -> bool {
        matches!(self, Carrier::Builtin | Carrier::Http { .. })
    }
}

impl Admin {
    /// The department with that id.
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.id == id)
    }

    /// The department that a topic ("pas") or an intent ("pas/pas-til-barn") belongs to: who names the intent itself goes
    /// before who names its topic, and that one before the fallback. `None` only when no department is the fallback.
    pub fn department_for(&self, about: Option<&str>) -> Option<&Department> {
        let naming = |id: &str| {
            let mut all = self.departments.iter();
            all.find(|d| d.topics.iter().any(|t| t == id))
        };
        let about = about.unwrap_or_default();
        let topic = about.split('/').next().unwrap_or_default();
        naming(about)
            .or_else(|| naming(topic))
            .or_else(|| self.departments.iter().find(|d| d.fallback))
    }

    /// Under which number of KLE a conversation is filed: that of the answer in hand, else the department's own. `None` when
    /// neither has one.
    pub fn subject(&self, about: Option<&str>, department: &str) -> Option<&str> {
        let own = || self.department(department).map(|d| d.kle.as_str());
        let number = about.and_then(|id| self.subjects.get(id));
        number
            .map(String::as_str)
            .or_else(own)
            .filter(|n| !n.is_empty())
    }

    /// Reads `<slug>.samtale.json` and checks it.
    ///
    /// # Errors
    /// Every mistake, a line each; no JSON or another kommune is one.
    pub fn read(bytes: &[u8], slug: &str) -> Result<Admin, Vec<String>> {
        let admin: Admin = serde_json::from_slice(bytes).map_err(|e| vec![e.to_string()])?;
        if admin.kommune != slug {
            return Err(vec![format!(
                "it belongs to `{}`, not to `{slug}`",
                admin.kommune
            )]);
        }
        let told = |wrong: Vec<crate::Mistake>| {
            wrong
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<String>>()
        };
        admin.check().map_err(told)?;
        Ok(admin)
    }
}
