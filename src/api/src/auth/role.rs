//! A set of roles. In the database a line of names, in the order of [`Role::ALL`].

use protocol::Role;

/// Any number of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// True when it has that one.
    pub fn has(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// True when it has at least one of them; nobody has one of none.
    pub fn has_any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// True when there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// "booking tenant-admin".
    pub fn text(self) -> String {
        self.iter().map(Role::name).collect::<Vec<_>>().join(" ")
    }

    /// Reads [`Roles::text`]. A name of a newer server gives no right.
    pub fn parse(text: &str) -> Roles {
        text.split_whitespace().filter_map(Role::named).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        Roles(roles.into_iter().fold(0, |all, role| all | bit(role)))
    }
}

fn bit(role: Role) -> u8 {
    1 << role as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_back_from_their_text_and_unknown_names_give_nothing() {
        for bits in 0..=u8::MAX >> 1 {
            let roles = Roles(bits);
            assert_eq!(Roles::parse(&roles.text()), roles);
            assert_eq!(roles.iter().collect::<Roles>(), roles);
        }
        assert!(Roles::parse("root Booking tenant_admin").is_empty());
        assert!(!Roles::parse("booking").has_any(&[]));
        assert!(Roles::parse("booking agent").has_any(&[Role::Agent, Role::Operator]));
    }
}
