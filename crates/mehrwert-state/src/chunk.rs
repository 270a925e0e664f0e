//! How events lie in a row of the inbox: packed one behind the other, without a row of their own.
//!
//! A chunk begins with the number of this layout. An event is its key (16 bytes), the microsecond of its arrival (8), the
//! lengths of message id and body (4 each), and both. Numbers are little-endian.

use jiff::Timestamp;
use mehrwert_core::KeyId;

use crate::InboxEvent;
use crate::database::kept_text;

const LAYOUT: u8 = 1;

/// Key, time and two lengths.
const HEAD: usize = 16 + 8 + 4 + 4;

/// Bytes after which a new chunk begins: a chunk is read whole.
const FULL: usize = 1 << 20;

/// Packs events into chunks: how many there are in it, and its bytes.
pub(crate) fn pack(events: &[&InboxEvent]) -> Vec<(i64, Vec<u8>)> {
    let mut chunks: Vec<(i64, Vec<u8>)> = Vec::new();
    for event in events {
        let message_id = kept_text(&event.message_id);
        let size = HEAD + message_id.len() + event.body.len();
        if chunks.last().is_none_or(|(_, chunk)| chunk.len() + size > FULL) {
            chunks.push((0, vec![LAYOUT]));
        }
        if let Some((count, chunk)) = chunks.last_mut() {
            *count += 1;
            chunk.extend(event.key.bytes());
            chunk.extend(event.received_at.as_microsecond().to_le_bytes());
            chunk.extend(length(message_id.len()));
            chunk.extend(length(event.body.len()));
            chunk.extend(message_id.as_bytes());
            chunk.extend(&event.body);
        }
    }
    chunks
}

/// Whoever hands events in has held them to a limit far below four gigabytes; so does the database.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// Unpacks a chunk.
///
/// # Errors
/// What was found where it cannot be.
pub(crate) fn unpack(chunk: &[u8], into: &mut Vec<InboxEvent>) -> Result<(), String> {
    let Some((&LAYOUT, mut rest)) = chunk.split_first() else {
        return Err("events of the inbox in an unknown layout".to_owned());
    };
    while !rest.is_empty() {
        let (event, left) = unpack_one(rest).ok_or("events of the inbox that break off")?;
        into.push(event);
        rest = left;
    }
    Ok(())
}

fn unpack_one(rest: &[u8]) -> Option<(InboxEvent, &[u8])> {
    let (key, rest) = rest.split_first_chunk::<16>()?;
    let (at, rest) = rest.split_first_chunk::<8>()?;
    let (message_id, rest) = rest.split_first_chunk::<4>()?;
    let (body, rest) = rest.split_first_chunk::<4>()?;
    let (message_id, rest) = rest.split_at_checked(u32::from_le_bytes(*message_id) as usize)?;
    let (body, rest) = rest.split_at_checked(u32::from_le_bytes(*body) as usize)?;
    let event = InboxEvent {
        key: KeyId::from_bytes(*key),
        message_id: std::str::from_utf8(message_id).ok()?.to_owned(),
        received_at: Timestamp::from_microsecond(i64::from_le_bytes(*at)).ok()?,
        body: body.to_vec(),
    };
    Some((event, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(message_id: &str, body: Vec<u8>) -> InboxEvent {
        InboxEvent {
            key: KeyId::from_bytes([9; 16]),
            message_id: message_id.to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
            body,
        }
    }

    #[test]
    fn what_is_packed_comes_out_in_its_order() {
        let events: Vec<InboxEvent> =
            (0..100).map(|number| event(&format!("größe {number}"), vec![7; number * 1_000])).collect();
        let chunks = pack(&events.iter().collect::<Vec<_>>());
        assert!(chunks.len() > 1);
        let mut unpacked = Vec::new();
        for (_, chunk) in &chunks {
            unpack(chunk, &mut unpacked).unwrap();
        }
        assert_eq!(unpacked, events);
        assert_eq!(chunks.iter().map(|(count, _)| *count).sum::<i64>(), 100);
    }

    #[test]
    fn a_damaged_chunk_is_told() {
        let chunks = pack(&[&event("m", b"body".to_vec())]);
        let whole = &chunks[0].1;
        for cut in 0..whole.len() {
            assert!(unpack(&whole[..cut], &mut Vec::new()).is_err() || cut == 1, "{cut}");
        }
    }
}
