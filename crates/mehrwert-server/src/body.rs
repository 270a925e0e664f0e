//! Bodies: read within their limits, unpacked whatever their headers say.
//!
//! Some clients send gzip under the name of a form or of JSON without saying so, so the first two bytes decide. What all
//! requests together may have in memory is bounded: room for a body is taken before it is read.

use std::future::poll_fn;
use std::io::Read as _;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use tokio::sync::SemaphorePermit;

use crate::Shared;
use crate::answer::Refused;

/// So many bytes of a body that is too large are let pass unread: a caller that is still sending does not hear the answer.
const LET_PASS: usize = 16 << 20;

/// A body as it is meant, and its share of the memory for bodies.
pub(crate) struct Taken<'a> {
    pub bytes: Vec<u8>,
    /// Given back when the request is answered.
    _room: SemaphorePermit<'a>,
}

/// Reads a body of at most so many bytes, packed and unpacked.
pub(crate) async fn take<'a>(
    shared: &'a Shared,
    headers: &HeaderMap,
    body: Body,
    most: usize,
) -> Result<Taken<'a>, Refused> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said > most) {
        discard(body, LET_PASS).await;
        return Err(Refused::TooLarge { most });
    }
    let room = shared.limits.room(said.unwrap_or(most)).ok_or(Refused::Busy)?;
    let bytes = match to_bytes(body, most).await {
        Ok(bytes) => bytes,
        Err(error) if is_too_long(&error) => return Err(Refused::TooLarge { most }),
        Err(_) => return Err(Refused::Wrong("the body broke off".to_owned())),
    };
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unpack(&bytes, most)? } else { bytes.into() };
    Ok(Taken { bytes, _room: room })
}

async fn discard(mut body: Body, most: usize) {
    let mut passed = 0;
    while passed < most
        && let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        passed += frame.data_ref().map_or(0, |bytes| bytes.len());
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    // The one error of `to_bytes` that is not the connection's is of this type, behind the box of the other's.
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("length limit exceeded"))
        || error.to_string().contains("length limit exceeded")
}

/// Unpacks gzip; a few bytes can stand for gigabytes, so it stops at the limit.
fn unpack(packed: &[u8], most: usize) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(Refused::Wrong(format!("the body begins like gzip and cannot be unpacked: {error}"))),
        Ok(length) if length > most => Err(Refused::TooLarge { most }),
        Ok(_) => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = pack(&vec![0; 10_000_000]);
        assert!(bomb.len() < 20_000);
        assert!(matches!(unpack(&bomb, 1_000_000), Err(Refused::TooLarge { most: 1_000_000 })));
        assert_eq!(unpack(&pack(b"{}"), 2).unwrap(), b"{}");
    }

    #[test]
    fn what_only_begins_like_gzip_is_told() {
        assert!(matches!(unpack(&[0x1f, 0x8b, 1, 2, 3], 100), Err(Refused::Wrong(_))));
    }
}
