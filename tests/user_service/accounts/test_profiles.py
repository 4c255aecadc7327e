"""A status with emoji, text and an end, a title, and what only oneself is shown: locale and time zone."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.user_service.running import UNSAID, Person, UserService


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture(scope="module")
def asker(service: UserService) -> Person:
    return service.sign_up()


def test_a_status_has_an_emoji_a_text_and_an_end(service: UserService) -> None:
    alice, bob = service.sign_up(), service.sign_up()
    until = in_seconds(3600)

    def change(status: Any) -> Any:
        service.ask("PATCH", "/api/users/me", {"status": status}, token=alice.access)
        return service.get(f"/api/users/{alice.id}", token=bob.access).body["status"]

    assert change({"emoji": "🌴", "text": " away ", "until": until}) == {"emoji": "🌴", "text": "away", "until": until}
    assert change({"emoji": "🌴"}) == {"emoji": "🌴"}
    assert change({"text": "here", "emoji": None, "until": None}) == {"text": "here"}
    assert change({"emoji": "", "text": " "}) is None
    change({"text": "here"})
    assert change(None) is None


def test_a_status_past_its_end_is_shown_to_nobody(service: UserService) -> None:
    alice, bob = service.sign_up(), service.sign_up()
    until = in_seconds(1)
    ask = {"ids": [alice.id], "with_status": True}
    service.ask("PATCH", "/api/users/me", {"status": {"text": "soon over", "until": until}}, token=alice.access)
    assert service.ask_internally("POST", "/internal/users", ask).body["users"][0]["status"]["text"] == "soon over"

    deadline = time.monotonic() + 10
    while service.get(f"/api/users/{alice.id}", token=bob.access).body["status"] is not None:
        assert time.monotonic() < deadline
    assert in_seconds(0) >= until
    assert service.get("/api/users/me", token=alice.access).body["status"] is None
    assert service.ask_internally("POST", "/internal/users", ask).body["users"][0]["status"] is None
    facts = service.ask_internally("GET", "/internal/facts?after=0&kinds=profile").body["facts"]
    assert [fact["user"]["status"] for fact in facts if fact["user"]["id"] == alice.id] == [None]


def test_a_gateway_of_the_version_before_gets_no_status_that_it_cannot_read(service: UserService) -> None:
    alice = service.sign_up()
    service.ask("PATCH", "/api/users/me", {"status": {"text": "here"}}, token=alice.access)

    [user] = service.ask_internally("POST", "/internal/users", {"ids": [alice.id]}).body["users"]

    assert user["status"] is None


def test_any_one_emoji_is_a_status(service: UserService, asker: Person) -> None:
    # A heart as a picture, a family, a skin, a flag, England's, a key, one by name, and one that came after Unicode 15.
    for emoji in ("❤️", "👩‍👩‍👧", "👍🏽", "👩🏽‍🚀", "🇰🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "☕", ":palm_tree:", "\U0001fae9"):
        changed = service.ask("PATCH", "/api/users/me", {"status": {"emoji": emoji}}, token=asker.access).body
        assert changed["status"] == {"emoji": emoji}


def test_a_title_is_for_everybody_and_locale_and_time_zone_for_oneself(service: UserService) -> None:
    alice, bob = service.sign_up(), service.sign_up()
    changes = {"title": "Harbour master", "locale": "ko-KR", "time_zone": "Asia/Seoul"}

    changed = service.ask("PATCH", "/api/users/me", changes, token=alice.access).body

    assert changed == {**alice.user, **UNSAID, **changes} == service.get("/api/users/me", token=alice.access).body
    shown = service.get(f"/api/users/{alice.id}", token=bob.access).body
    assert shown == {**alice.user, "title": "Harbour master"}
    emptied = service.ask("PATCH", "/api/users/me", dict.fromkeys(changes, ""), token=alice.access).body
    assert emptied == {**alice.user, **UNSAID}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": {"text": "x" * 141}}, "status.text"),
        ({"status": {"text": "a\u202eb"}}, "status.text"),
        ({"status": {"emoji": "two words"}}, "status.emoji"),
        ({"status": {"emoji": "x" * 65}}, "status.emoji"),
        ({"status": {"emoji": "away"}}, "status.emoji"),
        ({"status": {"emoji": "🌴🌴"}}, "status.emoji"),
        ({"status": {"emoji": "🌴" + "\u200d🌴" * 40}}, "status.emoji"),
        ({"status": {"emoji": "가"}}, "status.emoji"),
        ({"status": {"emoji": "1"}}, "status.emoji"),
        ({"status": {"text": "over", "until": "2020-01-01T00:00:00Z"}}, "status.until"),
        ({"status": {"text": "when", "until": "soon"}}, "until"),
        ({"status": {"text": 5}}, "text"),
        ({"status": 5}, "status"),
        ({"title": "x" * 81}, "title"),
        ({"title": "a\u0000b"}, "title"),
        ({"locale": "../../etc"}, "locale"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "Nowhere/Atlantis"}, "time_zone"),
    ],
)
def test_what_is_not_acceptable_is_refused(
    service: UserService, asker: Person, changes: dict[str, Any], field: str
) -> None:
    answer = service.ask("PATCH", "/api/users/me", changes, token=asker.access)

    assert answer.code == "invalid"
    assert answer.body["error"]["message"].startswith(field)
