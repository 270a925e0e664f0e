//! Sealing: what waits in the inbox becomes rows of the lake.
//!
//! The inbox is read in portions. For each one it is found out whom its events are about, at once for all of them; then
//! every event is translated, and the rows enter the lake in the transaction that clears the portion from the inbox. A
//! crash before that leaves the portion where it was, and doing everything again comes to the same: persons are found
//! again, merges are there, traits of the same time say the same. Several processes may seal at once: who comes second is
//! told so by the lake, throws their files away and goes on with what is left.
//!
//! This computes and waits for the disk: a server calls it on a thread of its own.

use std::collections::HashMap;

use arrow::error::ArrowError;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, PersonId};
use mehrwert_state::{AsideEvent, InboxBatch, InboxEvent, Mark, State, StateError};

use super::envelope::{Envelope, open};
use super::rows::{Occasion, Rows, message_unit};
use super::tracking::{self, Mappings};
use super::webhooks;
use crate::identities::{Fresh, People, Said, Who, recognise};
use crate::lake::{Added, Addition, Counted, Lake, LakeError, LookUp};
use crate::tables::FactTable;

/// Events of one portion: enough to pay for the files and the commit, few enough to stay small in memory.
const PORTION: u32 = 20_000;

/// What a shop's days are counted by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop's own clock.
    pub time_zone: TimeZone,
}

/// What a sealing came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealed {
    /// Events that left the inbox, those set aside included.
    pub events: u64,
    /// Events that were set aside: see [`State::aside`].
    pub aside: u64,
    /// Events that another process sealed at the same time.
    pub overtaken: u64,
    /// Orders of erased persons that were left out: the lake has them already, under nobody's name.
    pub erased: u64,
    /// Orders and payments that were tests of the shop.
    pub tests: u64,
    /// By table, in units.
    pub counted: Vec<(FactTable, Counted)>,
    /// Persons seen for the first time.
    pub persons: u64,
    /// Persons that turned out to be one with another.
    pub merged: u64,
    /// The last generation that was made; none when nothing was written.
    pub generation: Option<i64>,
}

/// The inbox could not be sealed. What was sealed before stays; the rest stays in the inbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The state failed.
    #[error(transparent)]
    State(#[from] StateError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// Rows do not fit into their table.
    #[error("cannot make rows of what was tracked: {0}")]
    Rows(#[source] ArrowError),
}

/// Seals everything that waits in the inbox.
///
/// # Errors
/// [`SealError`]; sealing again is safe.
pub async fn seal(
    state: &State,
    lake: &Lake,
    settings: &Settings,
    fresh: &mut dyn Fresh,
    now: Timestamp,
) -> Result<Sealed, SealError> {
    let mut sealed = Sealed::default();
    let mut mappings = None;
    loop {
        let portion = state.inbox(PORTION).await?;
        if portion.events.is_empty() {
            return Ok(sealed);
        }
        let mappings = match &mut mappings {
            Some(mappings) => mappings,
            none => none.insert(Mappings::load(state).await?),
        };
        let is_last = portion.events.len() < PORTION as usize;
        Sealing { state, lake, settings, mappings, now }.portion(portion, fresh, &mut sealed).await?;
        if is_last {
            return Ok(sealed);
        }
    }
}

/// What every portion needs.
struct Sealing<'a> {
    state: &'a State,
    lake: &'a Lake,
    settings: &'a Settings,
    mappings: &'a Mappings,
    now: Timestamp,
}

/// A portion translated.
#[derive(Default)]
struct Translated {
    rows: Rows,
    aside: Vec<AsideEvent>,
    erased: u64,
    tests: u64,
}

impl Sealing<'_> {
    async fn portion(&self, portion: InboxBatch, fresh: &mut dyn Fresh, sealed: &mut Sealed) -> Result<(), SealError> {
        let InboxBatch { events, mark } = portion;
        let opened: Vec<Result<Envelope, String>> = events.iter().map(|event| readable(&event.body)).collect();
        let said: Vec<Said> = opened.iter().map(|one| self.said(one.as_ref().ok())).collect();
        let people = recognise(self.state, &said, fresh, self.now).await?;
        let known = Known {
            erased: erased(self.state, &said, &people).await?,
            gone: webhooks::Gone::find(self.state, self.lake, &events, &opened).await?,
        };
        let translated = self.translate(events, opened, &people.who, &known);
        self.state.set_traits_of_many(&translated.rows.traits).await?;
        self.state.join_accounts(&translated.rows.joinings, self.now).await?;
        self.state.set_aside(&translated.aside).await?;
        self.add(translated, mark, &people, said.len() as u64, fresh, sealed).await
    }

    fn said(&self, envelope: Option<&Envelope>) -> Said {
        match envelope {
            Some(envelope) if envelope.kind.is_webhook() => webhooks::said(envelope),
            Some(envelope) => tracking::said(envelope, self.mappings),
            None => Said::default(),
        }
    }

    fn translate(
        &self,
        events: Vec<InboxEvent>,
        opened: Vec<Result<Envelope, String>>,
        who: &[Who],
        known: &Known,
    ) -> Translated {
        let mut translated = Translated::default();
        for (place, (event, opened)) in events.into_iter().zip(opened).enumerate() {
            let outcome = opened.and_then(|envelope| {
                let occasion = occasion(&event, &envelope, who[place].alias(), self.settings);
                let person = who[place].person();
                one(&envelope, &occasion, person, known.of(place), self.mappings, &mut translated.rows)
            });
            match outcome {
                Ok(Outcome::Told) => {}
                Ok(Outcome::Erased) => translated.erased += 1,
                Ok(Outcome::Test) => translated.tests += 1,
                Err(reason) => translated.aside.push(AsideEvent { event, reason }),
            }
        }
        translated
    }

    async fn add(
        &self,
        translated: Translated,
        mark: Mark,
        people: &People,
        events: u64,
        fresh: &mut dyn Fresh,
        sealed: &mut Sealed,
    ) -> Result<(), SealError> {
        let readings = translated.rows.finish().map_err(SealError::Rows)?;
        let addition = Addition { readings, read: Some(mark), reason: "sealed".to_owned() };
        let mut file = || fresh.file();
        match self.lake.add(self.state, addition, LookUp::Restated, &mut file, self.now).await {
            Ok(added) => {
                sealed.events += events;
                sealed.aside += translated.aside.len() as u64;
                sealed.erased += translated.erased;
                sealed.tests += translated.tests;
                sealed.persons += people.new;
                sealed.merged += people.merged;
                sealed.note(added);
                Ok(())
            }
            Err(LakeError::State(StateError::Overtaken { .. })) => {
                sealed.overtaken += events;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Sealed {
    fn note(&mut self, added: Added) {
        self.generation = added.generation.or(self.generation);
        for (table, counted) in added.counted {
            let place = self.counted.iter().position(|(one, _)| *one == table).unwrap_or_else(|| {
                self.counted.push((table, Counted::default()));
                self.counted.len() - 1
            });
            let so_far = &mut self.counted[place].1;
            so_far.new += counted.new;
            so_far.changed += counted.changed;
            so_far.unchanged += counted.unchanged;
            so_far.older += counted.older;
        }
    }
}

/// What the state and the lake know that a translation needs.
#[derive(Default)]
struct Known {
    /// By place in the portion, when the person was erased whom an event names.
    erased: HashMap<usize, Timestamp>,
    gone: webhooks::Gone,
}

impl Known {
    fn of(&self, place: usize) -> webhooks::Before<'_> {
        webhooks::Before { erased: self.erased.get(&place).copied(), gone: &self.gone }
    }
}

/// When those were erased whom events name and who are erased.
async fn erased(state: &State, said: &[Said], people: &People) -> Result<HashMap<usize, Timestamp>, StateError> {
    let mut erased = HashMap::new();
    for (place, _) in people.who.iter().enumerate().filter(|(_, who)| **who == Who::Erased) {
        let mut last = None;
        for identity in &said[place].identities {
            last = last.max(state.erased_at(identity).await?);
        }
        erased.extend(last.map(|at| (place, at)));
    }
    Ok(erased)
}

/// An envelope of which something can be made.
fn readable(body: &[u8]) -> Result<Envelope, String> {
    let envelope = open(body)?;
    match envelope.unreadable {
        Some(reason) => Err(reason),
        None => Ok(envelope),
    }
}

fn occasion<'a>(
    event: &InboxEvent,
    envelope: &'a Envelope,
    who: Option<AliasId>,
    settings: &'a Settings,
) -> Occasion<'a> {
    Occasion {
        message: message_unit(event),
        shop: &envelope.shop,
        prices: envelope.prices,
        origin: envelope.kind.origin(),
        at: envelope.at,
        received_at: event.received_at,
        who,
        time_zone: &settings.time_zone,
    }
}

/// What became of one event.
pub(super) enum Outcome {
    /// It was translated.
    Told,
    /// It is about an order that the lake has under nobody's name.
    Erased,
    /// It is a test, so nothing happened.
    Test,
}

/// Translates one event.
fn one(
    envelope: &Envelope,
    occasion: &Occasion<'_>,
    person: Option<PersonId>,
    before: webhooks::Before<'_>,
    mappings: &Mappings,
    rows: &mut Rows,
) -> Result<Outcome, String> {
    if envelope.kind.is_webhook() {
        let outcome = webhooks::translate(envelope, occasion, before, rows)?;
        if let Some(person) = person {
            webhooks::traits(envelope, person, occasion, rows);
        }
        return Ok(outcome);
    }
    tracking::translate(envelope, occasion, mappings, rows)?;
    if let Some(person) = person {
        tracking::traits(envelope, person, occasion, rows);
        tracking::accounts(envelope, person, rows);
    }
    Ok(Outcome::Told)
}

/// Translates events without a state or a lake: for fuzzing.
pub(super) fn translate_alone(events: &[InboxEvent]) {
    let (settings, mappings) = (Settings { time_zone: TimeZone::UTC }, Mappings::default());
    let known = Known::default();
    let mut rows = Rows::default();
    for event in events {
        let Ok(envelope) = readable(&event.body) else { continue };
        let said =
            if envelope.kind.is_webhook() { webhooks::said(&envelope) } else { tracking::said(&envelope, &mappings) };
        drop(said);
        let occasion = occasion(event, &envelope, None, &settings);
        drop(one(&envelope, &occasion, None, known.of(0), &mappings, &mut rows).err());
    }
    drop(rows.finish().err());
}
