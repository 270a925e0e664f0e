//! Names kept once: customers, products, sources and order ids stand in the batches as small numbers.

use std::fmt;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Names by their number, in the order in which they first appeared in the files.
///
/// One text buffer and one end a name: a million customers take some 20 MB less than a million strings would.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Names {
    text: String,
    ends: Vec<u64>,
}

impl Names {
    /// The name with this number.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<&str> {
        let index = id as usize;
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? as usize };
        self.text.get(start..end)
    }

    /// How many names there are; the numbers run from zero to one less.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names, by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).filter_map(|id| self.get(id))
    }

    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len() as u64);
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().take(20)).finish()?;
        if self.len() > 20 { write!(formatter, " and {} more", self.len() - 20) } else { Ok(()) }
    }
}

/// Gives every distinct name its number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    names: Names,
    /// 32 bits of each name's hash, so that neither growing nor merging hashes a name twice.
    hashes: Vec<u32>,
    table: HashTable<u32>,
    last: Option<u32>,
}

impl Interner {
    /// The number of a name, a new one if it has none yet.
    pub(crate) fn intern(&mut self, name: &[u8]) -> u32 {
        // Files sorted by customer or order ask for the same name again and again.
        if let Some(last) = self.last
            && self.names.get(last).is_some_and(|known| known.as_bytes() == name)
        {
            return last;
        }
        let id = self.intern_hashed(name, xxh3_64(name) as u32);
        self.last = Some(id);
        id
    }

    fn intern_hashed(&mut self, name: &[u8], hash: u32) -> u32 {
        let Interner { names, hashes, table, .. } = self;
        let known = table.find(spread(hash), |&id| {
            hashes[id as usize] == hash && names.get(id).is_some_and(|known| known.as_bytes() == name)
        });
        if let Some(&id) = known {
            return id;
        }
        let id = names.len() as u32;
        names.push(&String::from_utf8_lossy(name));
        hashes.push(hash);
        table.insert_unique(spread(hash), id, |&id| spread(hashes[id as usize]));
        id
    }

    /// Takes in the names of another, in its order, and gives the new number of each.
    pub(crate) fn merge(&mut self, other: Interner) -> Vec<u32> {
        let count = other.names.len() as u32;
        if self.names.is_empty() {
            *self = other;
            return (0..count).collect();
        }
        (0..count)
            .map(|id| {
                let name = other.names.get(id).unwrap_or_default();
                self.intern_hashed(name.as_bytes(), other.hashes[id as usize])
            })
            .collect()
    }

    pub(crate) fn into_names(self) -> Names {
        self.names
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// The table takes its position from some bits of the hash and its tag from others: all must depend on all 32.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_follow_first_appearance() {
        let mut interner = Interner::default();
        let ids = ["b", "a", "b", "", "a"].map(|name| interner.intern(name.as_bytes()));
        assert_eq!(ids, [0, 1, 0, 2, 1]);
        assert_eq!(interner.into_names().iter().collect::<Vec<_>>(), ["b", "a", ""]);
    }

    proptest! {
        #[test]
        fn parts_merged_equal_the_whole(names in prop::collection::vec("[a-d]{0,3}", 0..200), cut in 0_usize..200) {
            let cut = cut.min(names.len());
            let mut whole = Interner::default();
            let expected = names.iter().map(|name| whole.intern(name.as_bytes())).collect::<Vec<_>>();
            let mut merged = Interner::default();
            let mut ids = Vec::new();
            for part in [&names[..cut], &names[cut..]] {
                let mut interner = Interner::default();
                let local = part.iter().map(|name| interner.intern(name.as_bytes())).collect::<Vec<_>>();
                let numbers = merged.merge(interner);
                ids.extend(local.iter().map(|id| numbers[*id as usize]));
            }
            prop_assert_eq!(ids, expected);
            prop_assert_eq!(merged.into_names(), whole.into_names());
        }
    }
}
