//! From contracts to relationships: what follows without a gap is one, and what is known of it on a day.

use std::collections::BTreeMap;

use mehrwert_clv::contracts::Contract;
use mehrwert_core::{Amount, Day};
use mehrwert_facts::contracts::{ContractRow, Interval};

/// Contracts of a customer that follow each other without a gap, at the same interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// First day of the first contract: renewals are counted from it.
    pub start: Day,
    /// Last day of the last contract, where it is known.
    pub end: Option<Day>,
    /// Price of the last contract.
    pub price: Amount,
    pub interval: Interval,
    /// The contracts' rows in the log, in time.
    pub rows: Vec<usize>,
    /// It went on at another interval: it was not left, only seen no longer.
    pub went_on: bool,
}

impl Relation {
    /// Renewals due until a day, whether made or not.
    pub(super) fn due(&self, day: Day) -> u32 {
        self.interval.renewals_until(self.start, day)
    }

    /// Renewals made until a day.
    pub(super) fn made(&self, day: Day) -> u32 {
        let due = self.due(day);
        // The renewal on the last day, or the day after, is the one that was not made.
        self.end.map_or(due, |end| due.min(self.interval.renewals_until(self.start, end.plus_days(-1))))
    }

    /// Whether it runs on a day; what lies after the day is not looked at.
    pub(super) fn runs(&self, day: Day) -> bool {
        self.start <= day && self.end.is_none_or(|end| end > day)
    }

    /// What the model of renewals sees of it on a day. A contract that ended inside its period counts as running until
    /// its renewal falls due: those beside it who stay cannot be seen to stay any earlier.
    pub(super) fn seen(&self, day: Day) -> Option<Contract> {
        if self.start > day {
            return None;
        }
        let (due, made) = (self.due(day), self.made(day));
        Some(if made < due && !self.went_on { Contract::ended(made) } else { Contract::active(made) })
    }
}

/// The last day on which the files show anything: a start, an end, or the renewal that an end came to.
pub(super) fn last_day_seen(rows: &[ContractRow], today: Day) -> Day {
    let seen = |row: &ContractRow| {
        let end = row.end.filter(|end| *end <= today);
        let renewal = end.map(|end| end.plus_days(1)).filter(|next| {
            *next <= today && row.interval.renewal(row.start, row.interval.renewals_until(row.start, *next)) == *next
        });
        [Some(row.start), end, renewal].into_iter().flatten().max()
    };
    rows.iter().filter_map(seen).max().unwrap_or(today)
}

/// Puts contracts together that follow each other without a gap: of the same customer, the later beginning on the last
/// day of the earlier or on the day after. At another interval a relationship goes on as a new one.
pub(super) fn relations(rows: &[ContractRow]) -> Vec<Relation> {
    let mut by_customer: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        by_customer.entry(row.customer).or_default().push(index);
    }
    let mut all = Vec::with_capacity(rows.len());
    for mut indices in by_customer.into_values() {
        indices.sort_by_key(|&index| (rows[index].start, index));
        let begins_at = all.len();
        for index in indices {
            let row = &rows[index];
            let follows = |relation: &Relation| {
                let gap = relation.end.map(|end| row.start.since(end));
                // A contract that ended on the day it began did not lead anywhere.
                !relation.went_on && gap.is_some_and(|days| (0..=1).contains(&days)) && relation.start < row.start
            };
            let own = &mut all[begins_at..];
            match own.iter_mut().find(|relation| follows(relation)) {
                Some(relation) if relation.interval == row.interval => {
                    relation.end = row.end;
                    relation.price = row.price;
                    relation.rows.push(index);
                    continue;
                }
                Some(relation) => relation.went_on = true,
                None => {}
            }
            all.push(Relation {
                start: row.start,
                end: row.end,
                price: row.price,
                interval: row.interval,
                rows: vec![index],
                went_on: false,
            });
        }
    }
    all
}

/// How often a contract was paid until a day: at its start and with every renewal before its end.
pub(super) fn payments_until(row: &ContractRow, day: Day) -> u32 {
    if row.start > day {
        return 0;
    }
    let last = row.end.map_or(day, |end| day.min(end.plus_days(-1)));
    1 + row.interval.renewals_until(row.start, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn row(customer: u32, start: &str, end: &str, interval: Interval) -> ContractRow {
        let end = if end.is_empty() { None } else { Some(day(end)) };
        let price = Amount::from_units(10);
        ContractRow {
            customer,
            contract: None,
            product: None,
            start: day(start),
            end,
            price,
            interval,
            file: 0,
            row: 2,
        }
    }

    #[test]
    fn the_last_day_and_the_day_after_are_one_end() {
        for (end, made, paid) in
            [("2024-04-14", 2, 3), ("2024-04-15", 2, 3), ("2024-04-16", 3, 4), ("2024-05-10", 3, 4), ("", 5, 6)]
        {
            let rows = [row(0, "2024-01-15", end, Interval::Month)];
            let relation = &relations(&rows)[0];
            assert_eq!(relation.made(day("2024-07-01")), made, "{end}");
            assert_eq!(payments_until(&rows[0], day("2024-07-01")), paid, "{end}");
        }
    }

    #[test]
    fn a_decision_counts_when_it_falls_due() {
        let rows = [row(0, "2024-01-15", "2024-04-20", Interval::Month)];
        let relation = &relations(&rows)[0];
        assert_eq!(relation.seen(day("2024-01-01")), None);
        assert_eq!(relation.seen(day("2024-04-15")), Some(Contract::active(3)));
        assert_eq!(relation.seen(day("2024-04-30")), Some(Contract::active(3)));
        assert_eq!(relation.seen(day("2024-05-15")), Some(Contract::ended(3)));
        assert!(relation.runs(day("2024-04-19")) && !relation.runs(day("2024-04-20")));
    }

    #[test]
    fn changes_of_plan_go_on() {
        let rows = [
            row(7, "2024-04-01", "", Interval::Month),
            row(7, "2024-01-01", "2024-03-31", Interval::Month),
            row(8, "2024-01-01", "2024-03-31", Interval::Month),
            row(8, "2024-03-31", "", Interval::Year),
            row(9, "2024-01-01", "2024-03-31", Interval::Month),
            row(9, "2024-04-02", "", Interval::Month),
            row(9, "2024-04-02", "", Interval::Month),
        ];
        let relations = relations(&rows);
        assert_eq!(relations.len(), 6);
        assert_eq!((relations[0].start, &relations[0].rows), (day("2024-01-01"), &vec![1, 0]));
        assert!(relations[1].went_on && !relations[2].went_on);
        assert_eq!(relations[1].seen(day("2024-12-01")), Some(Contract::active(2)));
        assert_eq!(relations[3].seen(day("2024-12-01")), Some(Contract::ended(2)));
    }

    #[test]
    fn the_last_day_seen_is_the_last_decision_not_after_today() {
        let today = day("2024-12-31");
        let rows =
            [row(0, "2023-01-01", "2023-12-31", Interval::Year), row(1, "2022-06-01", "2025-05-31", Interval::Year)];
        assert_eq!(last_day_seen(&rows, today), day("2024-01-01"));
        assert_eq!(last_day_seen(&rows[1..], today), day("2022-06-01"));
    }
}
