//! Costs: the reports of Google Ads and Meta Ads, and any table of costs.
//!
//! - What an advertising platform reports of one campaign (group, ad) and one day is one statement: a later report of the
//!   same day replaces it. Any other cost stands by all that it says, so that two invoices of one day are two.
//! - Platforms report without VAT. Meta's currency stands in the name of the column.
//! - A row that covers several days is one cost over that time, from its first to its last day.
//! - Lines of totals are set aside.

use mehrwert_core::Day;

use super::context::{Context, fits};
use super::entry::{Entry, Fact, Numbering, currency_or};
use crate::orders::formats::generic::basis_of_name;
use crate::orders::formats::{Figures, Format, Reject, RoleNames, RowView};
use crate::orders::header::{ColumnMap, Header};
use crate::orders::{AmountBasis, FileKind, Role, SetAsideReason};
use crate::tables::{Cost, FactTable, Unit};

/// Google Ads, a report of campaigns by day.
pub(crate) struct GoogleAds;
/// Meta Ads, a report of campaigns, sets or ads.
pub(crate) struct MetaAds;
/// Any table of costs.
pub(crate) struct Costs;

const GOOGLE: RoleNames = &[
    (Role::Date, "day tag"),
    (Role::Campaign, "campaign kampagne campaignname"),
    (Role::AdGroup, "adgroup anzeigengruppe"),
    (Role::Amount, "cost kosten"),
    (Role::Currency, "currencycode währungscode currency währung"),
    (Role::Id, "campaignid kampagnenid"),
];

const META: RoleNames = &[
    (Role::Date, "day tag"),
    (Role::Start, "reportingstarts berichtsstart startdatumdesberichts berichtsbeginn"),
    (Role::End, "reportingends berichtsende enddatumdesberichts"),
    (Role::Campaign, "campaignname kampagnenname"),
    (Role::AdGroup, "adsetname anzeigengruppenname nameanzeigengruppe"),
    (Role::Ad, "adname anzeigenname werbeanzeigenname"),
    (Role::Amount, "amountspent ausgegebenerbetrag"),
];

const COSTS: RoleNames = &[
    (Role::Date, "date datum day tag belegdatum rechnungsdatum buchungsdatum invoicedate"),
    (Role::Start, "from start von beginn startdate startdatum"),
    (Role::End, "to end bis ende enddate enddatum"),
    (Role::Kind, "kind type typ art kostenart costtype costkind kategorie category"),
    (Role::Purpose, "purpose zweck"),
    (Role::Amount, "netto nettobetrag net netamount amountnet costnet"),
    (Role::Amount, "amount betrag cost costs kosten spend spent ausgaben summe total brutto gross bruttobetrag"),
    (Role::Tax, "tax vat mwst ust steuer umsatzsteuer"),
    (Role::Currency, "currency währung waehrung currencycode"),
    (Role::Source, "source quelle utmsource channel kanal"),
    (Role::Campaign, "campaign kampagne utmcampaign campaignname"),
    (Role::Measure, "measure maßnahme massnahme"),
    (Role::Order, "order orderid bestellung bestellnummer bestellnr"),
    (Role::Id, "id invoice invoiceid invoiceno rechnung rechnungsnummer belegnummer belegnr receipt"),
    (Role::Name, "name description beschreibung bezeichnung text supplier lieferant verwendungszweck"),
];

/// What the three have in common but their names.
macro_rules! costs {
    ($format:ident, $kind:expr, $names:expr, |$header:ident, $columns:ident| $recognises:expr, $basis:expr) => {
        impl Format for $format {
            fn kind(&self) -> FileKind {
                $kind
            }

            fn recognises(&self, $header: &Header) -> bool {
                let $columns = self.columns($header);
                $recognises
            }

            fn names(&self) -> RoleNames {
                $names
            }

            fn more_names(&self) -> RoleNames {
                &[]
            }

            fn required(&self) -> &'static [Role] {
                &[Role::Amount]
            }

            fn basis(&self, header: &Header, columns: &ColumnMap) -> AmountBasis {
                let basis: fn(&Header, &ColumnMap) -> AmountBasis = $basis;
                basis(header, columns)
            }

            fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
                row.required_number(Role::Amount).map(Figures::sale)
            }
        }
    };
}

costs!(
    GoogleAds,
    FileKind::GoogleAds,
    GOOGLE,
    |header, columns| {
        let shown = header.find(&["impr", "impressions", "clicks", "klicks", "impressionen"]).is_some();
        shown && [Role::Date, Role::Campaign, Role::Amount, Role::Currency].into_iter().all(|role| columns.has(role))
    },
    |_, _| AmountBasis::Net
);
costs!(
    MetaAds,
    FileKind::MetaAds,
    META,
    |_header, columns| {
        columns.has(Role::Amount)
            && columns.has(Role::Campaign)
            && (columns.has(Role::Date) || columns.has(Role::Start))
    },
    |_, _| AmountBasis::Net
);
costs!(
    Costs,
    FileKind::Costs,
    COSTS,
    |header, columns| {
        let says_cost =
            header.find(&["cost", "costs", "kosten", "spend", "ausgaben", "kostenart", "costtype"]).is_some();
        let is_dated = columns.has(Role::Date) || columns.has(Role::Start);
        let is_sold =
            ["customer", "customerid", "kunde", "kundennr", "kundennummer", "email", "quantity", "menge", "product"];
        let is_cost = says_cost || columns.has(Role::Purpose);
        is_cost && is_dated && columns.has(Role::Amount) && header.find(&is_sold).is_none()
    },
    |header, columns| columns
        .get(Role::Amount)
        .map_or(AmountBasis::AsGiven, |column| basis_of_name(header.plain(column)))
);

/// Adds what a row comes to.
pub(crate) fn entries<'r>(
    row: &RowView<'r>,
    figures: Result<Figures, Reject>,
    context: &Context<'r>,
    out: &mut Vec<Entry<'r>>,
) -> Result<(), Reject> {
    refuse_totals(row, context.kind)?;
    let (from, to) = context.period(row)?;
    row.check_currency()?;
    let is_platform = context.kind != FileKind::Costs;
    let kind = if is_platform { "ads" } else { kind_of(row)? };
    let purpose = if is_platform { "acquire" } else { purpose_of(row, kind)? };
    let source = match context.kind {
        FileKind::GoogleAds => context.source.or(Some("google")),
        FileKind::MetaAds => context.source.or(Some("facebook")),
        _ => row.word(Role::Source).or(context.source),
    };
    let given = figures?.given();
    let (net, _) = context.split(given, row.number(Role::Tax)?, context.vat.usual);
    let campaign = row.word(Role::Campaign);
    let restated = is_platform || (kind == "ads" && campaign.is_some());
    let key = [campaign, row.word(Role::AdGroup), row.word(Role::Ad), row.word(Role::Measure), row.word(Role::Order)];
    let (unit, numbering) = match row.word(Role::Id).filter(|_| !is_platform) {
        Some(own) => (Unit::of(FactTable::Costs, &["cost", own]), Numbering::Places),
        None => {
            let said = if restated { String::new() } else { format!("{given} {}", row.word(Role::Name).unwrap_or("")) };
            let days = format!("{from} {to}");
            let mut parts = vec!["cost", kind, purpose, source.unwrap_or(""), &days, &said];
            parts.extend(key.map(Option::unwrap_or_default));
            let numbering = if restated { Numbering::Places } else { Numbering::Copies };
            (Unit::of(FactTable::Costs, &parts), numbering)
        }
    };
    let order = row.word(Role::Order).map(|order| order.trim_start_matches('#'));
    let fact = Cost {
        from,
        to,
        kind,
        purpose,
        source,
        campaign,
        measure: row.word(Role::Measure),
        shop: order.map(|_| context.shop),
        order_id: order,
        amount: fits(row, net, Role::Amount)?,
        currency: currency_or(row.currency.get(), context.currency),
    };
    let at = context.clock.midnight(from);
    out.push(Entry { unit, numbering, who: super::entry::Names::default(), at, day: from, fact: Fact::Cost(fact) });
    Ok(())
}

/// A line of totals has no day of its own, or no campaign.
fn refuse_totals(row: &RowView<'_>, kind: FileKind) -> Result<(), Reject> {
    let says_total = (0..4).any(|column| {
        let text = String::from_utf8_lossy(row.cell(column)).to_lowercase();
        ["total", "gesamt", "summe", "insgesamt"]
            .iter()
            .any(|word| text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    });
    let day = if row.has(Role::Date) { Role::Date } else { Role::Start };
    let has_day = row.text(day).iter().any(u8::is_ascii_digit);
    let names_none = kind == FileKind::MetaAds && row.text(Role::Campaign).is_empty();
    if (says_total && !has_day) || names_none {
        return Err(row.reject(SetAsideReason::TotalLine, Role::Campaign));
    }
    Ok(())
}

/// The kind of a cost by its word, German or English.
pub(crate) fn kind_named(word: &str) -> Option<&'static str> {
    const KINDS: [(&str, &[&str]); 9] = [
        ("ads", &["ads", "ad", "advertising", "werbung", "anzeigen", "anzeige", "marketing"]),
        ("staff", &["staff", "personal", "gehalt", "gehälter", "lohn", "löhne", "salary", "salaries", "wages"]),
        ("tools", &["tools", "tool", "software", "werkzeug", "werkzeuge", "lizenzen"]),
        ("goods", &["goods", "waren", "ware", "wareneinsatz", "wareneinkauf"]),
        ("carrier", &["carrier", "shipping", "versand", "fracht", "porto", "versandkosten"]),
        ("service", &["service", "support", "kundendienst", "kundenservice", "betreuung"]),
        ("commission", &["commission", "provision", "provisionen", "affiliate"]),
        ("reward", &["reward", "rewards", "prämie", "prämien", "bonus"]),
        ("other", &["other", "sonstiges", "sonstige", "misc"]),
    ];
    let word = word.trim().to_lowercase();
    KINDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(kind, _)| *kind)
}

/// The purpose of a cost by its word, German or English.
pub(crate) fn purpose_named(word: &str) -> Option<&'static str> {
    const PURPOSES: [(&str, &[&str]); 4] = [
        ("acquire", &["acquire", "acquisition", "gewinnung", "akquise", "neukunden", "kundengewinnung"]),
        ("retain", &["retain", "retention", "bindung", "kundenbindung", "halten", "bestandskunden"]),
        ("serve", &["serve", "service", "bedienung", "betreuung", "abwicklung"]),
        ("overhead", &["overhead", "gemeinkosten", "fixkosten", "verwaltung"]),
    ];
    let word = word.trim().to_lowercase();
    PURPOSES.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(purpose, _)| *purpose)
}

/// What a cost is for where nothing is said.
pub(crate) fn usual_purpose(kind: &str) -> &'static str {
    match kind {
        "ads" | "commission" => "acquire",
        "reward" => "retain",
        "goods" | "carrier" | "service" => "serve",
        _ => "overhead",
    }
}

fn kind_of(row: &RowView<'_>) -> Result<&'static str, Reject> {
    match row.word(Role::Kind) {
        None if row.has(Role::Campaign) => Ok("ads"),
        None => Ok("other"),
        Some(word) => kind_named(word).ok_or(row.reject(SetAsideReason::UnknownWord, Role::Kind)),
    }
}

fn purpose_of(row: &RowView<'_>, kind: &str) -> Result<&'static str, Reject> {
    match row.word(Role::Purpose) {
        None => Ok(usual_purpose(kind)),
        Some(word) => purpose_named(word).ok_or(row.reject(SetAsideReason::UnknownWord, Role::Purpose)),
    }
}

/// Whether a cost runs over more than a day.
pub(crate) fn is_period(cost: &Cost<'_>) -> bool {
    let days = |day: Day| day.epoch();
    days(cost.to) > days(cost.from)
}
