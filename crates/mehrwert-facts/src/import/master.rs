//! What belongs into the state: products with their costs and VAT, exchange rates, people.

use mehrwert_core::{Amount, Share};
use mehrwert_state::{ExchangeRate, Product};

use super::context::Context;
use super::entry::{Entry, Fact, Numbering, PersonSaid, currency_or};
use crate::orders::formats::{Figures, Format, Reject, RoleNames, RowView, parse_currency};
use crate::orders::header::{ColumnMap, Header};
use crate::orders::{AmountBasis, FileKind, Role, SetAsideReason};
use crate::tables::{FactTable, Unit};

/// Products.
pub(crate) struct Products;
/// Exchange rates.
pub(crate) struct Rates;
/// People.
pub(crate) struct People;

const PRODUCTS: RoleNames = &[
    (
        Role::Product,
        "product productid sku produkt produktid artikel artikelnummer artikelnr item itemid productcode stockcode",
    ),
    (Role::Start, "from validfrom since von ab gültigab gueltigab seit date datum"),
    (Role::Name, "name productname produktname artikelname bezeichnung title titel description beschreibung"),
    (Role::Category, "category kategorie productcategory produktkategorie warengruppe"),
    (
        Role::GoodsCost,
        "goodscost cost costs kosten warenkosten wareneinsatz einkaufspreis ek cogs costprice costperitem",
    ),
    (Role::Currency, "currency währung waehrung currencycode"),
    (Role::VatRate, "vat vatrate taxrate mwst mwstsatz ust ustsatz steuersatz tax steuer"),
];

const RATES: RoleNames = &[
    (Role::Date, "date datum day tag"),
    (Role::Base, "base basecurrency from von currency währung waehrung basiswährung"),
    (Role::Quote, "quote quotecurrency to in target zielwährung gegenwährung nach"),
    (Role::Rate, "rate kurs exchangerate wechselkurs"),
];

const PEOPLE: RoleNames = &[
    (Role::Email, "email mail emailaddress emailadresse kundenemail customeremail"),
    (Role::Customer, "customer customerid customernumber kunde kundennummer kundennr kundenid id userid"),
    (Role::Phone, "phone telefon telefonnummer telephone mobile mobil handy"),
    (Role::FirstName, "firstname vorname givenname"),
    (Role::LastName, "lastname nachname surname familienname"),
    (Role::Name, "name fullname vollername"),
    (Role::Account, "company account firma unternehmen organisation organization haushalt household"),
    (Role::Birthday, "birthday birthdate dateofbirth geburtstag geburtsdatum"),
    (Role::Street, "street straße strasse address adresse address1"),
    (Role::Postcode, "postcode zip zipcode plz postleitzahl"),
    (Role::City, "city ort stadt town wohnort"),
    (Role::Country, "country land countrycode"),
    (Role::Date, "updatedat updated changedat geändertam aktualisiertam stand createdat"),
];

/// A format of the state: its kind, names, what it cannot do without, and by which it is told.
macro_rules! master {
    ($format:ident, $kind:expr, $names:expr, $required:expr, |$header:ident, $columns:ident| $recognises:expr) => {
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
                $required
            }

            fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
                AmountBasis::NoAmounts
            }

            fn figures(&self, _row: &RowView<'_>) -> Result<Figures, Reject> {
                Ok(Figures::sale(Amount::ZERO))
            }
        }
    };
}

/// Columns of things bought, which only orders have.
const BOUGHT: [&str; 12] = [
    "quantity",
    "menge",
    "amount",
    "betrag",
    "umsatz",
    "revenue",
    "total",
    "order",
    "orderid",
    "bestellnummer",
    "bestellnr",
    "orderdate",
];

master!(Products, FileKind::Products, PRODUCTS, &[Role::Product], |header, columns| {
    let says = columns.has(Role::GoodsCost) || columns.has(Role::VatRate) || columns.has(Role::Category);
    let is_bought =
        header.find(&BOUGHT).is_some() || header.find(&["customer", "customerid", "kunde", "kundennr"]).is_some();
    columns.has(Role::Product) && says && !is_bought
});
master!(Rates, FileKind::Rates, RATES, &[Role::Date, Role::Base, Role::Quote, Role::Rate], |_header, columns| {
    [Role::Date, Role::Base, Role::Quote, Role::Rate].into_iter().all(|role| columns.has(role))
});
master!(People, FileKind::People, PEOPLE, &[], |header, columns| {
    let named = [Role::Email, Role::Customer, Role::Phone].into_iter().any(|role| columns.has(role));
    let known = [Role::FirstName, Role::LastName, Role::Account, Role::Birthday, Role::Street]
        .into_iter()
        .any(|role| columns.has(role));
    let is_dated =
        header.find(&["date", "datum", "orderdate", "bestelldatum", "start", "beginn", "timestamp"]).is_some();
    named && known && header.find(&BOUGHT).is_none() && !is_dated
});

/// Adds a product's entry.
pub(crate) fn product<'r>(row: &RowView<'r>, context: &Context<'r>, out: &mut Vec<Entry<'r>>) -> Result<(), Reject> {
    let product = row.word(Role::Product).ok_or(row.reject(SetAsideReason::EmptyCell, Role::Product))?;
    let from = row.day_or_none(Role::Start)?.unwrap_or(context.from);
    row.check_currency()?;
    let currency = currency_or(row.currency.get(), context.currency);
    let goods_cost = match (row.number(Role::GoodsCost)?, currency) {
        (Some(cost), Some(currency)) => Some((super::context::fits(row, cost, Role::GoodsCost)?, currency)),
        // A cost without a currency is no cost.
        (Some(_), None) => return Err(row.reject(SetAsideReason::EmptyCell, Role::Currency)),
        (None, _) => None,
    };
    let vat =
        row.word(Role::VatRate).map(|text| rate(text).ok_or(row.reject(SetAsideReason::BadNumber, Role::VatRate)));
    let said = Product {
        product: product.to_owned(),
        from,
        name: row.word(Role::Name).map(str::to_owned),
        category: row.word(Role::Category).map(str::to_owned),
        goods_cost,
        vat: vat.transpose()?,
    };
    let unit = Unit::of(FactTable::Orders, &["product", product, &from.to_string()]);
    out.push(plain(unit, context, from, Fact::Product(Box::new(said))));
    Ok(())
}

/// `19 %`, `19`, `0,19`.
fn rate(text: &str) -> Option<Share> {
    let plain = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (amount, _) = Amount::parse_ascii(plain.as_bytes()).ok()?;
    let is_percent = text.contains('%') || amount >= Amount::from_units(1);
    let share = if is_percent { amount.scaled(1, 100) } else { amount };
    (!share.is_negative() && share <= Amount::from_units(1)).then(|| Share::from_micros(share.micros()))
}

/// Adds a rate.
pub(crate) fn exchange<'r>(row: &RowView<'r>, context: &Context<'r>, out: &mut Vec<Entry<'r>>) -> Result<(), Reject> {
    let day = row.day(Role::Date)?;
    let currency = |role| parse_currency(row.text(role)).ok_or(row.reject(SetAsideReason::UnknownWord, role));
    let (base, quote) = (currency(Role::Base)?, currency(Role::Quote)?);
    let rate = row.required_number(Role::Rate)?;
    if rate <= Amount::ZERO {
        return Err(row.reject(SetAsideReason::BadNumber, Role::Rate));
    }
    let key = ["rate", base.code(), quote.code(), &day.to_string()];
    let unit = Unit::of(FactTable::Orders, &key);
    out.push(plain(unit, context, day, Fact::Rate(ExchangeRate { base, quote, day, rate })));
    Ok(())
}

/// Adds a person.
pub(crate) fn person<'r>(row: &RowView<'r>, context: &Context<'r>, out: &mut Vec<Entry<'r>>) -> Result<(), Reject> {
    const TRAITS: [(Role, &str); 8] = [
        (Role::FirstName, "first_name"),
        (Role::LastName, "last_name"),
        (Role::Name, "name"),
        (Role::Birthday, "birthday"),
        (Role::Street, "street"),
        (Role::Postcode, "postcode"),
        (Role::City, "city"),
        (Role::Country, "country"),
    ];
    let who = context.names(row);
    if who.email.is_empty() && who.customer.is_empty() && who.phone.is_empty() {
        return Err(row.reject(SetAsideReason::NoCustomer, Role::Email));
    }
    let (at, day) = match row.text(Role::Date) {
        [] => (context.clock.midnight(context.from), context.from),
        _ => context.moment(row, Role::Date)?,
    };
    let said = |(role, name): (Role, &'static str)| Some((name, row.word(role)?.to_owned()));
    let person = PersonSaid {
        traits: TRAITS.into_iter().filter_map(said).collect(),
        account: row.word(Role::Account).map(str::to_owned),
    };
    let mut key = Vec::new();
    who.write_key(&mut key);
    let unit = Unit::of_bytes(FactTable::Orders, [b"person".as_slice(), &key].into_iter());
    out.push(Entry { unit, numbering: Numbering::Places, who, at, day, fact: Fact::Person(Box::new(person)) });
    Ok(())
}

fn plain<'r>(unit: Unit, context: &Context<'r>, day: mehrwert_core::Day, fact: Fact<'r>) -> Entry<'r> {
    let at = context.clock.midnight(day);
    Entry { unit, numbering: Numbering::Places, who: super::entry::Names::default(), at, day, fact }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_vat_as_people_write_them() {
        for (text, micros) in [("19 %", 190_000), ("19", 190_000), ("0,19", 190_000), ("7%", 70_000), ("0", 0)] {
            assert_eq!(rate(text), Some(Share::from_micros(micros)), "{text}");
        }
        for text in ["viel", "-7", "700"] {
            assert_eq!(rate(text), None, "{text}");
        }
    }
}
