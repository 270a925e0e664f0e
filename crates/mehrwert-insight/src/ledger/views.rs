//! The views of the ledger: SQL in named files, with the terms written into them, as a view has no parameters.

use mehrwert_core::{Allocation, Day, Sharing};
use mehrwert_facts::engine::{Columns, Engine, EngineError, NamedQuery};

use super::LedgerTerms;

/// The views in the order in which they build on each other.
const VIEWS: [(&str, &str); 12] = [
    ("order_lines", include_str!("sql/order_lines.sql")),
    ("order_persons", include_str!("sql/order_persons.sql")),
    ("acquisitions", include_str!("sql/acquisitions.sql")),
    ("reported_lines", include_str!("sql/reported_lines.sql")),
    ("shares", include_str!("sql/shares.sql")),
    ("sizes", include_str!("sql/sizes.sql")),
    ("cost_parts", include_str!("sql/cost_parts.sql")),
    ("pooled_costs", include_str!("sql/pooled_costs.sql")),
    ("cost_entries", include_str!("sql/cost_entries.sql")),
    ("payment_entries", include_str!("sql/payment_entries.sql")),
    ("contact_entries", include_str!("sql/contact_entries.sql")),
    ("contract_entries", include_str!("sql/contract_entries.sql")),
];

/// What the entries come from beside the orders: the table, and the view over it. A table without rows is left out of the
/// plan, so that a shop that has orders only does not pay for the rest.
const SOURCES: [(&str, &str); 4] = [
    ("payments", "payment_entries"),
    ("contacts", "contact_entries"),
    ("contracts", "contract_entries"),
    ("costs", "cost_entries"),
];

/// Lays the views over `facts.*` and `state.*`, which have to be registered, in place of earlier ones.
///
/// # Errors
/// [`EngineError`] when a table is missing.
pub fn register(engine: &Engine, terms: &LedgerTerms) -> Result<(), EngineError> {
    engine.query("ledger", "CREATE SCHEMA IF NOT EXISTS ledger", &[])?;
    let has_costs = has_rows(engine, "costs")?;
    for (name, sql) in VIEWS {
        view(engine, name, &written(sql, terms))?;
        // What many views are built on is worked out once a session: inlined everywhere, the plan of a question about costs would
        // scan the orders two hundred times.
        match name {
            "acquisitions" => keep(engine, "ledger.acquisitions", name)?,
            "shares" if has_costs => keep(engine, "ledger.shares", name)?,
            "sizes" if has_costs => keep(engine, "ledger.sizes", name)?,
            "pooled_costs" if has_costs => keep(engine, "ledger.pooled_costs", name)?,
            _ => {}
        }
    }
    view(engine, "order_entries", include_str!("sql/order_entries.sql"))?;
    let mut entries = "SELECT * FROM ledger.order_entries".to_owned();
    for (table, source) in SOURCES {
        let is_wanted = source != "contract_entries" || terms.allocation.contracts;
        if is_wanted && has_rows(engine, table)? {
            entries += &format!(" UNION ALL SELECT * FROM ledger.{source}");
        }
    }
    view(engine, "entries", &entries)?;
    view(engine, "reported", &written(include_str!("sql/reported.sql"), terms))
}

/// Puts a view's rows in its place.
fn keep(engine: &Engine, table: &'static str, name: &'static str) -> Result<(), EngineError> {
    engine.materialise(table, &format!("SELECT * FROM ledger.{name}"), &[])
}

fn view(engine: &Engine, name: &'static str, sql: &str) -> Result<(), EngineError> {
    engine.query(name, &format!("CREATE OR REPLACE VIEW ledger.{name} AS {sql}"), &[]).map(drop)
}

fn has_rows(engine: &Engine, table: &str) -> Result<bool, EngineError> {
    const QUERY: &str = "count_facts";
    let rows = engine.query(QUERY, &format!("SELECT count(*) AS number FROM facts.{table}"), &[])?;
    let counts = Columns::new(&rows).counts("number");
    counts
        .map(|counts| counts.iter().any(|&count| count > 0))
        .map_err(|source| EngineError::Answer { query: QUERY, source })
}

/// A view's text with the terms in their places. Nothing that anyone typed gets there: a currency has three letters, a day
/// is a day, and the rules are our own words.
fn written(sql: &str, terms: &LedgerTerms) -> String {
    let currency = terms.currency.map_or_else(|| "''".to_owned(), |currency| format!("'{}'", currency.code()));
    sql.replace("{currency}", &currency)
        .replace("{until}", &literal(terms.until))
        .replace("{pools}", &by_purpose(&terms.allocation, pool))
        .replace("{keys}", &by_purpose(&terms.allocation, key))
}

fn literal(day: Day) -> String {
    format!("DATE '{day}'")
}

/// The pool of a cost, or what it is shared by, by the rules.
fn by_purpose(allocation: &Allocation, what: fn(Sharing) -> &'static str) -> String {
    let rules = [("acquire", &allocation.acquire), ("retain", &allocation.retain), ("serve", &allocation.serve)];
    let mut text = "CASE".to_owned();
    for (purpose, ways) in rules {
        for way in ways {
            let says_enough = match way {
                Sharing::Source => " AND source IS NOT NULL",
                Sharing::Measure => " AND measure IS NOT NULL",
                _ => "",
            };
            text += &format!(" WHEN purpose = '{purpose}'{says_enough} THEN {}", what(*way));
        }
    }
    text + &format!(" ELSE {} END", what(Sharing::Nobody))
}

fn pool(way: Sharing) -> &'static str {
    match way {
        Sharing::Source => "'source'",
        Sharing::NewCustomers => "'new'",
        Sharing::Measure => "'measure'",
        Sharing::Customers => "'customers'",
        Sharing::Nobody => "'nobody'",
    }
}

fn key(way: Sharing) -> &'static str {
    match way {
        Sharing::Source => "source",
        Sharing::Measure => "measure",
        _ => "''",
    }
}

/// Every view as a query in an order of its own, for the conformance suite: each column of each view is looked at.
#[must_use]
pub fn queries() -> Vec<NamedQuery> {
    let names = VIEWS.iter().map(|view| view.0).chain(["order_entries", "entries", "reported"]);
    let query = |name| NamedQuery { name, sql: format!("SELECT * FROM ledger.{name}"), parameters: Vec::new() };
    let files = [("sums", super::sums::SUMS), ("facts_sums", super::checks::FACTS_SUMS)];
    let named = files.into_iter().map(|(name, sql)| NamedQuery { name, sql: sql.to_owned(), parameters: Vec::new() });
    names.map(query).chain(named).collect()
}
