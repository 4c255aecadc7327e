"""Moderators set webhooks up; secrets are shown once, inner addresses are refused, and a room has ten at most."""

import base64
import hashlib
import hmac

import pytest

from chatflow.ids import new_id
from notification_service.channels import trials
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.push_service import refusing, taken
from tests.notification_service.channels.webhook.conftest import Stage

WANTED = {"url": "https://sink.example.com/here", "events": ["message.created"]}


async def test_only_moderators_of_a_room_see_and_make_webhooks(stage: Stage) -> None:
    _, hook_id = await stage.add()
    member, moderator = new_id(), new_id()
    stage.logs.roles[moderator, stage.room_id] = "moderator"

    assert len((await stage.ask("GET", user_id=moderator))["items"]) == 1
    for method, rest, body in (
        ("GET", "", None),
        ("POST", "", WANTED),
        ("PATCH", f"/{hook_id}", {}),
        ("DELETE", f"/{hook_id}", None),
        ("POST", f"/{hook_id}/resume", {}),
        ("POST", f"/{hook_id}/secret", {}),
        ("POST", f"/{hook_id}/test", {}),
    ):
        refused = await stage.ask(method, rest, status=403, user_id=member, json=body)
        assert refused["error"]["code"] == "forbidden", (method, rest)


async def test_a_webhook_is_found_only_in_its_own_room(stage: Stage) -> None:
    _, hook_id = await stage.add()
    stage.room_id = new_id()
    stage.logs.open(stage.room_id, owner=stage.alice)

    for rest in (f"/{hook_id}/test", "/no-id/test", f"/{new_id()}/test"):
        await stage.ask("POST", rest, status=404)
    stage.room_id = "no-id"
    await stage.ask("GET", status=404)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://sink.example.com/", "invalid"),
        ("https://user:secret@sink.example.com/", "invalid"),
        ("https://127.0.0.1/", "forbidden"),
        ("https://[::1]/", "forbidden"),
        ("https://169.254.169.254/latest", "forbidden"),
        ("https://sink.example.com/\u202e", "invalid"),
    ],
)
async def test_an_address_that_leads_inside_is_refused_when_it_is_named(stage: Stage, url: str, code: str) -> None:
    _, hook_id = await stage.add()
    status = {"invalid": 400, "forbidden": 403}[code]

    made = await stage.ask("POST", status=status, json=WANTED | {"url": url})
    changed = await stage.ask("PATCH", f"/{hook_id}", status=status, json={"url": url})

    assert (made["error"]["code"], changed["error"]["code"]) == (code, code)
    assert (await stage.hook(hook_id))["url"] != url


async def test_a_name_that_leads_inside_is_not_dialled(stage: Stage) -> None:
    place, hook_id = await stage.add()
    # The operator allows the sink by its port; here there is none.
    await stage.ask("PATCH", f"/{hook_id}", json={"url": "https://localhost:1/"})

    stage.say("one")

    seen = await stage.see(hook_id, error="The address leads inside, where nothing is sent.")
    assert seen["failures"] > 0
    assert place.asked == 0


async def test_an_eleventh_is_refused(stage: Stage) -> None:
    made = [await stage.ask("POST", status=201, json=WANTED) for _ in range(10)]

    refused = await stage.ask("POST", status=409, json=WANTED)
    await stage.ask("DELETE", f"/{made[3]['id']}", status=204)
    await stage.ask("POST", status=201, json=WANTED)

    assert refused["error"]["code"] == "conflict"
    assert len((await stage.ask("GET"))["items"]) == 10


async def test_a_room_that_is_archived_gets_none(stage: Stage) -> None:
    stage.logs.archived.add(stage.room_id)

    assert (await stage.ask("POST", status=409, json=WANTED))["error"]["code"] == "archived"


@pytest.mark.parametrize("events", [[], ["message.nudged"], "message.created"])
async def test_events_that_there_are_not_are_refused(stage: Stage, events: object) -> None:
    assert (await stage.ask("POST", status=400, json=WANTED | {"events": events}))["error"]["code"] == "invalid"


async def test_the_secret_is_in_no_later_answer_and_in_no_log(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    place, hook_id = await stage.add()
    place.answer = refusing(410)
    stage.say("one")
    await stage.see(hook_id, state="paused")

    answers = [
        await stage.ask("GET"),
        await stage.ask("PATCH", f"/{hook_id}", json={"events": ["room.updated"]}),
        await stage.ask("POST", f"/{hook_id}/resume"),
        await stage.ask("POST", f"/{hook_id}/test"),
    ]

    logged = "".join(capfd.readouterr())
    said = f"{answers} {logged}"
    assert "a webhook is paused" in logged
    assert place.secret not in said
    assert place.secret.removeprefix("whsec_") not in said


async def test_a_new_secret_signs_beside_the_one_before_for_a_day(stage: Stage) -> None:
    place, hook_id = await stage.add()
    former = place.secret
    changed = await stage.ask("POST", f"/{hook_id}/secret")
    place.secret = changed["secret"]

    stage.say("one")
    await until(lambda: len(place.taken) == 1, within_seconds=WITHIN_SECONDS)

    [sent] = place.sent
    assert changed["secret"] != former
    assert len(sent.headers["webhook-signature"].split(" ")) == 2
    signed = f"{sent.id}.{sent.headers['webhook-timestamp']}.".encode()
    assert signed_by(former, signed + place.bodies[0]) in sent.headers["webhook-signature"].split(" ")


def signed_by(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


async def test_another_address_gets_what_the_former_did_not_take(stage: Stage) -> None:
    place, hook_id = await stage.add()
    other, other_id = await stage.add()
    await stage.ask("DELETE", f"/{other_id}", status=204)
    other.secret = place.secret
    place.answer = refusing(500)
    stage.say("one", "two")
    await until(lambda: place.asked > 0, within_seconds=WITHIN_SECONDS)

    changed = await stage.ask("PATCH", f"/{hook_id}", json={"url": other.url})

    await until(lambda: len(other.taken) == 2, within_seconds=WITHIN_SECONDS)
    assert other.texts == ["one", "two"]
    assert (changed["url"], changed["failures"]) == (other.url, 0)


async def test_whoever_changes_a_webhook_is_the_one_whom_it_acts_as(stage: Stage) -> None:
    _, hook_id = await stage.add()
    bob = new_id()
    stage.logs.roles[bob, stage.room_id] = "moderator"

    changed = await stage.ask("PATCH", f"/{hook_id}", user_id=bob, json={"events": ["room.updated"]})

    assert (changed["by"], changed["events"]) == (bob, ["room.updated"])


async def test_nothing_is_sent_once_it_is_removed(stage: Stage) -> None:
    place, hook_id = await stage.add()
    other, _ = await stage.add()
    await stage.ask("DELETE", f"/{hook_id}", status=204)

    stage.say("one", "two")

    await until(lambda: len(other.taken) == 2, within_seconds=WITHIN_SECONDS)
    assert place.asked == 0


async def test_a_trial_tells_whether_it_was_taken(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "BETWEEN_SECONDS", 0.0)
    place, hook_id = await stage.add()

    assert await stage.ask("POST", f"/{hook_id}/test") == {"delivered": True, "error": ""}
    place.answer = refusing(500)
    assert await stage.ask("POST", f"/{hook_id}/test") == {"delivered": False, "error": "HTTP 500"}

    assert [sent.event["type"] for sent in place.sent] == ["webhook.test"] * 2
    assert len({sent.id for sent in place.sent}) == 2
    assert (await stage.hook(hook_id))["failures"] == 0


async def test_trials_come_one_after_the_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "BETWEEN_SECONDS", 3600.0)
    place, hook_id = await stage.add()
    place.answer = taken

    await stage.ask("POST", f"/{hook_id}/test")
    refused = await stage.ask("POST", f"/{hook_id}/test", status=429)

    assert refused["error"]["code"] == "rate_limited"
    assert place.asked == 1
