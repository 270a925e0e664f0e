//! One after the other: which names are one person's, by what is said in the order in which it was said.

use std::collections::HashMap;

use mehrwert_core::{AliasId, PersonId};
use mehrwert_state::{Identity, Merge, Move, Recognised};

use super::clash::{Strength, clash, strength};
use super::{Fresh, Said, Who};

/// What is known while the rows are gone through.
pub(super) struct Resolver<'a> {
    known: HashMap<&'a Identity, Recognised>,
    /// The names of those who may be joined, by whoever they are so far.
    names: HashMap<PersonId, Vec<Identity>>,
    /// Who was joined with whom.
    joined: HashMap<PersonId, PersonId>,
    /// The move that an identity made last.
    moved: HashMap<&'a Identity, usize>,
    pub merges: Vec<Merge>,
    pub moves: Vec<Move>,
    pub kept_apart: u64,
}

/// Who a row names, before the state has said under which alias a moved identity stands.
pub(super) enum Decided {
    Known(Who),
    /// By the identity of that move.
    Moved(usize),
}

impl<'a> Resolver<'a> {
    pub fn new(known: HashMap<&'a Identity, Recognised>, names: HashMap<PersonId, Vec<Identity>>) -> Resolver<'a> {
        let (joined, moved) = (HashMap::new(), HashMap::new());
        Resolver { known, names, joined, moved, merges: Vec::new(), moves: Vec::new(), kept_apart: 0 }
    }

    /// Joins what one row names together and says who it is about.
    pub fn decide(&mut self, said: &'a Said, fresh: &mut dyn Fresh) -> Decided {
        // An erased name beside others: the others may be of someone who came back and is known anew.
        let Some(main) = said.identities.iter().find(|identity| self.person(identity).is_some()) else {
            return Decided::Known(if said.identities.is_empty() { Who::Nobody } else { Who::Erased });
        };
        for other in said.identities.iter().filter(|other| *other != main) {
            self.join(main, other, said, fresh);
        }
        match (self.moved.get(main), self.known.get(main)) {
            (Some(place), _) => Decided::Moved(*place),
            (None, Some(Recognised::Person { alias, person, .. })) => {
                Decided::Known(Who::Person { alias: *alias, person: self.end(*person) })
            }
            (None, _) => Decided::Known(Who::Nobody),
        }
    }

    /// Who it is, now that the moves are made.
    pub fn who(&self, decided: Decided, aliases: &[Option<AliasId>]) -> Who {
        match decided {
            Decided::Known(Who::Person { alias, person }) => Who::Person { alias, person: self.end(person) },
            Decided::Known(who) => who,
            Decided::Moved(place) => match aliases.get(place).copied().flatten() {
                Some(alias) => Who::Person { alias, person: self.end(self.moves[place].person) },
                None => Who::Erased,
            },
        }
    }

    fn join(&mut self, main: &'a Identity, other: &'a Identity, said: &Said, fresh: &mut dyn Fresh) {
        let (Some(one), Some(two)) = (self.person(main), self.person(other)) else { return };
        if one == two {
            return;
        }
        let by = match (strength(main), strength(other)) {
            (Strength::Own, other) => other,
            (main, _) => main,
        };
        let nothing = Vec::new();
        let (ours, theirs) = (self.names.get(&one).unwrap_or(&nothing), self.names.get(&two).unwrap_or(&nothing));
        if said.declared || !clash(ours, theirs, by) {
            // Whoever is known by a name of their own stays; of two such, and of two unknown, the first named.
            let is_own = |names: &[Identity]| names.iter().any(|name| strength(name) == Strength::Own);
            let (survivor, absorbed) = if !is_own(ours) && is_own(theirs) { (two, one) } else { (one, two) };
            self.merges.push(Merge { absorbed, survivor, reason: said.reason.clone() });
            let mut theirs = self.names.remove(&absorbed).unwrap_or_default();
            self.names.entry(survivor).or_default().append(&mut theirs);
            self.joined.insert(absorbed, survivor);
            return;
        }
        self.kept_apart += 1;
        if strength(other) == Strength::Passing {
            if let Some(names) = self.names.get_mut(&two) {
                names.retain(|name| name != other);
            }
            self.names.entry(one).or_default().push(other.clone());
            self.moved.insert(other, self.moves.len());
            let reason = format!("{}, and not by the one it was known of before", said.reason);
            self.moves.push(Move { identity: other.clone(), person: one, alias: fresh.person().1, reason });
        }
    }

    /// Whose an identity is so far.
    pub fn person(&self, identity: &Identity) -> Option<PersonId> {
        if let Some(place) = self.moved.get(identity) {
            return Some(self.end(self.moves[*place].person));
        }
        match self.known.get(identity) {
            Some(Recognised::Person { person, .. }) => Some(self.end(*person)),
            _ => None,
        }
    }

    /// Follows what was joined to the end; nobody is joined twice, so there is one.
    fn end(&self, person: PersonId) -> PersonId {
        let mut end = person;
        while let Some(next) = self.joined.get(&end) {
            end = *next;
        }
        end
    }
}
