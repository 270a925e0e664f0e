//! Names kept once: customers, products, sources and order ids stand in the batches as small numbers.

use std::borrow::Cow;
use std::fmt;

use xxhash_rust::xxh3::xxh3_128;

/// Stands for a missing name until the Arrow column is made; no name has so high a number.
pub(crate) const NO_NAME: u32 = u32::MAX;

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

impl<'a> FromIterator<&'a str> for Names {
    /// Names in the order of their numbers; whoever calls has made sure that none is there twice.
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Names {
        let mut all = Names::default();
        names.into_iter().for_each(|name| all.push(name));
        all
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().take(20)).finish()?;
        if self.len() > 20 { write!(formatter, " and {} more", self.len() - 20) } else { Ok(()) }
    }
}

/// Gives every distinct name its number.
///
/// 96 bits of a name's hash stand for the name: among a hundred million names the chance that any two of them agree is
/// below one in 10^12. Comparing the names themselves would take three more visits to memory for every row.
///
/// The table is our own because of the same visits: with a million customers in no order every row's is a wait for
/// memory. Names are therefore looked up in blocks, the places of a block first touched in a loop without branches, so
/// that the waits overlap; no table of a library gives away its places. Measured: half the time of reading such a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    names: Names,
    table: Table,
}

/// A name's hash and number: 16 bytes.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    more_hash: u32,
    id: u32,
}

impl Entry {
    const EMPTY: Entry = Entry { hash: 0, more_hash: 0, id: NO_NAME };

    fn of(name: &[u8]) -> Entry {
        let hash = xxh3_128(name);
        Entry { hash: hash as u64, more_hash: (hash >> 64) as u32, id: NO_NAME }
    }

    fn is_same(&self, other: &Entry) -> bool {
        self.hash == other.hash && self.more_hash == other.more_hash
    }
}

/// Entries by hash, with linear probing; at most half full, its length a power of two.
#[derive(Debug, Clone, Default)]
struct Table {
    entries: Vec<Entry>,
    used: usize,
}

impl Table {
    /// The place of an entry: where it is, or where it belongs. There is always an empty one.
    fn place(&self, wanted: &Entry) -> usize {
        let mask = self.entries.len() - 1;
        let mut place = wanted.hash as usize & mask;
        loop {
            let entry = &self.entries[place];
            if entry.id == NO_NAME || entry.is_same(wanted) {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    /// Makes room for so many further entries.
    fn reserve(&mut self, further: usize) {
        let wanted = ((self.used + further) * 2).next_power_of_two().max(64);
        if wanted <= self.entries.len() {
            return;
        }
        let old = std::mem::replace(&mut self.entries, vec![Entry::EMPTY; wanted]);
        for entry in old.iter().filter(|entry| entry.id != NO_NAME) {
            let place = self.place(entry);
            self.entries[place] = *entry;
        }
    }

    /// Fetches the places of entries into the cache, all at once.
    fn touch(&self, wanted: &[Entry]) {
        let mask = self.entries.len() - 1;
        let touched = wanted.iter().fold(0, |sum, entry| sum ^ self.entries[entry.hash as usize & mask].hash);
        std::hint::black_box(touched);
    }
}

impl Interner {
    /// The numbers of a block of names, new ones for those that have none yet; `NO_NAME` stays what it is.
    fn intern_block<'n>(&mut self, block: &[Entry], name: impl Fn(usize) -> Cow<'n, str>, mut give: impl FnMut(u32)) {
        self.table.reserve(block.len());
        self.table.touch(block);
        for (index, wanted) in block.iter().enumerate() {
            let place = self.table.place(wanted);
            let entry = &mut self.table.entries[place];
            if entry.id == NO_NAME {
                *entry = Entry { id: self.names.len() as u32, ..*wanted };
                self.table.used += 1;
                self.names.push(&name(index));
            }
            give(entry.id);
        }
    }

    /// Takes in the names of another, in its order, and gives the new number of each.
    pub(crate) fn merge(&mut self, other: Interner) -> Vec<u32> {
        let count = other.names.len();
        if self.names.is_empty() {
            *self = other;
            return (0..count as u32).collect();
        }
        let mut entries = vec![Entry::EMPTY; count];
        for entry in other.table.entries.into_iter().filter(|entry| entry.id != NO_NAME) {
            entries[entry.id as usize] = entry;
        }
        let mut numbers = Vec::with_capacity(count);
        for (block, entries) in entries.chunks(BLOCK).enumerate() {
            let name = |index: usize| {
                let id = (block * BLOCK + index) as u32;
                Cow::Borrowed(other.names.get(id).unwrap_or_default())
            };
            self.intern_block(entries, name, |id| numbers.push(id));
        }
        numbers
    }

    pub(crate) fn into_names(self) -> Names {
        self.names
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Names looked up at a time.
const BLOCK: usize = 512;

/// A column of names that become numbers in blocks.
#[derive(Debug, Default)]
pub(crate) struct NameColumn {
    interner: Interner,
    ids: Vec<u32>,
    waiting: Vec<Entry>,
    /// Whether each cell of the block has a name at all.
    present: Vec<bool>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl NameColumn {
    /// Adds a cell; an empty name is none.
    pub(crate) fn push(&mut self, name: &[u8]) {
        self.present.push(!name.is_empty());
        if !name.is_empty() {
            self.waiting.push(Entry::of(name));
            self.text.extend_from_slice(name);
            self.ends.push(self.text.len());
        }
        if self.present.len() == BLOCK {
            self.look_up();
        }
    }

    fn look_up(&mut self) {
        let NameColumn { interner, ids, waiting, present, text, ends } = self;
        let mut cells = present.iter();
        let name = |index: usize| {
            let start = if index == 0 { 0 } else { ends[index - 1] };
            String::from_utf8_lossy(&text[start..ends[index]])
        };
        interner.intern_block(waiting, name, |id| {
            // As many cells are present as names wait, so that the missing ones before each are passed here.
            while cells.next() == Some(&false) {
                ids.push(NO_NAME);
            }
            ids.push(id);
        });
        ids.extend(cells.map(|_| NO_NAME));
        waiting.clear();
        present.clear();
        text.clear();
        ends.clear();
    }

    /// The numbers of all cells, and the names.
    pub(crate) fn finish(mut self) -> (Vec<u32>, Interner) {
        self.look_up();
        (self.ids, self.interner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_follow_first_appearance() {
        let (ids, interner) = numbered(&["", "b", "a", "b", "", "", "a", ""].map(str::to_owned));
        assert_eq!(ids, [NO_NAME, 0, 1, 0, NO_NAME, NO_NAME, 1, NO_NAME]);
        assert_eq!(interner.into_names().iter().collect::<Vec<_>>(), ["b", "a"]);
    }

    fn numbered(names: &[String]) -> (Vec<u32>, Interner) {
        let mut column = NameColumn::default();
        names.iter().for_each(|name| column.push(name.as_bytes()));
        column.finish()
    }

    proptest! {
        #[test]
        fn parts_merged_equal_the_whole(names in prop::collection::vec("[a-d]{0,5}", 0..2000), cut in 0_usize..2000) {
            let cut = cut.min(names.len());
            let (expected, whole) = numbered(&names);
            let mut merged = Interner::default();
            let mut ids = Vec::new();
            for part in [&names[..cut], &names[cut..]] {
                let (local, interner) = numbered(part);
                let numbers = merged.merge(interner);
                ids.extend(local.iter().map(|id| if *id == NO_NAME { NO_NAME } else { numbers[*id as usize] }));
            }
            prop_assert_eq!(&ids, &expected);
            for (id, name) in ids.iter().zip(&names).filter(|(id, _)| **id != NO_NAME) {
                prop_assert_eq!(merged.names.get(*id), Some(name.as_str()));
            }
            prop_assert_eq!(merged.into_names(), whole.into_names());
        }
    }
}
