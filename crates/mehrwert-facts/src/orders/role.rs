//! What a column of a file says.

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal,)*) => {
        /// What a column says, so far as anything here needs it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: [Role; [$($name),*].len()] = [$(Role::$role),*];

            /// The role's name, as a mapping on the command line uses it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Role::$role => $name,)*
                }
            }
        }
    };
}

roles! {
    /// Who bought.
    Customer "customer",
    /// Day, or day and time, of the purchase.
    Date "date",
    /// Amount of the row (of the line, or of the whole order where a row is an order).
    Amount "amount",
    /// Price of one piece; the row's amount is price times quantity.
    UnitPrice "unit_price",
    /// The order the row belongs to.
    Order "order",
    /// What was bought.
    Product "product",
    /// How many.
    Quantity "quantity",
    /// Tax contained in or added to the amount.
    Tax "tax",
    /// Discount given.
    Discount "discount",
    /// Discount on the line alone, beside that of its order.
    LineDiscount "line_discount",
    /// Amount of an order before shipping and tax.
    Subtotal "subtotal",
    /// What the goods of the row cost the shop.
    GoodsCost "goods_cost",
    /// Where the customer came from.
    Source "source",
    /// Currency of the amount.
    Currency "currency",
    /// State of the order (paid, failed, cancelled ...).
    Status "status",
    /// Whether the row is a sale, a refund or a cancellation; the kind of a cost.
    Kind "kind",
    /// Amount paid back of this order so far.
    Refunded "refunded",
    /// When the order was cancelled.
    CancelledAt "cancelled_at",
    /// Shipping charged to the customer.
    Shipping "shipping",
    /// The order or transaction a refund belongs to.
    RelatedOrder "related_order",
    /// Who received a payment: the customer, where the row is a refund.
    Recipient "recipient",
    /// Whether a payment was collected (yes or no).
    Captured "captured",
    /// Something by which test orders are told (a test gateway, a test flag).
    Test "test",
    /// First day of a contract or of a time.
    Start "start",
    /// Last day of a contract or of a time; empty while a contract runs.
    End "end",
    /// Price of a contract per interval.
    Price "price",
    /// How often a contract is paid and renewed.
    Interval "interval",
    /// The contract's own number.
    Contract "contract",
    /// The row's own number at its origin.
    Id "id",
    /// The time of day, where it has a column of its own.
    Time "time",
    /// The time zone of date and time, where it has a column of its own.
    Zone "zone",
    /// E-mail address of the customer.
    Email "email",
    /// Telephone number of the customer.
    Phone "phone",
    /// The id that a browser was given.
    Visitor "visitor",
    /// A name: of a person or a product.
    Name "name",
    /// First name.
    FirstName "first_name",
    /// Last name.
    LastName "last_name",
    /// Firm or household.
    Account "account",
    /// Day of birth.
    Birthday "birthday",
    /// Street and number.
    Street "street",
    /// Postal code.
    Postcode "postcode",
    /// Town.
    City "city",
    /// Country.
    Country "country",
    /// Another number of the same order.
    Reference "reference",
    /// Voucher code.
    Coupon "coupon",
    /// Category of the product.
    Category "category",
    /// The offer.
    Offer "offer",
    /// How it was paid.
    Method "method",
    /// What the provider of payments kept.
    Fee "fee",
    /// The campaign.
    Campaign "campaign",
    /// The group of ads within the campaign.
    AdGroup "ad_group",
    /// The ad.
    Ad "ad",
    /// The kind of source: mail, search, social.
    Medium "medium",
    /// Which of several ads or links.
    Content "content",
    /// The word that was searched for.
    Term "term",
    /// The page that was looked at.
    Page "page",
    /// The page that led here.
    Referrer "referrer",
    /// What belongs to one visit.
    Session "session",
    /// What was done.
    Event "event",
    /// To what it was done.
    Object "object",
    /// The stage that was counted.
    Stage "stage",
    /// How many were counted.
    Count "count",
    /// What a cost was for: acquire, retain, serve, overhead.
    Purpose "purpose",
    /// The measure.
    Measure "measure",
    /// The currency of one unit in a rate.
    Base "base",
    /// The currency in which a rate expresses it.
    Quote "quote",
    /// Units of the one currency for one of the other.
    Rate "rate",
    /// Rate of VAT.
    VatRate "vat_rate",
}

impl Role {
    /// Whether the column holds days.
    pub(crate) fn is_day(self) -> bool {
        matches!(self, Role::Date | Role::CancelledAt | Role::Start | Role::End)
    }

    /// Whether the column holds numbers.
    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Role::Amount
                | Role::UnitPrice
                | Role::Quantity
                | Role::Tax
                | Role::Discount
                | Role::GoodsCost
                | Role::Refunded
                | Role::Shipping
                | Role::Price
                | Role::LineDiscount
                | Role::Subtotal
                | Role::Fee
                | Role::Count
                | Role::Rate
        )
    }
}
