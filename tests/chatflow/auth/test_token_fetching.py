"""The keys that tokens are verified with are fetched when they are needed, once, and again when they change."""

import asyncio
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth import tokens
from chatflow.auth.account_facts.pages import FactPage, SessionRevoked
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.keys import Jwks
from chatflow.auth.tokens import AsyncTokenVerifier, TokenSigner, TokenVerifier
from chatflow.errors import Unauthenticated, Unavailable
from tests.chatflow.signing import ALICE, NOW, SESSION, Clock, sign


class UserService:
    """The key endpoint of a user_service: counts who asks, and can be down."""

    def __init__(self, jwks: Jwks) -> None:
        self.jwks = jwks
        self.asked = 0
        self.down = False

    def keys(self) -> Jwks:
        self.asked += 1
        # What an unreachable service looks like to a verifier.
        return self.jwks if not self.down else refuse()

    async def keys_soon(self) -> Jwks:
        await asyncio.sleep(0)
        return self.keys()


def refuse() -> Jwks:
    raise Unavailable


@pytest.fixture
def signer() -> TokenSigner:
    return TokenSigner(Ed25519PrivateKey.generate())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_keys_are_fetched_when_the_first_token_comes(signer: TokenSigner, clock: Clock) -> None:
    service = UserService(signer.jwks)
    verifier = TokenVerifier(service.keys, clock=clock)

    assert verifier.verify(sign(signer)) == verifier.verify(sign(signer))
    assert service.asked == 1


def test_a_storm_of_unknown_keys_asks_user_service_once(signer: TokenSigner, clock: Clock) -> None:
    service = UserService(signer.jwks)
    verifier = TokenVerifier(service.keys, clock=clock)

    for _ in range(20):
        with pytest.raises(Unauthenticated):
            verifier.verify(sign(TokenSigner(Ed25519PrivateKey.generate())))

    assert service.asked == 1


def test_a_new_key_is_learnt_once_the_pause_is_over(
    signer: TokenSigner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = UserService(signer.jwks)
    verifier = TokenVerifier(service.keys, clock=clock)
    verifier.verify(sign(signer))
    newer = TokenSigner(Ed25519PrivateKey.generate())
    service.jwks = newer.jwks
    monkeypatch.setattr(tokens, "REFETCH_SECONDS", 0.0)

    assert verifier.verify(sign(newer)).principal.user_id == ALICE
    with pytest.raises(Unauthenticated):
        verifier.verify(sign(signer))


def test_without_user_service_a_new_token_is_not_refused_but_unavailable(signer: TokenSigner, clock: Clock) -> None:
    service = UserService(signer.jwks)
    service.down = True
    verifier = TokenVerifier(service.keys, clock=clock)

    for _ in range(5):
        with pytest.raises(Unavailable):
            verifier.verify(sign(signer))

    assert service.asked == 1


async def test_on_a_loop_many_first_tokens_share_one_fetch(signer: TokenSigner, clock: Clock) -> None:
    service = UserService(signer.jwks)
    verifier = AsyncTokenVerifier(service.keys_soon, clock=clock)

    verified = await asyncio.gather(
        *(verifier.verify(sign(signer, expires_at=NOW + 100 + seconds)) for seconds in range(20))
    )

    assert {token.principal.user_id for token in verified} == {ALICE}
    assert service.asked == 1


async def test_who_gives_up_while_keys_are_fetched_takes_them_from_nobody(signer: TokenSigner, clock: Clock) -> None:
    service = UserService(signer.jwks)
    verifier = AsyncTokenVerifier(service.keys_soon, clock=clock)
    impatient, patient = [asyncio.create_task(verifier.verify(sign(signer))) for _ in range(2)]
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).principal.user_id == ALICE
    assert service.asked == 1


async def test_what_is_revoked_before_whoever_waited_for_keys_goes_on_is_refused(
    signer: TokenSigner, clock: Clock
) -> None:
    facts = AccountFacts("session", clock=clock)
    facts.absorb(FactPage(1, []))
    page = FactPage(2, [SessionRevoked(SESSION, datetime(2099, 1, 1, tzinfo=UTC))])

    async def keys_at_once() -> Jwks:
        # The keys are there, and taken in, before this; who waits for them goes on after it.
        asyncio.get_running_loop().call_soon(facts.absorb, page)
        return signer.jwks

    verifier = AsyncTokenVerifier(keys_at_once, facts=facts, clock=clock)
    with pytest.raises(Unauthenticated):
        await verifier.verify(sign(signer))
