//! The signatures of webhooks, over the body as it came, compared in constant time.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// Seconds by which Stripe's time may differ from ours.
const TOLERANCE: i64 = 300;

/// Shopify and WooCommerce: base64 of the body's HMAC-SHA256.
pub(crate) fn base64_is_right(secret: &[u8], body: &[u8], signature: &str) -> bool {
    BASE64_STANDARD.decode(signature.trim()).is_ok_and(|signature| is_right(secret, &[body], &signature))
}

/// Stripe: `t=TIME,v1=HEX,...`; the HMAC-SHA256 of `TIME.BODY`, one of several.
///
/// # Errors
/// What is wrong.
pub(crate) fn check_stripe(secret: &[u8], body: &[u8], header: &str, now: Timestamp) -> Result<(), &'static str> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time).ok_or("the signature has no time")?;
    let seconds: i64 = time.parse().map_err(|_| "the time of the signature is no number")?;
    let signed = [time.as_bytes(), b".", body];
    let is_right = parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, signature)| from_hex(signature))
        .any(|signature| is_right(secret, &signed, &signature));
    if !is_right {
        return Err("the signature is wrong");
    }
    if (now.as_second() - seconds).abs() > TOLERANCE {
        return Err("the signature is older than five minutes, or of the future");
    }
    Ok(())
}

fn is_right(secret: &[u8], signed: &[&[u8]], signature: &[u8]) -> bool {
    // HMAC takes keys of every length.
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    signed.iter().for_each(|part| hmac.update(part));
    hmac.verify_slice(signature).is_ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.bytes().map(|digit| (digit as char).to_digit(16).map(|one| one as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(secret: &[u8], signed: &[u8]) -> Vec<u8> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        hmac.update(signed);
        hmac.finalize().into_bytes().to_vec()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The vector of RFC 4231, case 2: what signs here is the HMAC-SHA256 of everyone else.
    #[test]
    fn the_signature_is_hmac_sha256() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(is_right(b"Jefe", &[b"what do ya want ", b"for nothing?"], &from_hex(expected).unwrap()));
    }

    #[test]
    fn a_changed_body_is_noticed() {
        let signature = BASE64_STANDARD.encode(sign(b"secret", b"body"));
        assert!(base64_is_right(b"secret", b"body", &signature));
        assert!(!base64_is_right(b"secret", b"Body", &signature));
        assert!(!base64_is_right(b"other", b"body", &signature));
        assert!(!base64_is_right(b"secret", b"body", "no base64"));
        assert!(!base64_is_right(b"secret", b"body", &signature[..8]));
    }

    #[test]
    fn stripe_may_sign_with_several_secrets_and_within_five_minutes() {
        let right = hex(&sign(b"secret", b"1700000000.body"));
        let header = format!("t=1700000000,v1={},v1={right},v0=ff", hex(&[0; 32]));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(check_stripe(b"secret", b"body", &header, at(1_700_000_300)), Ok(()));
        assert!(check_stripe(b"secret", b"body", &header, at(1_700_000_301)).is_err());
        assert!(check_stripe(b"secret", b"body", &header, at(1_699_999_699)).is_err());
        assert!(check_stripe(b"secret", b"body2", &header, at(1_700_000_000)).is_err());
        assert!(check_stripe(b"secret", b"body", &format!("v1={right}"), at(1_700_000_000)).is_err());
        assert!(check_stripe(b"secret", b"body", "t=1700000000", at(1_700_000_000)).is_err());
        assert!(check_stripe(b"secret", b"body", "t=1700000000,v1=äö", at(1_700_000_000)).is_err());
    }
}
