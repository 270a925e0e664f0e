//! What people did: touches, events and quotes, a row each. Pages lose their query and fragment.

use super::context::{Context, may_fit};
use super::entry::{Entry, Fact, Numbering, currency_or};
use crate::orders::formats::{Figures, Format, Reject, RoleNames, RowView};
use crate::orders::header::{ColumnMap, Header};
use crate::orders::{AmountBasis, FileKind, Role, SetAsideReason};
use crate::tables::{Event, FactTable, Touch, Unit};
use mehrwert_core::Amount;

/// How people met us.
pub(crate) struct Touches;
/// What they did.
pub(crate) struct Events;

const WHEN: (Role, &str) = (
    Role::Date,
    "date datum timestamp zeitpunkt zeitstempel time at eventtime eventdate when day tag visitedat createdat occurredat",
);
const WHO: [(Role, &str); 4] = [
    (Role::Email, "email mail emailadresse customeremail kundenemail"),
    (Role::Customer, "customer customerid kunde kundennummer kundennr kundenid user userid person"),
    (Role::Phone, "phone telefon telefonnummer"),
    (Role::Visitor, "anonymousid visitor visitorid besucher besucherid clientid"),
];

const TOUCHES: RoleNames = &[
    WHEN,
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    (Role::Source, "source utmsource quelle"),
    (Role::Medium, "medium utmmedium"),
    (Role::Campaign, "campaign utmcampaign kampagne"),
    (Role::Content, "content utmcontent inhalt"),
    (Role::Term, "term utmterm suchbegriff keyword"),
    (Role::Referrer, "referrer referer referrerhost verweis"),
    (Role::Page, "page seite url landingpage zielseite path pfad"),
    (Role::Session, "session sessionid sitzung besuch visit visitid"),
    (Role::Id, "id touchid eventid"),
];

const EVENTS: RoleNames = &[
    (Role::Event, "event eventname ereignis aktion action activity aktivität vorgang"),
    WHEN,
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    (Role::Quote, "quote quoteid quotenumber angebotsnummer angebotsnr angebot"),
    (Role::Status, "status state zustand angebotsstatus quotestatus"),
    (Role::Object, "object objekt product produkt subject gegenstand case fall"),
    (Role::Offer, "offer offerid"),
    (Role::Amount, "amount betrag value wert summe nettobetrag netto angebotssumme"),
    (Role::Currency, "currency währung waehrung currencycode"),
    (Role::Id, "id eventid ereignisid messageid"),
];

impl Format for Touches {
    fn kind(&self) -> FileKind {
        FileKind::Touches
    }

    fn recognises(&self, header: &Header) -> bool {
        let columns = self.columns(header);
        let met = [Role::Source, Role::Medium, Role::Referrer].into_iter().any(|role| columns.has(role));
        let seen = [Role::Page, Role::Session].into_iter().any(|role| columns.has(role));
        let is_utm = header.find(&["utmsource", "utmmedium"]).is_some();
        let has_amount = header.find(&["amount", "betrag", "total", "umsatz", "revenue", "cost", "kosten"]).is_some();
        let is_event = header.find(&["event", "eventname", "ereignis"]).is_some();
        columns.has(Role::Date) && met && (seen || is_utm) && !has_amount && !is_event
    }

    fn names(&self) -> RoleNames {
        TOUCHES
    }

    fn more_names(&self) -> RoleNames {
        &[]
    }

    fn required(&self) -> &'static [Role] {
        &[Role::Date]
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::NoAmounts
    }

    fn figures(&self, _row: &RowView<'_>) -> Result<Figures, Reject> {
        Ok(Figures::sale(Amount::ZERO))
    }
}

impl Format for Events {
    fn kind(&self) -> FileKind {
        FileKind::Events
    }

    fn recognises(&self, header: &Header) -> bool {
        let columns = self.columns(header);
        let is_order = header.find(&["order", "orderid", "bestellnummer", "bestellnr", "quantity", "menge"]).is_some();
        let is_quote = header.find(&["quoteid", "quotenumber", "angebotsnummer", "angebotsnr"]).is_some();
        columns.has(Role::Date) && !is_order && (columns.has(Role::Event) || (is_quote && columns.has(Role::Status)))
    }

    fn names(&self) -> RoleNames {
        EVENTS
    }

    fn more_names(&self) -> RoleNames {
        &[]
    }

    fn required(&self) -> &'static [Role] {
        &[Role::Date]
    }

    /// Amounts of quotes are kept as they are given: no figure of money is made of them.
    fn basis(&self, _header: &Header, columns: &ColumnMap) -> AmountBasis {
        if columns.has(Role::Amount) { AmountBasis::Net } else { AmountBasis::NoAmounts }
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        Ok(Figures::sale(row.number(Role::Amount)?.unwrap_or_default()))
    }
}

/// Adds a touch.
pub(crate) fn touch<'r>(row: &RowView<'r>, context: &Context<'r>, out: &mut Vec<Entry<'r>>) -> Result<(), Reject> {
    let (at, day) = context.moment(row, Role::Date)?;
    let fact = Touch {
        source: row.word(Role::Source),
        medium: row.word(Role::Medium),
        campaign: row.word(Role::Campaign),
        content: row.word(Role::Content),
        term: row.word(Role::Term),
        referrer_host: row.word(Role::Referrer).map(host_of),
        page: row.word(Role::Page).map(without_query),
        session: row.word(Role::Session),
    };
    let who = context.names(row);
    let (unit, numbering) = match row.word(Role::Id) {
        Some(own) => (Unit::of(FactTable::Touches, &["touch", own]), Numbering::Places),
        None => {
            let mut key = Vec::new();
            who.write_key(&mut key);
            let key = String::from_utf8_lossy(&key);
            let time = at.to_string();
            let said = [fact.source, fact.medium, fact.campaign, fact.content, fact.page, fact.session];
            let mut parts = vec!["row", &*key, &time];
            parts.extend(said.map(Option::unwrap_or_default));
            (Unit::of(FactTable::Touches, &parts), Numbering::Copies)
        }
    };
    out.push(Entry { unit, numbering, who, at, day, fact: Fact::Touch(fact) });
    Ok(())
}

/// Adds an event; a quote's row is an event by its state.
pub(crate) fn event<'r>(
    row: &RowView<'r>,
    figures: Result<Figures, Reject>,
    context: &Context<'r>,
    out: &mut Vec<Entry<'r>>,
) -> Result<(), Reject> {
    let (at, day) = context.moment(row, Role::Date)?;
    row.check_currency()?;
    let given = figures?.given();
    let amount = row.has(Role::Amount).then_some(given).filter(|_| !row.text(Role::Amount).is_empty());
    let quote = row.word(Role::Quote);
    let name = match row.word(Role::Event) {
        Some(name) => name,
        None => quote_event(&row.lowercase(Role::Status)).ok_or(match row.text(Role::Status) {
            [] => row.reject(SetAsideReason::EmptyCell, Role::Event),
            _ => row.reject(SetAsideReason::UnknownWord, Role::Status),
        })?,
    };
    let fact = Event {
        name,
        object: quote.or_else(|| row.word(Role::Object)),
        offer: row.word(Role::Offer),
        amount: may_fit(row, amount, Role::Amount)?,
        currency: currency_or(row.currency.get(), context.currency).filter(|_| amount.is_some()),
        detail: None,
    };
    let who = context.names(row);
    let (unit, numbering) = match (row.word(Role::Id), quote) {
        (Some(own), _) => (Unit::of(FactTable::Events, &["event", own]), Numbering::Places),
        // A quote is in one state at a time of each kind: said again, its amount may be another.
        (None, Some(quote)) => (Unit::of(FactTable::Events, &["quote", context.shop, quote, name]), Numbering::Places),
        (None, None) => {
            let mut key = Vec::new();
            who.write_key(&mut key);
            let key = String::from_utf8_lossy(&key);
            let said = format!("{at} {}", amount.unwrap_or_default());
            let parts = ["row", &*key, name, fact.object.unwrap_or(""), fact.offer.unwrap_or(""), &said];
            (Unit::of(FactTable::Events, &parts), Numbering::Copies)
        }
    };
    out.push(Entry { unit, numbering, who, at, day, fact: Fact::Event(fact) });
    Ok(())
}

/// The event that a quote's state is.
fn quote_event(state: &str) -> Option<&'static str> {
    Some(match state.trim() {
        "asked" | "requested" | "angefragt" | "anfrage" => "Quote Requested",
        "sent" | "open" | "offen" | "versendet" | "verschickt" | "gesendet" | "erstellt" => "Quote Sent",
        "won" | "accepted" | "angenommen" | "gewonnen" | "beauftragt" | "bestellt" => "Quote Won",
        "lost" | "declined" | "rejected" | "abgelehnt" | "verloren" | "abgesagt" => "Quote Lost",
        _ => return None,
    })
}

/// An address without its query and fragment, which may name people.
fn without_query(page: &str) -> &str {
    page.split(['?', '#']).next().unwrap_or_default()
}

/// The host of an address, or the text where it is none.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}
