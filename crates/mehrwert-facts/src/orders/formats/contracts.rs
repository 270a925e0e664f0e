//! Contracts: a row for each, with who has it, when it began and ended, and its price per interval.
//!
//! Only the layout of such a file is told here, by the same means as that of orders; its rows are judged by
//! [`crate::contracts`].

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind};
use super::super::role::Role;
use super::generic::basis_of_name;
use super::{Figures, Format, Reject, RoleNames, RowView};

pub(crate) struct Contracts;

const NAMES: RoleNames = &[
    (
        Role::Start,
        "start startdate contractstart startdatum vertragsbeginn beginn laufzeitbeginn abobeginn vertragsstart \
         subscriptionstart begin begindate startedat startdateutc starttime von from since seit gültigab validfrom \
         mitgliedseit eintritt eintrittsdatum signupdate signup membersince abschlussdatum",
    ),
    (
        Role::End,
        "end enddate contractend enddatum vertragsende ende laufzeitende aboende endedat endedatutc subscriptionend \
         bis until to gültigbis validto beendetam austritt austrittsdatum kündigungzum gekündigtzum kündigung \
         kündigungsdatum gekündigtam kuendigung kuendigungsdatum gekuendigtam cancelledat canceledat canceledatutc \
         cancellationdate cancelled canceled churndate churnedat terminatedat termination",
    ),
    (
        Role::Price,
        "price preis beitrag monatsbeitrag jahresbeitrag monatspreis jahrespreis mitgliedsbeitrag monthlyprice \
         yearlyprice annualprice pricepermonth priceperyear preispromonat preisprojahr monthlyfee yearlyfee annualfee \
         fee gebühr monatsgebühr jahresgebühr grundgebühr abopreis rate monatsrate mrr monthlyrevenue \
         monthlyamount monthlycharges recurringamount planamount priceperinterval preisjeintervall nettopreis \
         preisnetto netprice bruttopreis preisbrutto grossprice amount betrag netto brutto",
    ),
    (
        Role::Contract,
        "contract contractid contractno contractnumber vertrag vertragsnummer vertragsnr vertragsid vertragid \
         subscription subscriptionid abo abonummer abonr aboid abonnement policy policyid policynumber police \
         policennummer",
    ),
    (
        Role::Interval,
        "interval billinginterval billingperiod billingcycle intervall abrechnungsintervall zahlungsintervall \
         zahlweise zahlungsweise turnus zyklus abrechnungszyklus period periode frequency rhythmus laufzeit term",
    ),
    (
        Role::Status,
        "status active isactive aktiv istaktiv state zustand vertragsstatus contractstatus subscriptionstatus \
         abostatus laufend",
    ),
    (
        Role::Product,
        "product plan planname productname tarif produkt tariff paket package produktname productid planid abotyp \
         vertragsart contracttype sku bezeichnung",
    ),
    (Role::Currency, "currency currencycode währung waehrung ccy währungscode curr"),
    (
        Role::Customer,
        "customer customerid customerno customernumber customernr custid kunde kundennummer kundennr kundenid \
         kundeid kdnr client clientid user userid member memberid mitglied mitgliedsnummer mitgliedsnr subscriber \
         subscriberid account accountid customeremail email mail kundenemail abonnent customername kundenname name id",
    ),
];

/// Days that only orders have: with one of these a file is not taken for contracts by itself.
const ORDER_DAYS: [&str; 16] = [
    "date",
    "orderdate",
    "purchasedate",
    "invoicedate",
    "transactiondate",
    "saledate",
    "datum",
    "bestelldatum",
    "kaufdatum",
    "rechnungsdatum",
    "auftragsdatum",
    "transaktionsdatum",
    "belegdatum",
    "buchungsdatum",
    "orderedat",
    "bestelltam",
];

impl Format for Contracts {
    fn kind(&self) -> FileKind {
        FileKind::Contracts
    }

    fn recognises(&self, header: &Header) -> bool {
        let columns = self.columns(header);
        columns.has(Role::Start) && columns.has(Role::Price) && header.find(&ORDER_DAYS).is_none()
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn required(&self) -> &'static [Role] {
        &[Role::Customer, Role::Start, Role::Price]
    }

    fn amount_column(&self, columns: &ColumnMap) -> Option<u16> {
        columns.get(Role::Price)
    }

    fn basis(&self, header: &Header, columns: &ColumnMap) -> AmountBasis {
        columns.get(Role::Price).map_or(AmountBasis::AsGiven, |column| basis_of_name(header.plain(column)))
    }

    fn customers_by_name(&self, header: &Header, columns: &ColumnMap) -> bool {
        let by_name = ["customername", "kundenname", "name"];
        columns.get(Role::Customer).is_some_and(|column| by_name.contains(&header.plain(column)))
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        row.required_number(Role::Price).map(Figures::sale)
    }
}
