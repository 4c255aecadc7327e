"""What people wish holds for pushes too, and why they were told names the devices that were told."""

from typing import Any

from chatflow.ids import new_id
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS, Stage
from tests.notification_service.channels.push_service import Browser
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient

PREFERENCES = "/api/notifications/preferences"


async def wish(stage: Stage, **wishes: Any) -> None:
    status, changed = await stage.service.ask("PUT", PREFERENCES, user_id=stage.bob, json=wishes)
    assert status == 200, changed


async def shown(browser: Browser, count: int) -> list[tuple[int, str, str | None]]:
    """Wait for so many pushes, and return of each the seq, the title and the text."""
    await until(lambda: len(browser.pushes) >= count, within_seconds=WITHIN_SECONDS)
    notes = [push.shown for push in browser.pushes]
    return [(note["data"]["seq"], note["title"], note.get("body")) for note in notes]


async def test_who_wishes_for_pushes_without_text_has_none_on_any_device(stage: Stage) -> None:
    phone, _ = await stage.subscribe()
    laptop, _ = await stage.subscribe()
    title = "Somebody mentioned you in #general"

    await stage.call(1, text="for all to see")
    await stage.see({1: [("sent", None)] * 2})
    await wish(stage, push={"text": False})
    await stage.call(2, text="for nobody else")

    for browser in (phone, laptop):
        assert await shown(browser, 2) == [(1, title, "for all to see"), (2, title, None)]


async def test_a_keyword_is_pushed_and_what_is_kept_back_is_not(stage: Stage, edge: MessageServiceEdge) -> None:
    browser, _ = await stage.subscribe()
    await wish(stage, keywords=["harbour"])

    for seq, level in ((1, "none"), (2, "all")):
        edge.members = [recipient(stage.bob, level=level)]
        details = details_about(Job("room", seq))
        assert details.event is not None
        details.event["message"] |= {"text": "To the harbour!"}
        edge.store(details)
        await until(lambda: not edge.owed, within_seconds=WITHIN_SECONDS)

    assert await shown(browser, 1) == [(2, "Somebody wrote one of your keywords in #general", "To the harbour!")]
    _, kept = await stage.service.ask("GET", "/api/notifications?suppressed=true", user_id=stage.bob)
    assert [(item["seq"], item.get("deliveries")) for item in kept["items"]] == [(1, None)]


async def test_why_names_each_device_beside_the_app(stage: Stage, edge: MessageServiceEdge) -> None:
    await stage.subscribe()
    room_id, message_id, at = new_id(), new_id(), "2026-11-20T10:00:00.000Z"
    message = {"id": message_id, "seq": 1, "sender": "alice", "at": at, "text": "hi"}
    edge.messages[room_id, message_id] = message

    await stage.call(1, room_id=room_id)
    await stage.see({1: [("sent", None)]})
    path = f"/api/rooms/{room_id}/messages/{message_id}/why"
    _, why = await stage.service.ask("GET", path, user_id=stage.bob)

    assert [(one["channel"], one["state"]) for one in why["deliveries"]] == [("in_app", "shown"), ("web_push", "sent")]
