//! The contract of the state: one set of tests that both databases are held to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod aliases;
mod aside;
mod catalogue;
mod decisions;
mod erasure;
mod group_commit;
mod inbox;
mod keys;
mod leases;
mod many;
mod opening;
mod people;

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
    opening:
        several_processes_open_a_new_state_at_once,
        opening_again_changes_nothing,
        the_state_of_a_later_version_is_refused,
        what_cannot_be_opened_is_named_without_its_password;
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
        a_generation_is_found_by_its_time, a_change_based_on_an_earlier_list_is_void,
        what_came_to_nothing_is_cleared_without_a_generation;
    group_commit:
        every_batch_gets_its_own_answer,
        what_is_too_much_is_refused_and_not_written,
        what_waits_is_written_after_the_last_sender_has_gone;
    people:
        an_identity_is_one_person,
        many_identities_are_recognised_at_once,
        the_same_identity_from_two_processes_is_one_person,
        the_latest_trait_stays,
        a_merged_person_has_the_traits_and_identities_of_both;
    aliases:
        an_alias_resolves_at_every_version,
        unmerging_restores,
        merging_what_is_one_changes_nothing,
        chains_of_merges_come_apart_one_by_one,
        an_alias_can_be_linked_to_another_person,
        what_does_not_exist_is_refused;
    aside:
        what_is_set_aside_is_kept_once_and_listed,
        what_is_set_aside_can_go_back_or_be_forgotten;
    many:
        many_merges_follow_each_other,
        an_identity_moves_and_its_past_stays,
        traits_of_many_keep_the_latest,
        many_join_accounts_once;
    erasure:
        nothing_is_left_but_a_tombstone,
        merged_persons_are_erased_together,
        others_are_left_alone;
    accounts:
        orders_people_and_firms_are_counted_apart,
        a_domain_has_one_account;
    keys:
        a_key_opens_until_it_is_revoked,
        a_secret_is_not_kept;
    leases:
        one_holds_a_lease_at_a_time,
        who_slept_past_its_time_is_told,
        a_token_is_never_given_twice,
        of_many_at_once_one_gets_it;
    decisions:
        definitions_keep_their_versions,
        of_two_who_save_at_once_one_is_told,
        products_change_by_day,
        a_rate_holds_until_the_next,
        consents_are_added_and_never_changed;
}
