//! Any log with a customer and a date.
//!
//! - The amount stands in a column, or is price times quantity; without either the log counts orders only.
//! - A column of net amounts goes before one of gross amounts, and its name says which it is.
//! - A negative amount is a refund. In a *kind* column, `refund` or `Storno` makes the row one, whatever its sign. In a
//!   *status* column the same words mean that the order was paid back or cancelled later: the row becomes a sale and
//!   its reversal on the same day.

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::status::{State, says_yes, state_of};
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct Generic;

const NAMES: RoleNames = &[
    (
        Role::Customer,
        "customer customerid customerno customernumber customernr customerkey custid cust kunde kundennummer \
         kundennr kundenid kundeid kdnr kundenkonto client clientid clientno user userid member memberid buyer \
         buyerid account accountid contactid personid person shopper shopperid subscriberid donor donorid patron \
         customeremail customermail email emailaddress mail emailadresse kundenemail billingemail useremail \
         buyeremail kundenmail customername kundenname käufer name benutzer mitglied mitgliedsnummer id",
    ),
    (
        Role::Date,
        "date orderdate purchasedate invoicedate transactiondate saledate salesdate datum bestelldatum kaufdatum \
         rechnungsdatum auftragsdatum transaktionsdatum belegdatum buchungsdatum buchungstag bestelltam gekauftam \
         kauftag orderedat ordertime orderedon purchasedat purchasedon createdat created createdon creationdate \
         erstelltam erstellt orderpurchasetimestamp timestamp datetime day tag zeitpunkt zeitstempel zeit time \
         paidat bezahltam eventtime eventdate at when",
    ),
    (
        Role::Order,
        "order orderid orderno ordernumber ordernr bestellung bestellnummer bestellnr bestellid bestellungid \
         auftrag auftragsnummer auftragsnr auftragsid invoice invoiceid invoiceno invoicenumber rechnung \
         rechnungsnummer rechnungsnr transaction transactionid transaktion transaktionsid transaktionsnummer \
         transaktionscode belegnummer belegnr receipt receiptid receiptno basketid purchaseid vorgang \
         vorgangsnummer",
    ),
    (
        Role::Amount,
        "netto nettobetrag nettoumsatz nettosumme nettowert betragnetto umsatznetto summenetto gesamtnetto net \
         netamount netsales netrevenue nettotal netvalue amountnet totalnet subtotalnet",
    ),
    (
        Role::Amount,
        "amount betrag revenue umsatz total ordertotal totalamount totalprice totalvalue totalrevenue grandtotal \
         ordervalue orderamount bestellwert warenwert summe gesamt gesamtbetrag gesamtsumme gesamtpreis \
         gesamtwert rechnungsbetrag rechnungssumme auftragswert bestellsumme linetotal lineamount positionswert \
         positionssumme value wert sales salesamount spend spent monetaryvalue monetary dollarvalue gross \
         grossamount grosssales grosstotal grossrevenue amountgross totalgross brutto bruttobetrag bruttoumsatz \
         bruttosumme betragbrutto umsatzbrutto summebrutto gesamtbrutto payment paymentvalue paidamount \
         amountpaid zahlbetrag zahlung subtotal zwischensumme erlös erloes turnover donation spende",
    ),
    (
        Role::UnitPrice,
        "unitprice priceperunit einzelpreis stückpreis stueckpreis price preis itemprice artikelpreis \
         verkaufspreis preisprostück",
    ),
    (
        Role::Quantity,
        "quantity qty menge anzahl stück stückzahl stueck stueckzahl units pieces count items itemcount \
         numberofitems itemssold bestellmenge",
    ),
    (
        Role::Product,
        "product productid sku productname productcode produkt produktid produktname artikel artikelnummer \
         artikelnr artikelbezeichnung artikelname item itemid itemname stockcode bezeichnung produktnummer \
         description beschreibung",
    ),
    (
        Role::Tax,
        "tax taxes taxamount totaltax vat vatamount mwst mwstbetrag ust ustbetrag umsatzsteuer mehrwertsteuer \
         steuer steuerbetrag steuern",
    ),
    (Role::Discount, "discount discountamount totaldiscount rabatt rabattbetrag nachlass discounts skonto"),
    (Role::GoodsCost, "goodscost costofgoods costofgoodssold cogs cost costs kosten warenkosten wareneinsatz"),
    (
        Role::Source,
        "source utmsource quelle channel kanal marketingchannel acquisitionsource herkunft attribution referrer \
         medium trafficsource werbequelle campaign kampagne",
    ),
    (Role::Currency, "currency currencycode währung waehrung ccy währungscode curr"),
    (
        Role::Status,
        "status orderstatus state paymentstatus financialstatus bestellstatus zahlungsstatus auftragsstatus \
         zustand",
    ),
    (
        Role::Kind,
        "kind type typ art transactiontype recordtype ordertype vorgangsart belegart transaktionstyp buchungsart \
         transaktionsart",
    ),
    (Role::Refunded, "refundedamount amountrefunded refunded refund erstattet erstattungsbetrag"),
    (Role::CancelledAt, "cancelledat canceledat storniertam stornodatum"),
    (Role::RelatedOrder, "relatedorder originalorder originalorderid refundof parentorder ursprungsbestellung"),
    (Role::Test, "test istest testorder testbestellung"),
];

impl Format for Generic {
    fn kind(&self) -> FileKind {
        FileKind::Generic
    }

    fn recognises(&self, _header: &Header) -> bool {
        true
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn basis(&self, header: &Header, columns: &ColumnMap) -> AmountBasis {
        let column = columns.get(Role::Amount).or(columns.get(Role::UnitPrice));
        column.map_or(AmountBasis::AsGiven, |column| basis_of_name(header.plain(column)))
    }

    fn customers_by_name(&self, header: &Header, columns: &ColumnMap) -> bool {
        let by_name = ["customername", "kundenname", "name", "fullname", "vollername"];
        columns.get(Role::Customer).is_some_and(|column| by_name.contains(&header.plain(column)))
    }

    fn columns(&self, header: &Header) -> ColumnMap {
        let mut columns = ColumnMap::find(header, NAMES);
        // A price without a quantity is what was paid.
        if let (None, Some(price), None) =
            (columns.get(Role::Amount), columns.get(Role::UnitPrice), columns.get(Role::Quantity))
        {
            columns.assign(Role::Amount, price);
        }
        columns
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        let amount = row.required_amount()?;
        if let Some(kind) = kind_word(row) {
            return Ok(Figures { amount: -amount.abs(), kind, back: None });
        }
        let state = state(row);
        if amount.is_negative() {
            let kind = if state == State::Cancelled { Kind::Cancellation } else { Kind::Refund };
            return Ok(Figures { amount, kind, back: None });
        }
        let cancelled = state == State::Cancelled || !row.text(Role::CancelledAt).is_empty();
        let back = if cancelled {
            Some((Kind::Cancellation, amount))
        } else if row.has(Role::Refunded) {
            row.refunded()?
        } else {
            (state == State::Refunded).then_some((Kind::Refund, amount))
        };
        Ok(Figures { amount, kind: Kind::Sale, back })
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        match state(row) {
            State::Test => return Err(row.reject(SetAsideReason::TestOrder, Role::Status)),
            State::Failed => return Err(row.reject(SetAsideReason::FailedOrder, Role::Status)),
            State::Counts | State::Refunded | State::Cancelled => {}
        }
        if row.has(Role::Test) && says_yes(&row.lowercase(Role::Test)) == Some(true) {
            return Err(row.reject(SetAsideReason::TestOrder, Role::Test));
        }
        if row.text(Role::Date).is_empty() && is_total_line(row) {
            return Err(row.reject(SetAsideReason::NotAnOrder, Role::Customer));
        }
        let mut line = row.line(row.customer(Role::Customer)?, &figures)?;
        if kind_word(row).is_some() {
            // The word says what the signs may not.
            for number in [&mut line.quantity, &mut line.tax, &mut line.discount, &mut line.goods_cost] {
                *number = number.map(|number| -number.abs());
            }
        }
        if line.kind != Kind::Sale && row.has(Role::RelatedOrder) {
            line.order = row.text(Role::RelatedOrder);
        }
        row.push_with_reversal(line, &figures?, lines)
    }
}

fn state(row: &RowView<'_>) -> State {
    if row.has(Role::Status) { state_of(&row.lowercase(Role::Status)) } else { State::Counts }
}

/// What the kind column says, where it says that something was taken back.
fn kind_word(row: &RowView<'_>) -> Option<Kind> {
    if !row.has(Role::Kind) {
        return None;
    }
    match state_of(&row.lowercase(Role::Kind)) {
        State::Refunded => Some(Kind::Refund),
        State::Cancelled => Some(Kind::Cancellation),
        State::Counts | State::Test | State::Failed => None,
    }
}

/// Spreadsheets end with a line of totals, which has no date.
fn is_total_line(row: &RowView<'_>) -> bool {
    matches!(
        row.lowercase(Role::Customer).trim_end_matches(':'),
        "total" | "totals" | "grand total" | "sum" | "summe" | "gesamt" | "gesamtsumme" | "zwischensumme" | "subtotal"
    )
}

/// Whether an amount's column says that it contains VAT or not.
pub(crate) fn basis_of_name(name: &str) -> AmountBasis {
    const WITHOUT: [&str; 9] =
        ["exclvat", "exvat", "excltax", "extax", "ohnemwst", "ohneust", "exklmwst", "zzglmwst", "withoutvat"];
    const WITH: [&str; 8] = ["inclvat", "incvat", "incltax", "inctax", "inklmwst", "mitmwst", "inklust", "withvat"];
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if name.contains("netto") || name.starts_with("net") || name.ends_with("net") || says(&WITHOUT) {
        AmountBasis::Net
    } else if name.contains("brutto") || name.contains("gross") || says(&WITH) {
        AmountBasis::Gross
    } else {
        AmountBasis::AsGiven
    }
}
