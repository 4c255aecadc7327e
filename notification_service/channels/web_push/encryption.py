"""Encrypts a push so that only the browser can read it: RFC 8291, with the content coding aes128gcm of RFC 8188."""

import base64
import binascii
import secrets

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chatflow.auth.keys import base64url
from chatflow.errors import Invalid

# A push service takes 4096 bytes (RFC 8030), of which the head, the end of the record and the tag take 103.
PLAIN_BYTES_AT_MOST = 3993
RECORD_BYTES = 4096
SALT_BYTES = SECRET_BYTES = 16
LAST_RECORD = b"\x02"


def encrypt(
    plain: bytes, *, p256dh: str, auth: str, key: EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """Return the body of a push for the browser with this public key and secret. Key and salt are new each time."""
    key = key or generate_private_key(SECP256R1())
    salt = salt or secrets.token_bytes(SALT_BYTES)
    theirs, ours = read_public_key(p256dh), point_of(key.public_key())
    info = b"WebPush: info\0" + point_of(theirs) + ours
    material = derive(key.exchange(ECDH(), theirs), salt=read_secret(auth), info=info, length=32)
    content_key = derive(material, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = derive(material, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, plain + LAST_RECORD, None)


def derive(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def point_of(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_text(key: EllipticCurvePrivateKey) -> str:
    """Return the public half as a browser wants to be told it."""
    return base64url(point_of(key.public_key()))


def read_public_key(text: str) -> EllipticCurvePublicKey:
    """Return the key that a browser gave, or raise Invalid."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), read_base64url(text))
    except ValueError:
        raise Invalid("p256dh is no public key.") from None


def read_secret(text: str) -> bytes:
    """Return the secret that a browser gave, or raise Invalid."""
    secret = read_base64url(text)
    if len(secret) != SECRET_BYTES:
        raise Invalid("auth has not 16 bytes.")
    return secret


def read_base64url(text: str) -> bytes:
    text = text.rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("A key is not base64url.") from None
