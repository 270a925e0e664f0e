//! Firms and households: by the domain of an e-mail address, or given.

use std::collections::HashSet;
use std::sync::LazyLock;

use mehrwert_core::AccountId;
use mehrwert_state::{Account, Identity, IdentityKind};
use sha2::{Digest as _, Sha256};

/// Domains under which anybody has an address: they say nothing of a firm.
static PUBLIC_MAIL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("public_mail.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// The account that an e-mail address belongs to by its domain; none for the domains of public mail providers.
///
/// ```
/// use mehrwert_facts::identities::account_of_email;
/// use mehrwert_state::{Identity, IdentityKind};
/// let account = |text| account_of_email(&Identity::new(IdentityKind::Email, text).ok()?);
/// assert_eq!(account("eva@muster.de").and_then(|account| account.domain).as_deref(), Some("muster.de"));
/// assert_eq!(account("eva@gmail.com"), None);
/// ```
#[must_use]
pub fn account_of_email(identity: &Identity) -> Option<Account> {
    if identity.kind() != IdentityKind::Email {
        return None;
    }
    let (_, domain) = identity.value().rsplit_once('@')?;
    let is_name = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
    // Relay addresses of shops and networks stand for a person each, not for a firm.
    let is_public = PUBLIC_MAIL
        .iter()
        .any(|public| domain == *public || domain.strip_suffix(*public).is_some_and(|rest| rest.ends_with('.')));
    (is_name && !is_public).then(|| Account {
        id: account_id("domain", domain),
        name: domain.to_owned(),
        domain: Some(domain.to_owned()),
    })
}

/// The account of a group's id, as senders of `group` calls name it.
#[must_use]
pub fn account_of_group(group: &str, name: Option<&str>) -> Account {
    let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(group);
    Account { id: account_id("group", group), name: name.to_owned(), domain: None }
}

/// The same id for the same name, so that two who meet it at once make one account.
fn account_id(kind: &str, name: &str) -> AccountId {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    // The layout of ids: version 7, the variant of RFC 9562.
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    AccountId::from_bytes(bytes)
}
