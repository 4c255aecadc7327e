"""Signing keys: each a private file that is made on first start; the public half for tokens is told as a JWKS."""

import base64
import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from chatflow.process.settings import SettingsError

SigningKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class Jwk(msgspec.Struct, frozen=True):
    """One public Ed25519 key as RFC 8037 writes it."""

    x: str
    kid: str
    kty: str = "OKP"
    crv: str = "Ed25519"
    alg: str = "EdDSA"
    use: str = "sig"


class Jwks(msgspec.Struct, frozen=True):
    """What user_service publishes under /.well-known/jwks.json."""

    keys: list[Jwk]


def open_token_key(path: Path) -> Ed25519PrivateKey:
    """Return the key that signs access tokens."""
    key = open_key(path, make=Ed25519PrivateKey.generate)
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{path} holds no Ed25519 key")
    return key


def open_push_key(path: Path) -> EllipticCurvePrivateKey:
    """Return the key by which push services know us; subscriptions are bound to it."""
    key = open_key(path, make=lambda: generate_private_key(SECP256R1()))
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != SECP256R1.name:
        raise SettingsError(f"{path} holds no P-256 key")
    return key


def open_key(path: Path, *, make: Callable[[], SigningKey]) -> object:
    """Return the private key in the file, which is made where there is none; one that others can read is refused."""
    try:
        if not path.exists():
            make_key_file(path, make())
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{path} can be read by others; run: chmod 600 {path}")
        return load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"{path} cannot be used: {error.strerror}") from None
    except (ValueError, TypeError):
        raise SettingsError(f"{path} holds no private key without a password") from None


def make_key_file(path: Path, key: SigningKey) -> None:
    """Write a new key so that the file appears whole and private, or stays another's that was there first."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, does not replace what another process made meanwhile.
        path.hardlink_to(draft)
        sync_folder(path.parent)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def jwk_of(key: Ed25519PublicKey) -> Jwk:
    x = base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    return Jwk(x=x, kid=thumbprint(x))


def thumbprint(x: str) -> str:
    """Return RFC 7638's name of the key whose public half is `x`: nobody can choose one."""
    return base64url(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())


def public_keys(jwks: Jwks) -> dict[str, Ed25519PublicKey]:
    """Return the usable keys by thumbprint; what is no Ed25519 key is left out."""
    keys = {}
    for jwk in jwks.keys:
        if (jwk.kty, jwk.crv) == ("OKP", "Ed25519"):
            raw = base64.urlsafe_b64decode(jwk.x + "=" * (-len(jwk.x) % 4))
            keys[thumbprint(jwk.x)] = Ed25519PublicKey.from_public_bytes(raw)
    return keys


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
