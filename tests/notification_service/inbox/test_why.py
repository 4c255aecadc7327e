"""Why one was told of a message, or was not, is answered to whoever may read it, and about nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chatflow.ids import new_id
from chatflow.wire.outbox import AlertDetails, Job, Recipient
from tests.chatflow.conditions import until
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import Service
from tests.notification_service.user_service_edge import UserServiceEdge

ALICE, BOB, CAROL, ROOM = new_id(), new_id(), new_id(), new_id()
Why = dict[str, Any]


class Talk:
    """A room in which alice writes, one message after the other."""

    def __init__(self, service: Service, edge: MessageServiceEdge) -> None:
        self._service = service
        self._edge = edge
        self._seq = 0

    def write(self, *recipients: Recipient, text: str = "hi", at: datetime | None = None) -> str:
        """Let a message be in the log, with what is owed for it, and return its id."""
        self._seq += 1
        message_id = new_id()
        written = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
        message = {"id": message_id, "seq": self._seq, "sender": ALICE, "at": written, "text": text}
        self._edge.messages[ROOM, message_id] = message
        self.details = self._event("message.created", recipients, at=written, message=message)
        self._edge.details[self.details.job] = self.details
        return message_id

    def edit(self, message_id: str, *recipients: Recipient) -> None:
        self._seq += 1
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.details = self._event("message.edited", recipients, at=at, id=message_id)

    async def told(self) -> None:
        """Let what was written last be owed, and wait until that is done."""
        self._edge.store(self.details)
        await until(lambda: not self._edge.owed)

    async def why(self, message_id: str, *, user_id: str = BOB) -> Why:
        status, why = await self._service.ask("GET", path_of(message_id), user_id=user_id)
        assert status == 200, why
        return dict(why)

    def _event(self, kind: str, recipients: tuple[Recipient, ...], **fields: Any) -> AlertDetails:
        event = {"type": kind, "room_id": ROOM, "seq": self._seq, "actor": ALICE, **fields}
        return details_about(Job(ROOM, self._seq), *recipients, event=event)


def path_of(message_id: str) -> str:
    return f"/api/rooms/{ROOM}/messages/{message_id}/why"


def rules_of(why: Why) -> list[str]:
    return [step["rule"] for step in why["steps"]]


@pytest.fixture
def talk(service: Service, edge: MessageServiceEdge) -> Talk:
    return Talk(service, edge)


async def test_who_was_told_reads_by_which_rules_and_what_became_of_it(talk: Talk, service: Service) -> None:
    message_id = talk.write(recipient(BOB))
    await talk.told()

    why = await talk.why(message_id)
    await service.ask("POST", "/api/notifications/read", user_id=BOB)
    seen = await talk.why(message_id)

    assert (why["told"], why["reason"]) == (True, "mention")
    assert rules_of(why)[0] == "author"
    assert rules_of(why)[-1] == "looking"
    assert not any(step.get("stopped", False) for step in why["steps"])
    [delivery] = why["deliveries"]
    assert (delivery["channel"], delivery["state"], delivery["at"]) == ("in_app", "shown", why["decided_at"])
    assert [delivery["state"] for delivery in seen["deliveries"]] == ["read"]


async def test_who_was_not_told_reads_which_rule_kept_it_back_as_it_was_then(talk: Talk) -> None:
    message_id = talk.write(recipient(BOB, level="none"))
    await talk.told()

    why = await talk.why(message_id)

    assert (why["told"], why["reason"]) == (False, "room_level")
    assert why["steps"][-1] == {"rule": "level", "stopped": True, "detail": "none"}
    [delivery] = why["deliveries"]
    assert (delivery["state"], delivery["reason"]) == ("suppressed", "room_level")


async def test_what_is_decided_and_not_told_yet_says_so(talk: Talk, edge: MessageServiceEdge) -> None:
    message_id = talk.write(recipient(BOB))

    why = await talk.why(message_id)

    assert (why["told"], why["reason"], why["decided_at"]) == (False, "pending", None)


async def test_of_what_is_old_nothing_is_known_any_more(talk: Talk) -> None:
    message_id = talk.write(recipient(BOB), at=datetime.now(UTC) - timedelta(days=100))

    why = await talk.why(message_id)

    assert (why["told"], why["reason"], why["steps"], why["deliveries"]) == (False, "forgotten", [], [])


async def test_whom_it_does_not_concern_reads_that(talk: Talk, edge: MessageServiceEdge) -> None:
    edge.members = [recipient(BOB), recipient(CAROL, muted_until="2999-01-01T00:00:00.000Z")]
    message_id = talk.write()

    bobs, carols = await talk.why(message_id), await talk.why(message_id, user_id=CAROL)

    assert (bobs["told"], bobs["reason"], bobs["decided_at"]) == (False, "not_concerned", None)
    assert rules_of(bobs) == ["author", "blocked", "member", "muted", "concern"]
    assert (carols["told"], carols["reason"]) == (False, "room_muted")


async def test_who_wrote_it_or_came_later_reads_that(talk: Talk) -> None:
    message_id = talk.write()

    own, late = await talk.why(message_id, user_id=ALICE), await talk.why(message_id, user_id=CAROL)

    assert (own["reason"], rules_of(own)) == ("author", ["author"])
    assert (late["reason"], late["steps"][-1]) == ("not_a_member", {"rule": "member", "stopped": True})


async def test_an_edit_that_names_somebody_is_why_they_were_told_of_the_message(talk: Talk) -> None:
    message_id = talk.write(recipient(BOB, level="none"))
    await talk.told()
    talk.edit(message_id, recipient(BOB), recipient(CAROL))
    await talk.told()

    bobs, carols = await talk.why(message_id), await talk.why(message_id, user_id=CAROL)

    assert (bobs["told"], [one["state"] for one in bobs["deliveries"]]) == (True, ["suppressed", "shown"])
    assert (carols["told"], [one["state"] for one in carols["deliveries"]]) == (True, ["shown"])


async def test_who_may_not_see_the_message_is_told_that_there_is_none(
    talk: Talk, service: Service, edge: MessageServiceEdge, users: UserServiceEdge
) -> None:
    token = users.sign(BOB)
    for path in (path_of(new_id()), path_of("x"), path_of("%00"), f"/api/rooms/..%2f/messages/{new_id()}/why"):
        status, body = await service.ask("GET", path, token=token)
        assert (status, body["error"]["code"]) == (404, "not_found")

    # As who asks, so that the same rules hold as for the message.
    assert edge.asked_with == [f"Bearer {token}"]
    assert (await service.ask("GET", path_of(talk.write()), token="none"))[0] == 401


async def test_a_keyword_concerns_whom_nobody_names_and_the_steps_say_which(
    talk: Talk, service: Service, edge: MessageServiceEdge
) -> None:
    edge.members = [recipient(BOB), recipient(CAROL)]
    await service.ask("PUT", "/api/notifications/preferences", user_id=BOB, json={"keywords": ["회의"]})
    message_id = talk.write(recipient(CAROL, reason="reply"), text="회의에서 봐요")
    await talk.told()

    why = await talk.why(message_id)

    assert (why["told"], why["reason"]) == (True, "keyword")
    assert {"rule": "keyword", "detail": "회의"} in why["steps"]
    assert (await talk.why(message_id, user_id=CAROL))["reason"] == "reply"


async def test_who_follows_every_thread_is_told_of_replies_in_all_of_them(
    talk: Talk, service: Service, edge: MessageServiceEdge
) -> None:
    edge.members = [recipient(BOB), recipient(CAROL)]
    await service.ask("PUT", "/api/notifications/preferences", user_id=BOB, json={"threads": "all"})
    message_id = talk.write()
    event = talk.details.event or {}
    reply = event | {"message": event["message"] | {"thread": new_id()}}
    talk.details = msgspec.structs.replace(talk.details, event=reply)
    await talk.told()

    why = await talk.why(message_id)

    assert (why["told"], why["reason"]) == (True, "thread")
    assert {"rule": "all_threads"} in why["steps"]
    assert (await talk.why(message_id, user_id=CAROL))["told"] is False
