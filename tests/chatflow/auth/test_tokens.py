"""Access tokens convince only whoever holds our public key, only while they last, and only as they were signed."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWS

from chatflow.auth import tokens
from chatflow.auth.account_facts.pages import AccountDeactivated, FactPage, RoleGiven, SessionRevoked
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.principal import SYSTEM_PRINCIPAL, Principal
from chatflow.auth.tokens import AccessToken, KnownTokens, TokenSigner
from chatflow.errors import TokenExpired, Unauthenticated, Unavailable
from chatflow.ids import new_id
from tests.chatflow.signing import ALICE, NOW, PRINCIPAL, SESSION, Clock, sign


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def signer(key: Ed25519PrivateKey) -> TokenSigner:
    return TokenSigner(key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def known(signer: TokenSigner, clock: Clock) -> KnownTokens:
    known = KnownTokens(clock=clock)
    known.load_keys(signer.jwks)
    return known


def forge(key: Ed25519PrivateKey, signer: TokenSigner, *, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Sign with the true key what the signer never would: its usual token with these fields changed, None left out."""
    usual_header, usual_claims, _ = sign(signer).split(".")
    return PyJWS(algorithms=["EdDSA"]).encode(
        json.dumps(changed(decoded(usual_claims), claims)).encode(),
        key,
        "EdDSA",
        headers=changed(decoded(usual_header), header),
    )


def changed(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (fields | changes).items() if value is not None}


def decoded(part: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return fields


def encoded(fields: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


def test_a_signed_token_says_who_asks_in_which_session_and_until_when(known: KnownTokens, signer: TokenSigner) -> None:
    bot = Principal(ALICE, kind="bot", role="guest", session_id=SESSION)

    for principal in (PRINCIPAL, bot):
        token = sign(signer, principal=principal)
        assert known.verify(token) == AccessToken(principal=principal, expires_at=NOW + 900)


@pytest.mark.parametrize("scopes", [(), ("search",)])
def test_a_token_that_scopes_limit_opens_nothing_as_long_as_nothing_asks_for_them(
    known: KnownTokens, signer: TokenSigner, scopes: tuple[str, ...]
) -> None:
    limited = Principal(ALICE, kind="bot", scopes=scopes, session_id=SESSION)

    with pytest.raises(Unauthenticated):
        known.verify(sign(signer, principal=limited))


def test_a_token_that_names_no_kind_role_or_scopes_is_a_members_as_the_version_before_signed_it(
    known: KnownTokens, key: Ed25519PrivateKey, signer: TokenSigner
) -> None:
    owners = sign(signer, principal=Principal(ALICE, role="owner", session_id=SESSION))
    assert known.verify(owners).principal.role == "owner"

    token = forge(key, signer, header={}, claims={"kind": None, "role": None, "scopes": None})

    assert decoded(token.split(".")[1]).keys() == {"iss", "aud", "sub", "sid", "iat", "exp"}
    assert known.verify(token).principal == Principal(
        ALICE, kind="person", role="member", scopes=None, session_id=SESSION
    )


def test_no_token_says_that_it_is_the_systems(signer: TokenSigner) -> None:
    with pytest.raises(ValueError, match="the system"):
        sign(signer, principal=SYSTEM_PRINCIPAL)


def test_a_forged_twin_of_the_usual_token_is_accepted_so_that_each_attack_differs_in_one_thing_only(
    known: KnownTokens, key: Ed25519PrivateKey, signer: TokenSigner
) -> None:
    assert known.verify(forge(key, signer, header={}, claims={})).principal.user_id == ALICE


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"aud": ["chatflow"]},
        {"aud": None},
        {"iss": "somebody-else"},
        {"iss": None},
        {"exp": None},
        {"exp": str(NOW + 900)},
        {"exp": float("inf")},
        {"iat": None},
        {"iat": NOW + 60},
        {"sub": None},
        {"sub": "../admin"},
        {"sid": None},
        {"sid": 7},
        {"kind": "system"},
        {"role": "emperor"},
        {"scopes": "everything"},
    ],
)
def test_a_token_with_wrong_or_missing_claims_is_refused(
    known: KnownTokens, key: Ed25519PrivateKey, signer: TokenSigner, claims: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        known.verify(forge(key, signer, header={}, claims=claims))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": None},
        {"kid": "../../dev/null"},
        {"kid": "https://evil.example/jwks.json"},
        {"kid": "' UNION SELECT 'key"},
        {"jku": "https://evil.example/jwks.json"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"crit": ["exp"], "exp": 1},
    ],
)
def test_a_token_with_another_header_than_ours_is_refused(
    known: KnownTokens, key: Ed25519PrivateKey, signer: TokenSigner, header: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        known.verify(forge(key, signer, header=header, claims={}))


def test_a_token_without_a_signature_is_refused(known: KnownTokens, signer: TokenSigner) -> None:
    header, claims, _ = sign(signer).split(".")

    for algorithm in ("none", "None", "NONE"):
        with pytest.raises(Unauthenticated):
            known.verify(f"{encoded(decoded(header) | {'alg': algorithm})}.{claims}.")


def test_a_token_signed_by_hmac_with_the_public_key_is_refused(
    known: KnownTokens, key: Ed25519PrivateKey, signer: TokenSigner
) -> None:
    header, claims, _ = sign(signer).split(".")
    public = key.public_key()
    for secret in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.Raw, PublicFormat.Raw),
    ):
        signed = f"{encoded(decoded(header) | {'alg': 'HS256'})}.{claims}"
        signature = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), hashlib.sha256)).rstrip(b"=")

        with pytest.raises(Unauthenticated):
            known.verify(f"{signed}.{signature.decode()}")


def test_a_token_signed_by_another_key_under_our_kid_is_refused(known: KnownTokens, signer: TokenSigner) -> None:
    with pytest.raises(Unauthenticated):
        known.verify(forge(Ed25519PrivateKey.generate(), signer, header={}, claims={}))


def test_a_token_with_changed_claims_is_refused(known: KnownTokens, signer: TokenSigner) -> None:
    header, claims, signature = sign(signer).split(".")
    known.verify(f"{header}.{claims}.{signature}")

    with pytest.raises(Unauthenticated):
        known.verify(f"{header}.{encoded(decoded(claims) | {'sub': new_id()})}.{signature}")


@pytest.mark.parametrize("garbage", ["", ".", "..", "a.b.c", "ü.ü.ü", "\ud800", "x" * 100_000, "null.null.null"])
def test_what_is_no_token_is_refused(known: KnownTokens, garbage: str) -> None:
    with pytest.raises(Unauthenticated):
        known.verify(garbage)


def test_a_token_expires_also_after_it_was_remembered(known: KnownTokens, signer: TokenSigner, clock: Clock) -> None:
    token = sign(signer)
    known.verify(token)

    clock.now = NOW + 900

    with pytest.raises(TokenExpired):
        known.verify(token)


def test_remembered_tokens_are_bounded(
    known: KnownTokens, signer: TokenSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED_TOKENS", 3)

    for seconds in range(10):
        known.verify(sign(signer, expires_at=NOW + 100 + seconds))

    assert len(known._remembered) == 3


def test_a_revoked_session_is_refused_and_before_the_first_poll_nobody_is_let_in(
    signer: TokenSigner, clock: Clock
) -> None:
    facts = AccountFacts("session", clock=clock)
    known = KnownTokens(facts=facts, clock=clock)
    known.load_keys(signer.jwks)

    with pytest.raises(Unavailable):
        known.verify(sign(signer))
    facts.absorb(FactPage(position=1, facts=[]))
    assert known.verify(sign(signer)).principal.session_id == SESSION
    ended = SessionRevoked(SESSION, datetime.fromtimestamp(NOW + 900, UTC))
    facts.absorb(FactPage(position=2, facts=[ended]))
    with pytest.raises(Unauthenticated):
        known.verify(sign(signer))


def test_a_token_is_as_good_as_its_account_and_has_the_role_of_now(signer: TokenSigner, clock: Clock) -> None:
    facts = AccountFacts("session", "deactivated", "role", clock=clock)
    known = KnownTokens(facts=facts, clock=clock)
    known.load_keys(signer.jwks)
    facts.absorb(FactPage(position=1, facts=[]))
    token = sign(signer)
    before = known.verify(token)

    facts.absorb(FactPage(position=2, facts=[RoleGiven(ALICE, "guest")]))
    lowered = known.verify(token)
    facts.absorb(FactPage(position=3, facts=[AccountDeactivated(ALICE, holds=True)]))
    with pytest.raises(Unauthenticated):
        known.verify(token)
    facts.absorb(FactPage(position=4, facts=[AccountDeactivated(ALICE, holds=False)]))

    assert (before.principal, before.principal.role) == (PRINCIPAL, "member")
    assert lowered == AccessToken(msgspec.structs.replace(PRINCIPAL, role="guest"), before.expires_at)
    assert known.verify(token) == lowered
