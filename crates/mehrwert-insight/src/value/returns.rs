//! Refunds and cancellations, set against the sale they undo.
//!
//! A return finds its sale by, in this order: the order it names; the same customer, product and at least its
//! quantity, latest sale first; the same customer and exactly its amount, latest sale first. A return that finds none
//! is set against its customer as a whole. A return never changes what was known before its own day.

use std::collections::HashMap;

use mehrwert_core::{Amount, Day};

/// A line of the order table, a sale or a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub customer: u32,
    pub order: Option<u32>,
    pub day: Day,
    pub product: Option<u32>,
    pub quantity: Option<Amount>,
    pub amount: Amount,
}

/// A return that found its sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MatchedReturn {
    /// The customer of the sale.
    pub customer: u32,
    /// Day of the sale.
    pub day: Day,
    /// Day of the return.
    pub known: Day,
    /// Negative amount.
    pub amount: Amount,
}

/// A return that found none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnmatchedReturn {
    pub customer: u32,
    pub known: Day,
    pub amount: Amount,
}

/// What of a sale has not been returned yet.
struct Open {
    line: usize,
    quantity: Amount,
}

/// Matches returns with sales; both in the order in which they happened.
pub(super) fn match_returns(sales: &[Line], returns: &[Line]) -> (Vec<MatchedReturn>, Vec<UnmatchedReturn>) {
    let mut book = SaleBook::new(sales);
    let mut matched = Vec::new();
    let mut unmatched = Vec::new();
    for line in returns {
        match book.take(line) {
            Some(sale) => matched.push(MatchedReturn {
                customer: sale.customer,
                day: sale.day,
                known: line.day.max(sale.day),
                amount: line.amount,
            }),
            None => unmatched.push(UnmatchedReturn { customer: line.customer, known: line.day, amount: line.amount }),
        }
    }
    (matched, unmatched)
}

/// Sales, findable in each way that a return may name them.
struct SaleBook<'a> {
    sales: &'a [Line],
    by_order: HashMap<u32, usize>,
    by_product: HashMap<(u32, u32), Vec<Open>>,
    by_amount: HashMap<(u32, Amount), Vec<usize>>,
}

impl<'a> SaleBook<'a> {
    fn new(sales: &'a [Line]) -> SaleBook<'a> {
        let mut book =
            SaleBook { sales, by_order: HashMap::new(), by_product: HashMap::new(), by_amount: HashMap::new() };
        for (position, sale) in sales.iter().enumerate() {
            if let Some(order) = sale.order {
                book.by_order.entry(order).or_insert(position);
            }
            if let (Some(product), Some(quantity)) = (sale.product, sale.quantity) {
                book.by_product.entry((sale.customer, product)).or_default().push(Open { line: position, quantity });
            } else {
                book.by_amount.entry((sale.customer, sale.amount)).or_default().push(position);
            }
        }
        book
    }

    fn take(&mut self, line: &Line) -> Option<&'a Line> {
        self.by_named_order(line).or_else(|| self.by_same_product(line)).or_else(|| self.by_same_amount(line))
    }

    fn by_named_order(&self, line: &Line) -> Option<&'a Line> {
        self.by_order.get(&line.order?).map(|&position| &self.sales[position])
    }

    fn by_same_product(&mut self, line: &Line) -> Option<&'a Line> {
        let wanted = line.quantity?.abs();
        let sales = self.sales;
        let open = self.by_product.get_mut(&(line.customer, line.product?))?;
        let enough = |sale: &&mut Open| sales[sale.line].day <= line.day && sale.quantity >= wanted;
        let found = open.iter_mut().rev().find(enough)?;
        found.quantity -= wanted;
        Some(&sales[found.line])
    }

    fn by_same_amount(&mut self, line: &Line) -> Option<&'a Line> {
        let sales = self.sales;
        let open = self.by_amount.get_mut(&(line.customer, line.amount.abs()))?;
        let position = open.iter().rposition(|&sale| sales[sale].day <= line.day)?;
        Some(&sales[open.remove(position)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: i32, order: Option<u32>, product: Option<(u32, i64)>, amount: i64) -> Line {
        Line {
            customer: 1,
            order,
            day: Day::from_epoch(day),
            product: product.map(|(product, _)| product),
            quantity: product.map(|(_, quantity)| Amount::from_units(quantity)),
            amount: Amount::from_units(amount),
        }
    }

    #[test]
    fn a_named_order_comes_first() {
        let sales = [line(1, Some(7), None, 10), line(2, Some(8), None, 10)];
        let (matched, unmatched) = match_returns(&sales, &[line(3, Some(7), None, -10)]);
        assert_eq!((matched[0].day, matched[0].known), (Day::from_epoch(1), Day::from_epoch(3)));
        assert!(unmatched.is_empty());
    }

    #[test]
    fn a_product_is_returned_no_more_often_than_it_was_bought() {
        let sales = [line(1, Some(7), Some((5, 2)), 20), line(2, Some(8), Some((5, 1)), 10)];
        let back = || line(3, None, Some((5, -1)), -10);
        let (matched, unmatched) = match_returns(&sales, &[back(), back(), back(), back()]);
        let days: Vec<i32> = matched.iter().map(|one| one.day.epoch()).collect();
        assert_eq!(days, [2, 1, 1]);
        assert_eq!(unmatched.len(), 1);
    }

    #[test]
    fn an_amount_matches_one_earlier_sale_only() {
        let sales = [line(5, None, None, 10), line(9, None, None, 10)];
        let back = || line(6, None, None, -10);
        let (matched, unmatched) = match_returns(&sales, &[back(), back()]);
        assert_eq!(matched.len(), 1);
        assert_eq!(matched[0].day.epoch(), 5);
        assert_eq!(unmatched.len(), 1);
    }

    #[test]
    fn a_return_before_any_sale_is_unmatched() {
        let (matched, unmatched) =
            match_returns(&[line(5, None, Some((5, 2)), 10)], &[line(4, None, Some((5, -1)), -5)]);
        assert!(matched.is_empty());
        assert_eq!(unmatched[0].amount, Amount::from_units(-5));
    }
}
