//! Statements of the same order, and which of them holds.

use mehrwert_facts::lake::Counted;
use mehrwert_facts::tables::{Authority, FactTable, Rank};
use proptest::prelude::*;

use crate::support::{Said, Shop};

fn counted(added: &mehrwert_facts::lake::Added) -> Counted {
    added.counted.iter().find(|(table, _)| *table == FactTable::Orders).unwrap().1
}

#[test]
fn what_is_added_twice_changes_nothing() {
    Shop::run(async |shop| {
        let all = [Said::new("1", 10, "5.00"), Said::new("2", 10, "7.50")];
        assert_eq!(counted(&shop.add(&all).await), Counted { new: 2, ..Counted::default() });
        let again = shop.add(&all).await;
        assert_eq!((again.generation, counted(&again)), (None, Counted { unchanged: 2, ..Counted::default() }));
        assert_eq!(shop.orders().await, ["1: 5.00", "2: 7.50"]);
    });
}

#[test]
fn newer_words_replace_older_ones_and_never_the_other_way_round() {
    Shop::run(async |shop| {
        shop.add(&[Said::new("1", 10, "5.00"), Said::new("2", 10, "7.50")]).await;
        let added = shop.add(&[Said::new("1", 20, "4.00"), Said::new("3", 20, "1.00")]).await;
        assert_eq!(counted(&added), Counted { new: 1, changed: 1, ..Counted::default() });
        let added = shop.add(&[Said::new("1", 15, "9.00")]).await;
        assert_eq!(counted(&added), Counted { older: 1, ..Counted::default() });
        assert_eq!(shop.orders().await, ["1: 4.00", "2: 7.50", "3: 1.00"]);
        // What was reported before can be reported again.
        let before = shop.state.snapshot(Some(1)).await.unwrap();
        assert_eq!(before.files.iter().map(|file| file.rows).sum::<u64>(), 2);
        assert!(before.files.iter().all(|file| shop.lake.path(file).exists()));
    });
}

#[test]
fn a_browsers_report_fills_the_gap_until_the_shop_speaks() {
    let report = |order, reference, seconds| Said {
        authority: Authority::Report,
        reference,
        rank: Rank::Webhook,
        ..Said::new(order, seconds, "1.00")
    };
    Shop::run(async |shop| {
        shop.add(&[report("450", None, 99), report("12", None, 99)]).await;
        assert_eq!(shop.orders().await, ["12: 1.00", "450: 1.00"]);
        // The shop calls the order 11 and, inside, 450.
        let shops = Said { reference: Some("450"), ..Said::new("11", 5, "2.00") };
        assert_eq!(
            counted(&shop.add(std::slice::from_ref(&shops)).await),
            Counted { changed: 1, ..Counted::default() }
        );
        assert_eq!(shop.orders().await, ["11: 2.00", "12: 1.00"]);
        for late in [report("450", None, 100), report("11", None, 100)] {
            assert_eq!(counted(&shop.add(&[late]).await), Counted { older: 1, ..Counted::default() });
        }
        // Both in one reading.
        let both = [report("460", None, 100), Said { reference: Some("460"), ..Said::new("13", 5, "3.00") }];
        assert_eq!(counted(&shop.add(&both).await), Counted { new: 1, older: 1, ..Counted::default() });
        assert_eq!(shop.orders().await, ["11: 2.00", "12: 1.00", "13: 3.00"]);
        assert_eq!(counted(&shop.add(&[shops]).await), Counted { unchanged: 1, ..Counted::default() });
    });
}

/// Statements about a few orders by the shop and by browsers.
fn statements() -> impl Strategy<Value = Vec<Said>> {
    let one = (0..4_usize, 0..3_i64, 0..3_usize, any::<bool>(), any::<bool>(), 0..3_i32).prop_map(
        |(order, seconds, net, is_report, named, month)| {
            let (orders, references) = (["1", "2", "3", "4"], ["91", "92", "93", "94"]);
            let authority = if is_report { Authority::Report } else { Authority::Record };
            let by_reference = is_report && named;
            Said {
                authority,
                order: if by_reference { references[order] } else { orders[order] },
                reference: (!is_report).then_some(references[order]),
                seconds,
                rank: Rank::Export,
                net: ["1.00", "2.00", "3.00"][net],
                day: 19_000 + month * 31,
            }
        },
    );
    prop::collection::vec(one, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_matter(all in statements(), cut in 0..12_usize, turn in 0..12_usize) {
        let mut other = all.clone();
        other.rotate_left(turn % all.len());
        other.reverse();
        let (first, second) = all.split_at(cut.min(all.len()));
        let one = Shop::run(async |shop| {
            for part in [first, second, first] {
                shop.add(part).await;
            }
            shop.orders().await
        });
        let one_by_one = Shop::run(async |shop| {
            for said in &other {
                shop.add(std::slice::from_ref(said)).await;
            }
            shop.orders().await
        });
        prop_assert_eq!(one, one_by_one);
    }
}
