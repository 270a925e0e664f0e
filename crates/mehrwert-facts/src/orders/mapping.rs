//! The user's own mapping of columns: `customer=Kunde,date=Datum`.

use super::role::Role;

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A part without an equals sign, or with nothing on one side of it.
    #[error("expected ROLE=COLUMN such as customer=Kunde, found '{0}'")]
    NotAPair(String),
    /// A role that does not exist.
    #[error("there is no role '{found}'; roles are {known}")]
    UnknownRole {
        /// What stands there.
        found: String,
        /// All roles.
        known: String,
    },
    /// A role named twice.
    #[error("the role '{0}' stands twice in the mapping")]
    Twice(&'static str),
}

/// Reads `customer=Kunde,date=Datum`. A column whose name contains a comma goes into double quotes:
/// `amount="Total, net"`.
///
/// # Errors
/// [`MappingError`] when a part is no pair or its role does not exist.
///
/// ```
/// use mehrwert_facts::orders::{Role, parse_mapping};
/// assert_eq!(parse_mapping("customer=Kunde")?, [(Role::Customer, "Kunde".to_owned())]);
/// # Ok::<(), mehrwert_facts::orders::MappingError>(())
/// ```
pub fn parse_mapping(text: &str) -> Result<Vec<(Role, String)>, MappingError> {
    let mut mapping: Vec<(Role, String)> = Vec::new();
    for part in split_outside_quotes(text) {
        if part.trim().is_empty() {
            continue;
        }
        let not_a_pair = || MappingError::NotAPair(part.trim().chars().take(60).collect());
        let (role, column) = part.split_once('=').ok_or_else(not_a_pair)?;
        let column = column.trim().trim_matches('"');
        if role.trim().is_empty() || column.is_empty() {
            return Err(not_a_pair());
        }
        let role = role_named(role.trim())?;
        if mapping.iter().any(|(known, _)| *known == role) {
            return Err(MappingError::Twice(role.name()));
        }
        mapping.push((role, column.to_owned()));
    }
    Ok(mapping)
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
    .collect()
}

fn role_named(text: &str) -> Result<Role, MappingError> {
    let wanted = text.to_lowercase().replace(['-', ' '], "_");
    Role::ALL.into_iter().find(|role| role.name() == wanted).ok_or_else(|| MappingError::UnknownRole {
        found: text.chars().take(40).collect(),
        known: Role::ALL.map(Role::name).join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_order() {
        let mapping = parse_mapping(" customer = Kunde ,date=Datum, unit-price=\"Preis, netto\",").unwrap();
        let expected = [(Role::Customer, "Kunde"), (Role::Date, "Datum"), (Role::UnitPrice, "Preis, netto")];
        assert_eq!(mapping, expected.map(|(role, column)| (role, column.to_owned())));
        assert_eq!(parse_mapping(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        assert_eq!(parse_mapping("customer"), Err(MappingError::NotAPair("customer".to_owned())));
        assert_eq!(parse_mapping("customer="), Err(MappingError::NotAPair("customer=".to_owned())));
        assert_eq!(parse_mapping("date=a,date=b"), Err(MappingError::Twice("date")));
        let error = parse_mapping("kunde=a").unwrap_err().to_string();
        assert!(error.starts_with("there is no role 'kunde'; roles are customer, date, amount,"), "{error}");
    }
}
