"""What a refresh token that comes back means, by when it does."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chatflow.errors import Unauthenticated
from user_service.sessions.refresh_tokens import RefreshToken, RefreshTokens, Use, judge_use

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def token() -> RefreshToken:
    return RefreshToken(session_id=uuid.uuid4(), secret=secrets.token_bytes(32))


@pytest.mark.parametrize(
    ("presented", "seconds_after", "use"),
    [
        (b"current", 0, Use.FIRST),
        (b"current", 10**6, Use.FIRST),
        (b"previous", 0, Use.REPEATED),
        (b"previous", 60, Use.REPEATED),
        (b"previous", 60.001, Use.STOLEN),
        (b"older", 0, Use.STOLEN),
    ],
)
def test_a_token_is_judged_by_its_place_and_time(presented: bytes, seconds_after: float, use: Use) -> None:
    judged = judge_use(
        presented, current=b"current", previous=b"previous", rotated_at=NOW, now=NOW + timedelta(seconds=seconds_after)
    )

    assert judged is use


def test_a_first_token_has_no_previous_one() -> None:
    assert judge_use(b"x", current=b"current", previous=None, rotated_at=NOW, now=NOW) is Use.STOLEN


def test_what_was_written_is_read_again(token: RefreshToken) -> None:
    tokens = RefreshTokens(b"key")

    assert tokens.read(tokens.write(token)) == token


def test_a_successor_is_derived_and_cannot_be_without_the_key(token: RefreshToken) -> None:
    successor = RefreshTokens(b"key").successor(token)

    assert successor == RefreshTokens(b"key").successor(token)
    assert successor.session_id == token.session_id
    assert RefreshTokens(b"another key").successor(token) != successor


def test_no_character_of_a_token_can_be_changed(token: RefreshToken) -> None:
    tokens = RefreshTokens(b"key")
    text = tokens.write(token)

    for place in range(len("cfr_"), len(text) - 1):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(Unauthenticated):
            tokens.read(changed)
