"""Only who signed in is let in, for as long as that session lives, and nobody learns who else has an account."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.actors import Actor, Refused
from tests.actors.actor import PASSWORD
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.system import System
from tests.security.stranger import RawSocket, Stranger

REVOKED_WITHIN_SECONDS = 2.0


class Forger:
    """Makes tokens like a real one but for what a test changes; it holds the real key, to go beyond any stranger."""

    def __init__(self, token: str, key_file: Path) -> None:
        self.header, self.claims = (json.loads(unbase64(part)) for part in token.split(".")[:2])
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        self.key = key
        self.public_key = key.public_key().public_bytes_raw()

    def forge(
        self, *, sign: Callable[[bytes], bytes] | None = None, claims: Json | None = None, **header: object
    ) -> str:
        """Return a token of the true key, or of another signature; a field that is None is left out."""
        changed = [{**self.header, **header}, {**self.claims, **(claims or {})}]
        signed = b".".join(base64url({k: v for k, v in part.items() if v is not None}) for part in changed)
        return f"{signed.decode()}.{base64url((sign or self.key.sign)(signed)).decode()}"


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(value: Json | bytes) -> bytes:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


async def refused_code(actor: Actor, method: str, path: str, body: Json | None = None) -> str:
    with pytest.raises(Refused) as refused:
        await actor.rest.call(method, path, body=body)
    return refused.value.code


async def test_no_forged_token_is_taken_anywhere(invite: Invite, system: System, stranger: Stranger) -> None:
    alice = await invite("alice")
    forger = Forger(await alice.access_token(), system.data / "secrets" / "token.pem")
    assert (await stranger.ask("/api/rooms", Authorization=f"Bearer {forger.forge()}")).status == 200
    now, other = int(time.time()), Ed25519PrivateKey.generate()
    forged = [
        forger.forge(sign=lambda _: b"", alg="none"),
        forger.forge(sign=lambda _: b"", alg="None"),
        forger.forge(sign=lambda _: b""),
        forger.forge(sign=lambda text: hmac.digest(forger.public_key, text, hashlib.sha256), alg="HS256"),
        forger.forge(sign=other.sign),
        forger.forge(sign=other.sign, jwk={"kty": "OKP"}),
        forger.forge(kid="../../../../dev/null"),
        forger.forge(kid="http://127.0.0.1:9/jwks.json"),
        forger.forge(kid=None),
        forger.forge(kid=["x"]),
        forger.forge(jku="http://127.0.0.1:9/jwks.json"),
        forger.forge(typ="JWT"),
        forger.forge(typ=None),
        forger.forge(crit=["exp"]),
        forger.forge(claims={"aud": "other"}),
        forger.forge(claims={"aud": ["chatflow", "other"]}),
        forger.forge(claims={"iss": "other"}),
        forger.forge(claims={"exp": None}),
        forger.forge(claims={"exp": now - 1}),
        forger.forge(claims={"exp": 1e300}),
        forger.forge(claims={"iat": now + 3600, "exp": now + 7200}),
        forger.forge(claims={"sub": "admin"}),
        forger.forge(claims={"sub": None}),
        forger.forge(claims={"sid": None}),
        forger.forge().rpartition(".")[0],
        f"{forger.forge()}.x",
        "x" * 5000,
    ]
    for token in forged:
        for path in ("/api/rooms", "/api/users/me", "/api/notifications"):
            answer = await stranger.ask(path, Authorization=f"Bearer {token}")
            assert (answer.status, answer.is_error_object) == (401, True), (path, token)
        async with RawSocket(system.url) as socket:
            assert (await socket.sign_in(token)).startswith("44"), token


@pytest.mark.parametrize("way", ["?token={}", "?access_token={}", "?authorization=Bearer%20{}"])
async def test_a_token_in_an_address_counts_for_nothing(invite: Invite, stranger: Stranger, way: str) -> None:
    token = await (await invite("alice")).access_token()
    assert (await stranger.ask(f"/api/rooms{way.format(token)}")).status == 401


async def test_a_refresh_token_that_comes_back_ends_the_session_everywhere(invite: Invite) -> None:
    alice = await invite("alice")
    phone = await alice.connect()
    tokens = [alice._refresh]
    for _ in range(2):
        await alice.refresh()
        tokens.append(alice._refresh)
    begun = time.monotonic()
    assert await refused_code(alice, "POST", "/api/auth/refresh", {"refresh": tokens[0]}) == "unauthenticated"
    await phone.is_told("session:ending", reason="revoked", within_seconds=REVOKED_WITHIN_SECONDS)
    assert await refused_code(alice, "POST", "/api/auth/refresh", {"refresh": tokens[-1]}) == "unauthenticated"
    async with asyncio.timeout(REVOKED_WITHIN_SECONDS - (time.monotonic() - begun)):
        for path in ("/api/users/me", "/api/rooms", "/api/notifications"):
            while await status_of(alice, path) != 401:
                pass


async def status_of(actor: Actor, path: str) -> int:
    return (await Stranger(actor.url).ask(path, Authorization=f"Bearer {actor.rest.token}")).status


async def test_refreshing_ten_times_at_once_keeps_a_person_signed_in(invite: Invite) -> None:
    alice = await invite("alice")
    body = {"refresh": alice._refresh}
    answered = await asyncio.gather(*(alice.rest.post("/api/auth/refresh", body) for _ in range(10)))
    assert len({answer["refresh"] for answer in answered}) == 1
    await alice.rest.get("/api/users/me")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_signing_out_everywhere_reaches_living_sockets(invite: Invite, transport: str) -> None:
    alice = await invite("alice")
    phone = await alice.connect(transport=transport)  # type: ignore[arg-type]
    await alice.rest.post("/api/auth/logout-all", {})
    await phone.is_told("session:ending", reason="revoked", within_seconds=REVOKED_WITHIN_SECONDS)
    await phone.until(lambda: not phone.connection.is_open, what="the end", within_seconds=REVOKED_WITHIN_SECONDS)


async def test_a_living_socket_takes_no_other_persons_token(invite: Invite, system: System) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    async with RawSocket(system.url) as socket:
        await socket.sign_in(await mallory.access_token())
        answer = await socket.ask("auth:refresh", {"token": await alice.access_token()})
        assert answer["error"]["code"] == "forbidden"
        assert (await socket.ask("auth:refresh", {"token": "nonsense"}))["error"]["code"] == "unauthenticated"


async def test_signing_in_does_not_tell_who_has_an_account(invite: Invite) -> None:
    alice = await invite("alice")
    await alice.rest.call("PATCH", "/api/users/me", body={})
    answered = []
    for login in (alice.username, f"nobody-{uuid4()}"):
        begun = time.monotonic()
        with pytest.raises(Refused) as refused:
            await alice.rest.post("/api/auth/login", {"login": login, "password": "certainly not this one 7"})
        answered.append((refused.value.error, time.monotonic() - begun))
    (known, known_seconds), (unknown, unknown_seconds) = answered
    assert known == unknown
    # A password is hashed for nobody, too: without that it would take a tenth.
    assert unknown_seconds > known_seconds / 4


async def test_a_mail_address_is_told_to_nobody_else(invite: Invite, url: str) -> None:
    mallory = await invite("mallory")
    address = f"{uuid4().hex}@example.org"
    async with Actor(url, "alice") as alice:
        body = {"username": alice.username, "password": PASSWORD, "email": address}
        user_id = (await alice.rest.post("/api/users", body))["user"]["id"]
    for path in (f"/api/users/{user_id}", f"/api/users?ids={user_id}", f"/api/users?q={alice.username}"):
        assert address not in str(await mallory.rest.get(path))
    assert (await mallory.rest.get(f"/api/users?q={address}"))["items"] == []


async def test_another_persons_session_is_neither_seen_nor_ended(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    session_id = (await alice.connect()).ready["session_id"]
    unknown = await refusal_of_delete(mallory, f"/api/auth/sessions/{uuid4()}")
    assert await refusal_of_delete(mallory, f"/api/auth/sessions/{session_id}") == unknown
    assert session_id not in str(await mallory.rest.get("/api/auth/sessions"))
    await alice.rest.get("/api/users/me")


async def refusal_of_delete(actor: Actor, path: str) -> Json:
    with pytest.raises(Refused) as refused:
        await actor.rest.call("DELETE", path)
    return refused.value.error


async def test_the_cookie_is_of_use_to_no_other_page(invite: Invite, url: str) -> None:
    alice = await invite("alice")
    login = {"login": alice.username, "password": PASSWORD, "cookie": True}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        ours = {"Origin": url, "X-ChatFlow": "1"}
        async with browser.post(f"{url}/api/auth/login", json=login, headers=ours) as response:
            assert response.status == 200
            assert "refresh" not in {name for name, value in (await response.json()).items() if value}
            cookies = [value.lower() for value in response.headers.getall("Set-Cookie")]
            assert cookies
            assert all("httponly" in cookie and "samesite=strict" in cookie for cookie in cookies)
        for headers in ({}, {"Origin": "http://evil.example", "X-ChatFlow": "1"}, {"Origin": url}):
            async with browser.post(f"{url}/api/auth/refresh", json={}, headers=headers) as response:
                assert response.status in (400, 401, 403), headers
        async with browser.post(f"{url}/api/auth/refresh", json={}, headers=ours) as response:
            assert response.status == 200
