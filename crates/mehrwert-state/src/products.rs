//! Products and exchange rates, dated: what a sale cost and what it is worth depend on its day.

use mehrwert_core::{Amount, Currency, Day, Share};

use crate::database::{Row, Transaction, values};
use crate::{State, StateError};

/// What holds for a product from a day on, until a later entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product, as it stands in the orders.
    pub product: String,
    /// The first day on which this holds.
    pub from: Day,
    /// Its name.
    pub name: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// What one piece costs us, net, with its currency; none while it is not known.
    pub goods_cost: Option<(Amount, Currency)>,
    /// Its rate of VAT.
    pub vat: Option<Share>,
}

/// What one unit of a currency is worth in another on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    /// The currency of the one unit.
    pub base: Currency,
    /// The currency it is expressed in.
    pub quote: Currency,
    /// The day.
    pub day: Day,
    /// Units of `quote` for one of `base`, positive.
    pub rate: Amount,
}

impl State {
    /// Keeps entries of products; an entry of the same product and day is replaced.
    ///
    /// # Errors
    /// [`StateError::Refused`] for a cost beyond nine billion.
    pub async fn set_products(&self, products: &[Product]) -> Result<(), StateError> {
        let mut transaction = self.database.write("keep products").await?;
        let set = "INSERT INTO products (product, from_day, name, category, goods_cost, currency, vat_rate)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (product, from_day) DO UPDATE SET
            name = EXCLUDED.name, category = EXCLUDED.category, goods_cost = EXCLUDED.goods_cost,
            currency = EXCLUDED.currency, vat_rate = EXCLUDED.vat_rate";
        for one in products {
            let cost = one.goods_cost.map(|(cost, _)| whole(&transaction, cost)).transpose()?;
            let currency = one.goods_cost.map(|(_, currency)| currency.code().to_owned());
            let vat = one.vat.map(|vat| whole(&transaction, Amount::from_micros(vat.micros()))).transpose()?;
            let (product, name, category) = (one.product.as_str(), one.name.clone(), one.category.clone());
            transaction.execute(set, values![product, one.from, name, category, cost, currency, vat]).await?;
        }
        transaction.commit().await
    }

    /// All entries of all products, by product and day.
    pub async fn products(&self) -> Result<Vec<Product>, StateError> {
        let mut transaction = self.database.read("list products").await?;
        let list = "SELECT product, from_day, name, category, goods_cost, currency, vat_rate FROM products";
        let rows = transaction.rows(list, values![]).await?;
        let mut found = rows.iter().map(product).collect::<Result<Vec<Product>, StateError>>()?;
        found.sort_by(|one, other| (&one.product, one.from).cmp(&(&other.product, other.from)));
        Ok(found)
    }

    /// Keeps exchange rates; a rate of the same currencies and day is replaced.
    ///
    /// # Errors
    /// [`StateError::Refused`] for a rate that is not positive.
    pub async fn set_rates(&self, rates: &[ExchangeRate]) -> Result<(), StateError> {
        let mut transaction = self.database.write("keep exchange rates").await?;
        let set = "INSERT INTO exchange_rates (base, quote, rate_day, rate) VALUES ($1, $2, $3, $4)
            ON CONFLICT (base, quote, rate_day) DO UPDATE SET rate = EXCLUDED.rate";
        for one in rates {
            let rate = whole(&transaction, one.rate)?;
            if rate <= 0 {
                let reason = format!("{} for one {} is no rate; expected more than nothing", one.rate, one.base.code());
                return Err(StateError::refused(transaction.operation(), reason));
            }
            transaction.execute(set, values![one.base.code(), one.quote.code(), one.day, rate]).await?;
        }
        transaction.commit().await
    }

    /// All rates, by their currencies and day.
    pub async fn rates(&self) -> Result<Vec<ExchangeRate>, StateError> {
        let mut transaction = self.database.read("list exchange rates").await?;
        let list = "SELECT base, quote, rate_day, rate FROM exchange_rates";
        let read = |row: &Row| {
            let currency = |place| row.text(place)?.parse::<Currency>().map_err(|error| row.damaged(error.to_string()));
            Ok(ExchangeRate {
                base: currency(0)?,
                quote: currency(1)?,
                day: row.day(2)?,
                rate: amount(row.integer(3)?),
            })
        };
        let rows = transaction.rows(list, values![]).await?;
        let mut found = rows.iter().map(read).collect::<Result<Vec<ExchangeRate>, StateError>>()?;
        found.sort_by_key(|rate| (rate.base, rate.quote, rate.day));
        Ok(found)
    }

    /// The rate of two currencies on a day: that of the day or the latest before, with its own day.
    pub async fn rate(&self, base: Currency, quote: Currency, day: Day) -> Result<Option<ExchangeRate>, StateError> {
        let mut transaction = self.database.read("find an exchange rate").await?;
        let find = "SELECT rate_day, rate FROM exchange_rates
            WHERE base = $1 AND quote = $2 AND rate_day <= $3 ORDER BY rate_day DESC LIMIT 1";
        let row = transaction.row(find, values![base.code(), quote.code(), day]).await?;
        let read = |row: Row| Ok(ExchangeRate { base, quote, day: row.day(0)?, rate: amount(row.integer(1)?) });
        row.map(read).transpose()
    }
}

/// An amount in millionths, as a column holds it.
fn whole(transaction: &Transaction, amount: Amount) -> Result<i64, StateError> {
    let refused = |_| StateError::refused(transaction.operation(), format!("{amount} is too large"));
    i64::try_from(amount.micros()).map_err(refused)
}

fn amount(micros: i64) -> Amount {
    Amount::from_micros(i128::from(micros))
}

fn product(row: &Row) -> Result<Product, StateError> {
    let goods_cost = match (row.optional_integer(4)?, row.optional_text(5)?) {
        (Some(cost), Some(code)) => {
            let currency = code.parse::<Currency>().map_err(|error| row.damaged(error.to_string()))?;
            Some((amount(cost), currency))
        }
        _ => None,
    };
    Ok(Product {
        product: row.text(0)?,
        from: row.day(1)?,
        name: row.optional_text(2)?,
        category: row.optional_text(3)?,
        goods_cost,
        vat: row.optional_integer(6)?.map(|micros| Share::from_micros(i128::from(micros))),
    })
}
