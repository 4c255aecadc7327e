"""Access tokens: signed by user_service, verified by everyone else without asking, trusted for who acts and no more."""

import asyncio
import hashlib
import re
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt import PyJWS
from jwt.exceptions import PyJWTError

from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.keys import Jwks, jwk_of, public_keys
from chatflow.auth.principal import Principal
from chatflow.errors import TokenExpired, Unauthenticated, Unavailable
from chatflow.ids import is_uuid
from chatflow.protocol.objects import AccountKind, AccountRole

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
PARTY: Final = "chatflow"
# Ours have about 500 characters.
TOKEN_CHARACTERS_AT_MOST = 2048
# Verifying takes 0.2 ms and a remembered token 200 bytes.
REMEMBERED_TOKENS = 8192
# The clocks of two machines of one cluster may differ so much.
CLOCK_SKEW_SECONDS = 5
# How old our keys may be while a token with an unknown key is refused without asking for them again.
REFETCH_SECONDS = 3.0
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")

JWS = PyJWS(algorithms=[ALGORITHM])


class Claims(msgspec.Struct, frozen=True):
    """What a token says. One from before principals names no kind, role or scopes, and its program overlooks ours."""

    iss: Literal["chatflow"]
    aud: Literal["chatflow"]
    sub: str
    sid: str
    iat: int
    exp: int
    kind: AccountKind = "person"
    role: AccountRole = "member"
    scopes: tuple[str, ...] | None = None


class AccessToken(msgspec.Struct, frozen=True):
    """A token that was verified: who is asking, and until when (Unix seconds)."""

    principal: Principal
    expires_at: int


class UnknownKey(Unauthenticated):
    """The token was signed by a key that we do not have: forged, or newer than our keys."""


class TokenSigner:
    """Signs access tokens; only user_service has one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._jwk = jwk_of(key.public_key())

    @property
    def jwks(self) -> Jwks:
        return Jwks(keys=[self._jwk])

    def sign(self, principal: Principal, *, issued_at: int, expires_at: int) -> str:
        """Return a token for a person or a bot, or raise ValueError: the system needs none."""
        if principal.kind == "system":
            raise ValueError("the system signs in nowhere")
        claims = Claims(
            iss=PARTY,
            aud=PARTY,
            sub=principal.user_id,
            sid=principal.session_id,
            iat=issued_at,
            exp=expires_at,
            kind=principal.kind,
            role=principal.role,
            scopes=principal.scopes,
        )
        return JWS.encode(
            msgspec.json.encode(claims), self._key, ALGORITHM, headers={"typ": TYPE, "kid": self._jwk.kid}
        )


class KnownTokens:
    """Verifies by the keys it was given, and remembers what it verified until that expires; for any thread."""

    def __init__(self, *, facts: AccountFacts | None = None, clock: Callable[[], float] = time.time) -> None:
        self._facts = facts
        self._clock = clock
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._remembered: dict[bytes, AccessToken] = {}
        self._changing = threading.Lock()

    def load_keys(self, jwks: Jwks) -> None:
        """Trust these keys and no other from now on."""
        with self._changing:
            self._keys = public_keys(jwks)
            self._remembered = {}

    def verify(self, token: str) -> AccessToken:
        """Return what the token proves, with the role of now, or raise Unauthenticated, TokenExpired, UnknownKey.

        Raises Unavailable while the facts about accounts are not yet known.
        """
        fingerprint = hashlib.sha256(token.encode(errors="replace")).digest()
        known = self._remembered.get(fingerprint)
        if known is None:
            known = self._verify_signed(token)
            self._remember(fingerprint, known)
        if known.expires_at <= self._clock():
            raise TokenExpired
        return known if self._facts is None else self._as_it_is_now(known, self._facts)

    def _as_it_is_now(self, token: AccessToken, facts: AccountFacts) -> AccessToken:
        """Refuse a token whose session or account ended, and give any other the role that its account has by now."""
        if not facts.loaded:
            raise Unavailable(retry_after=1.0)
        principal = token.principal
        if facts.is_revoked(principal.session_id) or facts.is_deactivated(principal.user_id):
            raise Unauthenticated("This session has ended; sign in again.")
        now = facts.principal_now(principal)
        return token if now is principal else AccessToken(principal=now, expires_at=token.expires_at)

    def _verify_signed(self, token: str) -> AccessToken:
        if len(token) > TOKEN_CHARACTERS_AT_MOST:
            raise Unauthenticated
        try:
            header = JWS.get_unverified_header(token)
            payload = JWS.decode(token, self._key_for(header), algorithms=[ALGORITHM])
            claims = msgspec.json.decode(payload, type=Claims)
        except (PyJWTError, ValueError, RecursionError):
            raise Unauthenticated from None
        if not (is_uuid(claims.sub) and is_uuid(claims.sid)) or claims.iat > self._clock() + CLOCK_SKEW_SECONDS:
            raise Unauthenticated
        if claims.scopes is not None:
            # No view and no command asks for scopes yet, so a token that they limit would open everything.
            raise Unauthenticated
        principal = Principal(claims.sub, claims.kind, claims.role, claims.scopes, session_id=claims.sid)
        return AccessToken(principal=principal, expires_at=claims.exp)

    def _key_for(self, header: dict[str, object]) -> Ed25519PublicKey:
        """Pick one of our keys by the header, which may ask for nothing else: no key or address of its own."""
        kid = header.get("kid")
        if header != {"alg": ALGORITHM, "typ": TYPE, "kid": kid}:
            raise Unauthenticated
        if not isinstance(kid, str) or not THUMBPRINT.fullmatch(kid):
            raise Unauthenticated
        if kid not in self._keys:
            raise UnknownKey
        return self._keys[kid]

    def _remember(self, fingerprint: bytes, token: AccessToken) -> None:
        with self._changing:
            if len(self._remembered) >= REMEMBERED_TOKENS:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[fingerprint] = token


class KeyFetches:
    """Decides when an unknown key is worth a fetch, so that forged tokens cannot cause one each."""

    def __init__(self) -> None:
        self._last_at: float | None = None
        self._failed = False

    def begin(self) -> None:
        """Raise instead if the last one was a moment ago: then the key is unknown, or user_service cannot be asked."""
        now = time.monotonic()
        if self._last_at is not None and now - self._last_at < REFETCH_SECONDS:
            raise Unavailable(retry_after=REFETCH_SECONDS) if self._failed else Unauthenticated
        self._last_at = now
        self._failed = True

    def succeed(self) -> None:
        self._failed = False


class TokenVerifier:
    """Verifies in threads; `fetch_keys` asks user_service and raises a ChatFlowError if that fails."""

    def __init__(
        self,
        fetch_keys: Callable[[], Jwks],
        *,
        facts: AccountFacts | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch_keys = fetch_keys
        self._known = KnownTokens(facts=facts, clock=clock)
        self._fetches = KeyFetches()
        self._fetching = threading.Lock()

    def verify(self, token: str) -> AccessToken:
        try:
            return self._known.verify(token)
        except UnknownKey:
            with self._fetching:
                return self._verify_with_new_keys(token)

    def _verify_with_new_keys(self, token: str) -> AccessToken:
        try:
            # Whoever held the lock before may have fetched the key.
            return self._known.verify(token)
        except UnknownKey:
            self._fetches.begin()
            self._known.load_keys(self._fetch_keys())
            self._fetches.succeed()
            return self._known.verify(token)


class AsyncTokenVerifier:
    """Verifies on an event loop; `fetch_keys` asks user_service and raises a ChatFlowError if that fails."""

    def __init__(
        self,
        fetch_keys: Callable[[], Awaitable[Jwks]],
        *,
        facts: AccountFacts | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch_keys = fetch_keys
        self._known = KnownTokens(facts=facts, clock=clock)
        self._fetches = KeyFetches()
        self._fetching = asyncio.Lock()

    async def verify(self, token: str) -> AccessToken:
        try:
            return self._known.verify(token)
        except UnknownKey:
            # One fetch for all: who gives up meanwhile takes it from nobody else.
            await asyncio.shield(self._learn_keys(token))
        # Here, and not behind the shield: what was revoked before whoever waited goes on is not let in.
        return self._known.verify(token)

    async def _learn_keys(self, token: str) -> None:
        async with self._fetching:
            try:
                self._known.verify(token)
            except UnknownKey:
                self._fetches.begin()
                self._known.load_keys(await self._fetch_keys())
                self._fetches.succeed()
