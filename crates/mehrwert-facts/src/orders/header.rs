//! Column names and what each is taken for.

use mehrwert_core::Currency;

use super::role::Role;

/// The column names of a file.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// The names as they stand in the file.
    pub names: Vec<String>,
    /// Lower case, letters and digits only: `Order ID`, `order_id` and `OrderId` are one name.
    plain: Vec<String>,
    /// The same without a currency at the end: `Betrag (EUR)` is `betrag`.
    without_currency: Vec<String>,
}

impl Header {
    pub(crate) fn new(names: Vec<String>) -> Header {
        let plain = names.iter().map(|name| plain_name(name)).collect();
        let without_currency = names.iter().map(|name| plain_name(split_currency(name).0)).collect();
        Header { names, plain, without_currency }
    }

    /// Names for a file that has none.
    pub(crate) fn numbered(count: usize) -> Header {
        Header::new((1..=count).map(|number| format!("column {number}")).collect())
    }

    /// The first column that bears one of these plain names; earlier names go before later ones.
    pub(crate) fn find(&self, names: &[&str]) -> Option<u16> {
        let position = |list: &[String], wanted: &str| list.iter().position(|name| name == wanted);
        names
            .iter()
            .find_map(|wanted| position(&self.plain, wanted).or_else(|| position(&self.without_currency, wanted)))
            .and_then(|index| u16::try_from(index).ok())
    }

    /// The column a user names: exactly as it stands, or else but for case, blanks and signs.
    pub(crate) fn named(&self, name: &str) -> Option<u16> {
        let plain = plain_name(name);
        let index = self.names.iter().position(|known| known == name);
        let index = index.or_else(|| self.plain.iter().position(|known| *known == plain && !plain.is_empty()));
        index.and_then(|index| u16::try_from(index).ok())
    }

    /// Whether all of these plain names are there.
    pub(crate) fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.find(&[name]).is_some())
    }

    /// The plain name of a column.
    pub(crate) fn plain(&self, column: u16) -> &str {
        self.plain.get(usize::from(column)).map_or("", String::as_str)
    }

    /// The currency that stands in a column's name: `Betrag (EUR)`, `Umsatz in €`.
    pub(crate) fn currency(&self, column: u16) -> Option<Currency> {
        self.names.get(usize::from(column)).and_then(|name| split_currency(name).1)
    }

    /// Whether the names are German words, so that a decimal comma is to be expected.
    pub(crate) fn is_german(&self) -> bool {
        const WORDS: [&str; 24] = [
            "kunde",
            "datum",
            "betrag",
            "umsatz",
            "bestell",
            "rechnung",
            "menge",
            "preis",
            "netto",
            "brutto",
            "artikel",
            "währung",
            "anzahl",
            "summe",
            "gesamt",
            "auftrag",
            "steuer",
            "waehrung",
            "beginn",
            "vertrag",
            "beitrag",
            "kündigung",
            "mitglied",
            "laufzeit",
        ];
        self.plain.iter().any(|name| WORDS.iter().any(|word| name.contains(word)))
    }
}

/// Lower case, letters and digits only.
fn plain_name(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Splits `Betrag (EUR)` into `Betrag` and the currency.
fn split_currency(name: &str) -> (&str, Option<Currency>) {
    const CODES: [&str; 14] =
        ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "JPY", "TRY"];
    const SYMBOLS: [(char, &str); 3] = [('€', "EUR"), ('$', "USD"), ('£', "GBP")];
    let trimmed = name.trim_end_matches([')', ']', ' ', '.']);
    let (rest, code) = match trimmed.chars().last().and_then(|last| SYMBOLS.iter().find(|(symbol, _)| *symbol == last))
    {
        Some((symbol, code)) => (&trimmed[..trimmed.len() - symbol.len_utf8()], *code),
        None => {
            let Some(start) = trimmed.len().checked_sub(3) else { return (name, None) };
            let Some(end) = trimmed.get(start..) else { return (name, None) };
            let Some(code) = CODES.iter().find(|code| code.eq_ignore_ascii_case(end)) else { return (name, None) };
            (&trimmed[..start], *code)
        }
    };
    // `eur` at the end of a longer word is no currency.
    if rest.chars().last().is_some_and(char::is_alphanumeric) {
        return (name, None);
    }
    let rest = rest.trim_end_matches(['(', '[', ' ', '_', '-']);
    let rest = rest.strip_suffix(" in").or_else(|| rest.strip_suffix("_in")).unwrap_or(rest);
    (rest, code.parse().ok())
}

/// Which column has which role.
#[derive(Debug, Clone)]
pub(crate) struct ColumnMap {
    by_role: [Option<u16>; Role::ALL.len()],
}

impl Default for ColumnMap {
    fn default() -> ColumnMap {
        ColumnMap { by_role: [None; Role::ALL.len()] }
    }
}

impl ColumnMap {
    /// Columns by name; a column takes only the first role that wants it.
    pub(crate) fn find(header: &Header, names: &[(Role, &str)]) -> ColumnMap {
        let mut columns = ColumnMap::default();
        columns.add(header, names);
        columns
    }

    /// Further columns by name, for roles that have none yet, among columns that have none.
    pub(crate) fn add(&mut self, header: &Header, names: &[(Role, &str)]) {
        for (role, names) in names {
            if self.get(*role).is_none()
                && let Some(column) = header.find(&names.split_whitespace().collect::<Vec<_>>())
                && self.role_of(column).is_none()
            {
                self.set(*role, Some(column));
            }
        }
    }

    pub(crate) fn get(&self, role: Role) -> Option<u16> {
        self.by_role[role as usize]
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.get(role).is_some()
    }

    pub(crate) fn set(&mut self, role: Role, column: Option<u16>) {
        self.by_role[role as usize] = column;
    }

    /// Gives a column to a role and takes it from any other.
    pub(crate) fn assign(&mut self, role: Role, column: u16) {
        for taken in &mut self.by_role {
            if *taken == Some(column) {
                *taken = None;
            }
        }
        self.set(role, Some(column));
    }

    pub(crate) fn role_of(&self, column: u16) -> Option<Role> {
        Role::ALL.into_iter().find(|role| self.get(*role) == Some(column))
    }

    pub(crate) fn count(&self) -> usize {
        self.by_role.iter().flatten().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_whatever_their_case_and_signs() {
        let header = Header::new(
            ["Order ID", "Kunden-Nr.", "Betrag (EUR)", "umsatz_chf", "Preis in €", "Flaneur"].map(str::to_owned).into(),
        );
        assert_eq!(header.find(&["orderid"]), Some(0));
        assert_eq!(header.find(&["kundennr"]), Some(1));
        assert_eq!(header.find(&["betrag"]), Some(2));
        assert_eq!(header.find(&["umsatz"]), Some(3));
        assert_eq!(header.find(&["preis"]), Some(4));
        let codes = [2, 3, 4, 5].map(|column| header.currency(column).map(|currency| currency.to_string()));
        assert_eq!(codes, [Some("EUR".to_owned()), Some("CHF".to_owned()), Some("EUR".to_owned()), None]);
        assert_eq!(header.named("order-id"), Some(0));
        assert_eq!(header.named("nothing"), None);
    }
}
