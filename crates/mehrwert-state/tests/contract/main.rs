//! The contract of the state: one set of tests that both databases are held to.

#[path = "../support/mod.rs"]
mod support;

mod catalogue;
mod inbox;

/// Makes of every function a test on SQLite and one on PostgreSQL.
macro_rules! contract {
    ($($area:ident: $($test:ident),* ;)*) => {
        mod on_sqlite { $(mod $area { $(
            #[test]
            fn $test() {
                let store = crate::support::Store::sqlite();
                crate::support::run(crate::$area::$test(&store));
            }
        )* })* }

        mod on_postgres { $(mod $area { $(
            #[test]
            fn $test() {
                let store = crate::support::Store::postgres();
                crate::support::run(crate::$area::$test(&store));
            }
        )* })* }
    };
}

contract! {
    inbox:
        events_come_back_in_order,
        an_event_counts_once,
        a_repeated_event_counts_again_after_thirty_days,
        large_batches_are_kept_whole,
        what_is_not_unicode_or_empty_survives;
    catalogue:
        sealing_enters_files_and_clears_what_was_read,
        sealing_twice_is_refused_and_changes_nothing,
        replaced_files_stay_in_earlier_generations,
        rewritten_files_leave_every_generation,
        one_file_is_replaced_once,
        a_generation_is_found_by_its_time;
}
