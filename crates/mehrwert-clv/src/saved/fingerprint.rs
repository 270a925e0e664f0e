//! Fingerprints of data: to notice that a model was fitted to others.

use crate::Histories;
use crate::bg_bb::OccasionHistories;
use crate::contracts::Contracts;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Data that a model can be fitted to.
///
/// The fingerprint is the FNV-1a hash (Fowler, Noll & Vo; 64 bits, offset 0xcbf29ce484222325, prime 0x100000001b3) of
/// the distinct observations in their order, each as little-endian 32-bit numbers followed by the 64 bits of its weight:
/// (repeats, recency, age) of a purchase history, (renewals, 1 if active else 0) of a contract, (repeats, last,
/// occasions) of a history of occasions. It is the same on every machine and in every version. It identifies data; it does
/// not authenticate them, since anybody can make others of the same fingerprint.
///
/// ```
/// use mehrwert_clv::saved::Fingerprint;
/// use mehrwert_clv::{Histories, History};
/// let (one, other) = (History::new(2, 30, 90)?, History::NEWBORN);
/// // The order of the customers does not matter; who they are does.
/// assert_eq!(Histories::compress([one, other]).fingerprint(), Histories::compress([other, one]).fingerprint());
/// assert_ne!(Histories::compress([one, other]).fingerprint(), Histories::compress([one, one]).fingerprint());
/// # Ok::<(), mehrwert_clv::HistoryError>(())
/// ```
pub trait Fingerprint {
    /// The fingerprint of the data.
    fn fingerprint(&self) -> u64;
}

struct Fnv(u64);

impl Fnv {
    fn add(&mut self, numbers: &[u32], weight: f64) {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        for byte in bytes.chain(weight.to_bits().to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
}

impl Fingerprint for Histories {
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv(OFFSET);
        for (history, &weight) in self.distinct().iter().zip(self.weights()) {
            hash.add(&[history.repeats(), history.recency(), history.age()], weight);
        }
        hash.0
    }
}

impl Fingerprint for Contracts {
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv(OFFSET);
        for (contract, &weight) in self.distinct().iter().zip(self.weights()) {
            hash.add(&[contract.renewals(), u32::from(contract.is_active())], weight);
        }
        hash.0
    }
}

impl Fingerprint for OccasionHistories {
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv(OFFSET);
        for (history, &weight) in self.distinct().iter().zip(self.weights()) {
            hash.add(&[history.repeats(), history.last(), history.occasions()], weight);
        }
        hash.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::History;

    /// By the definition, written down once more with another arithmetic.
    #[test]
    fn the_algorithm_is_the_documented_one() {
        let histories = Histories::compress([History::new(2, 30, 90).unwrap(); 3]);
        let bytes = [2, 0, 0, 0, 30, 0, 0, 0, 90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x40];
        let mut hash: u128 = 14_695_981_039_346_656_037;
        for byte in bytes {
            hash = (hash ^ byte) * 1_099_511_628_211 % (1 << 64);
        }
        assert_eq!(u128::from(histories.fingerprint()), hash);
        // The published value for "foobar", taken byte by byte.
        let foobar = b"foobar".iter().fold(OFFSET, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        assert_eq!(foobar, 0x8594_4171_f739_67e8);
        assert_eq!(Histories::default().fingerprint(), OFFSET);
    }
}
