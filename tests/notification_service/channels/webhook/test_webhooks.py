"""A webhook is sent each event of its room once and in order, whatever its address does meanwhile."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from notification_service.channels.webhook import sender
from notification_service.deciding import hooks
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.push_service import Answer, dying, hanging, refusing, taken
from tests.notification_service.channels.webhook.conftest import Stage
from tests.notification_service.channels.webhook.sink import Place
from tests.notification_service.conftest import Sockets
from tests.notification_service.room_logs import AT


async def took(place: Place, *texts: str) -> None:
    """Wait until the place took these messages, and see that it took them once and in this order."""
    await until(lambda: len(place.taken) >= len(texts), within_seconds=WITHIN_SECONDS)
    assert place.texts == list(texts)


def failing_at_first(*answers: Answer) -> Answer:
    """Answer like each of these once, and then take what comes."""
    left = list(answers)

    async def answer(request: web.Request) -> web.Response:
        return await (left.pop(0) if left else taken)(request)

    return answer


async def test_what_happens_from_then_on_is_sent_in_order_as_members_are_told_it(stage: Stage) -> None:
    stage.say("before")
    place, hook_id = await stage.add()

    said = stage.say("one", "two", "three")

    await took(place, "one", "two", "three")
    assert [sent.event for sent in place.sent] == said
    assert len({sent.id for sent in place.sent}) == 3
    seen = await stage.see(hook_id, delivered_seq=4)
    assert seen | {"created_at": "", "delivered_at": ""} == {
        "id": hook_id,
        "url": place.url,
        "events": ["message.created"],
        "by": stage.alice,
        "created_at": "",
        "state": "active",
        "reason": None,
        "delivered_seq": 4,
        "delivered_at": "",
        "failures": 0,
        "error": "",
        "next_at": None,
    }


async def test_more_than_a_page_is_sent_in_order(stage: Stage) -> None:
    place, _ = await stage.add()
    texts = [f"message {number}" for number in range(75)]

    stage.say(*texts)

    await took(place, *texts)


async def test_only_what_it_wants_is_sent_and_the_rest_is_passed(stage: Stage) -> None:
    place, hook_id = await stage.add("member.joined", "message.created")

    stage.say("one")
    stage.logs.add(stage.room_id, "member.left", user_id="bob")
    stage.logs.add(stage.room_id, "member.joined", user_id="bob", role="member")
    stage.logs.add(stage.room_id, "member.left", user_id="bob")

    await stage.see(hook_id, delivered_seq=4)
    assert [sent.event["type"] for sent in place.taken] == ["message.created", "member.joined"]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
async def test_what_is_not_taken_is_sent_again_before_anything_later_under_the_same_id(
    stage: Stage, status: int
) -> None:
    place, hook_id = await stage.add()
    place.answer = failing_at_first(*[refusing(status)] * 2)

    stage.say("one", "two")

    await took(place, "one", "two")
    assert [sent.status for sent in place.sent] == [status, status, 201, 201]
    assert len({sent.id for sent in place.sent[:3]}) == 1
    await stage.see(hook_id, delivered_seq=2, failures=0, error="")


async def test_an_address_that_dies_or_hangs_gets_it_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "TIMEOUT_SECONDS", 0.5)
    place, _ = await stage.add()
    place.answer = failing_at_first(dying, hanging)

    stage.say("one", "two")

    await took(place, "one", "two")
    assert place.asked >= 4


async def test_no_redirect_is_followed(stage: Stage) -> None:
    place, _ = await stage.add()
    elsewhere, elsewhere_id = await stage.add()
    await stage.ask("DELETE", f"/{elsewhere_id}", status=204)
    place.answer = failing_at_first(refusing(307, Location=elsewhere.url))

    stage.say("one")

    await took(place, "one")
    assert elsewhere.asked == 0


async def test_one_that_hangs_keeps_no_other_waiting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # It is given up only after all of this.
    monkeypatch.setattr(sender, "TIMEOUT_SECONDS", 10 * WITHIN_SECONDS)
    slow, slow_id = await stage.add()
    fast, _ = await stage.add()
    slow.answer = hanging

    stage.say("one", "two")

    await took(fast, "one", "two")
    assert slow.asked == 1
    assert (await stage.hook(slow_id))["delivered_seq"] == 0


async def test_who_asks_for_time_is_given_it(stage: Stage) -> None:
    place, hook_id = await stage.add()
    other, _ = await stage.add()
    place.answer = refusing(429, Retry_After="3600")

    stage.say("one", "two")

    await took(other, "one", "two")
    seen = await stage.see(hook_id, failures=1, error="HTTP 429", state="active")
    waits = datetime.fromisoformat(seen["next_at"]) - datetime.fromisoformat(seen["created_at"])
    assert waits >= timedelta(hours=1)
    assert place.asked == 1


async def test_after_that_time_it_is_sent(stage: Stage) -> None:
    place, _ = await stage.add()
    place.answer = failing_at_first(refusing(429, Retry_After="1"))

    stage.say("one")

    await took(place, "one")


async def test_an_address_that_is_gone_is_asked_once_and_its_owner_is_told(stage: Stage, sockets: Sockets) -> None:
    place, hook_id = await stage.add()
    place.answer = refusing(410)

    stage.say("one", "two")

    await stage.see(hook_id, state="paused", reason="gone", error="HTTP 410", delivered_seq=0)
    assert place.asked == 1
    _, inbox = await stage.service.ask("GET", "/api/notifications", user_id=stage.alice)
    [notice] = inbox["items"]
    assert (notice["kind"], notice["room_id"], notice["seq"]) == ("webhook", stage.room_id, 1)
    await until(lambda: sockets.ids() == [notice["id"]], within_seconds=WITHIN_SECONDS)
    [told] = sockets.told
    assert (told.user_id, told.payload["kind"]) == (stage.alice, "webhook")


async def test_what_failed_for_too_long_pauses_and_goes_on_where_it_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "DAY_SECONDS", 0.5)
    place, hook_id = await stage.add()
    place.answer = refusing(500)

    stage.say("one", "two")
    await stage.see(hook_id, state="paused", reason="failing", error="HTTP 500")
    place.answer = taken
    assert place.taken == []
    await stage.ask("POST", f"/{hook_id}/resume")

    await took(place, "one", "two")
    await stage.see(hook_id, state="active", reason=None, error="")


async def test_what_was_missed_can_be_left_out(stage: Stage) -> None:
    place, hook_id = await stage.add()
    place.answer = refusing(410)
    stage.say("one", "two")
    await stage.see(hook_id, state="paused")
    place.answer = taken

    await stage.ask("POST", f"/{hook_id}/resume", json={"skip": True})
    stage.say("three")

    await took(place, "three")


async def left(stage: Stage) -> None:
    stage.logs.leave(stage.alice, stage.room_id)


async def lost_the_right(stage: Stage) -> None:
    stage.logs.roles[stage.alice, stage.room_id] = "member"


@pytest.mark.parametrize(("happens", "reason"), [(left, "left"), (lost_the_right, "role")])
async def test_who_may_not_any_more_sends_nothing_more(stage: Stage, happens: Any, reason: str) -> None:
    bob = "1" * 8 + "-1111-1111-1111-" + "1" * 12
    stage.logs.roles[bob, stage.room_id] = "moderator"
    place, hook_id = await stage.add()
    stage.say("one")
    await took(place, "one")

    await happens(stage)
    stage.say("two")

    deadline = asyncio.get_running_loop().time() + WITHIN_SECONDS
    while (seen := (await stage.ask("GET", user_id=bob))["items"][0])["state"] != "paused":
        assert asyncio.get_running_loop().time() < deadline, seen
    assert (seen["reason"], seen["id"], seen["delivered_seq"]) == (reason, hook_id, 1)
    assert place.texts == ["one"]

    # Whoever resumes it is the one whom it acts as.
    resumed = await stage.ask("POST", f"/{hook_id}/resume", user_id=bob)
    assert resumed["by"] == bob
    await took(place, "one", "two")


async def test_the_last_that_is_told_of_a_room_is_that_it_is_archived(stage: Stage) -> None:
    place, hook_id = await stage.add("message.created", "room.updated")
    place.answer = failing_at_first(refusing(500))

    stage.say("one")
    stage.logs.add(stage.room_id, "room.updated", changes={"archived": True})
    stage.logs.archived.add(stage.room_id)

    await stage.see(hook_id, state="paused", reason="archived", delivered_seq=2)
    assert [sent.event["type"] for sent in place.taken] == ["message.created", "room.updated"]
    refused = await stage.ask("POST", f"/{hook_id}/resume", status=409)
    assert refused["error"]["code"] == "archived"


async def test_nothing_is_sent_that_whoever_made_it_may_not_read(stage: Stage) -> None:
    stage.say("older", "newer")
    stage.logs.joined_seqs[stage.alice, stage.room_id] = 2
    place, hook_id = await stage.add("message.edited")
    for seq in (1, 2):
        target: dict[str, Any] = {"seq": seq, "n": seq, "sender": "alice", "mentions": {}}
        stage.logs.add(
            stage.room_id, "message.edited", id="m", target=target, text="secret?", mentions={}, edited_at=AT
        )

    await stage.see(hook_id, delivered_seq=4)

    assert [sent.event["text"] for sent in place.taken] == [None, "secret?"]


async def test_what_was_before_somebody_came_is_not_sent_for_them(stage: Stage) -> None:
    place, hook_id = await stage.add()
    place.answer = refusing(410)
    stage.say("one", "two")
    await stage.see(hook_id, state="paused")
    place.answer = taken
    # They left, and came again with the third event, to a room that hides what was before.
    stage.logs.joined_seqs[stage.alice, stage.room_id] = 3

    await stage.ask("POST", f"/{hook_id}/resume")
    stage.say("three")

    await took(place, "three")


async def test_after_a_log_was_brought_back_from_a_backup_it_goes_on_at_its_end(stage: Stage) -> None:
    place, hook_id = await stage.add()
    stage.say("one", "two", "three")
    await took(place, "one", "two", "three")
    await stage.see(hook_id, delivered_seq=3)

    stage.logs.truncate(stage.room_id, head=1)
    await stage.see(hook_id, delivered_seq=1)
    stage.say("another")

    await took(place, "one", "two", "three", "another")


async def test_an_outage_of_the_log_is_no_failure_of_the_address(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    place, hook_id = await stage.add()
    stage.say("one")
    await took(place, "one")

    stage.logs.is_away = True
    stage.say("two")
    asked = stage.logs.refused
    await until(lambda: stage.logs.refused > asked, within_seconds=WITHIN_SECONDS)
    stage.logs.is_away = False

    await took(place, "one", "two")
    assert (await stage.see(hook_id, delivered_seq=2))["failures"] == 0
