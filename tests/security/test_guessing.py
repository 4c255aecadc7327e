"""Guessing passwords through the public port: it ends soon, and costs nobody but the one who guesses."""

from collections.abc import Iterator

import pytest

from tests.journeys.scales import Scale
from tests.journeys.system import System, open_system
from tests.security.stranger import Answer, Stranger

TRIES = 3
PASSWORD = "correct horse battery"
WRONG = "certainly not this one 7"


@pytest.fixture(scope="module")
def system(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """An installation behind one proxy, which we are ourselves."""
    settings = {
        **scale.settings,
        "CHATFLOW_TRUSTED_PROXIES": "1",
        "CHATFLOW_TRIES_PER_ACCOUNT": str(TRIES),
    }
    with open_system(tmp_path_factory.mktemp("guessing"), settings=settings) as system:
        yield system


async def log_in(stranger: Stranger, login: str, *, password: str, address: str) -> Answer:
    body = f'{{"login": "{login}", "password": "{password}"}}'.encode()
    return await stranger.ask(
        "/api/auth/login", method="POST", body=body, Content_Type="application/json", X_Forwarded_For=address
    )


async def test_guessing_ends_for_the_address_that_guesses_whatever_else_it_claims(
    stranger: Stranger,
) -> None:
    body = f'{{"username": "alice", "password": "{PASSWORD}"}}'.encode()
    await stranger.ask("/api/users", method="POST", body=body, Content_Type="application/json")
    # What stands to the left of the proxy's own word, the client has made up.
    claimed = [f"10.0.0.{number}, 203.0.113.9" for number in range(TRIES + 1)]
    answers = [await log_in(stranger, "alice", password=WRONG, address=address) for address in claimed]
    assert [answer.status for answer in answers] == [401] * TRIES + [429]
    assert answers[-1].is_error_object
    assert "retry-after: " in answers[-1].head.lower()

    assert (await log_in(stranger, "alice", password=PASSWORD, address="203.0.113.9")).status == 429
    assert (await log_in(stranger, "alice", password=PASSWORD, address="198.51.100.9")).status == 200
