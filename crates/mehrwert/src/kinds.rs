//! The words of the command line for how files are read, as the readers have them.

use clap::ValueEnum;
use mehrwert_facts::import::Amounts;
use mehrwert_facts::orders::{DateOrder, DecimalMark, FileKind};

use crate::cli::{AmountsAre, Dates, Decimal, Kind};

impl Kind {
    /// Whether such a file is of customers: of their orders or contracts.
    pub fn is_of_customers(self) -> bool {
        use Kind::{Cdnow, Contracts, Generic, OnlineRetail, Paypal, Shopify, Stripe, Woocommerce};
        matches!(self, Generic | Shopify | Woocommerce | Stripe | Paypal | OnlineRetail | Cdnow | Contracts)
    }

    /// Its word.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl From<Kind> for FileKind {
    fn from(kind: Kind) -> FileKind {
        match kind {
            Kind::Generic => FileKind::Generic,
            Kind::Shopify => FileKind::Shopify,
            Kind::Woocommerce => FileKind::WooCommerce,
            Kind::Stripe => FileKind::Stripe,
            Kind::Paypal => FileKind::PayPal,
            Kind::OnlineRetail => FileKind::OnlineRetail,
            Kind::Cdnow => FileKind::Cdnow,
            Kind::Contracts => FileKind::Contracts,
            Kind::Payments => FileKind::Payments,
            Kind::Costs => FileKind::Costs,
            Kind::GoogleAds => FileKind::GoogleAds,
            Kind::MetaAds => FileKind::MetaAds,
            Kind::Touches => FileKind::Touches,
            Kind::Events => FileKind::Events,
            Kind::Tallies => FileKind::Tallies,
            Kind::Products => FileKind::Products,
            Kind::Rates => FileKind::Rates,
            Kind::People => FileKind::People,
        }
    }
}

impl From<Dates> for DateOrder {
    fn from(dates: Dates) -> DateOrder {
        match dates {
            Dates::Dmy => DateOrder::DayFirst,
            Dates::Mdy => DateOrder::MonthFirst,
        }
    }
}

impl From<Decimal> for DecimalMark {
    fn from(mark: Decimal) -> DecimalMark {
        match mark {
            Decimal::Point => DecimalMark::Point,
            Decimal::Comma => DecimalMark::Comma,
        }
    }
}

impl From<AmountsAre> for Amounts {
    fn from(amounts: AmountsAre) -> Amounts {
        match amounts {
            AmountsAre::Net => Amounts::Net,
            AmountsAre::Gross => Amounts::Gross,
        }
    }
}
