"""A notice reaches each browser of its person once, encrypted for it alone, whatever push services do meanwhile."""

import asyncio
import socket
from typing import Any

import pytest

from chatflow.auth.account_facts.pages import AccountDeactivated
from chatflow.ids import new_id
from notification_service import service
from notification_service.channels import trials
from notification_service.channels.web_push import sender
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import SUBSCRIPTIONS, WITHIN_SECONDS, Stage
from tests.notification_service.channels.push_service import Browser, dying, hanging, refusing, taken
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import MessageServiceEdge
from tests.notification_service.user_service_edge import UserServiceEdge

SENT: list[tuple[str, str | None]] = [("sent", None)]


async def shown(browser: Browser, count: int = 1) -> list[dict[str, Any]]:
    """Wait for so many pushes, and return what they show."""
    await until(lambda: len(browser.pushes) >= count, within_seconds=WITHIN_SECONDS)
    return [push.shown for push in browser.pushes]


async def test_a_call_is_pushed_with_its_text_to_each_browser(
    stage: Stage, users: UserServiceEdge, edge: MessageServiceEdge
) -> None:
    users.names = {"alice": "Alice", stage.bob: "Bob"}
    edge.calls = {"room": 3, "quiet": 9}
    english, _ = await stage.subscribe()
    korean, _ = await stage.subscribe(language="ko", device="Galaxy")

    await stage.call(7, text=f"**one**\n\n two \x00\u202e three <@{stage.bob}> <#abc>")

    assert await shown(english) == [
        {
            "title": "Alice mentioned you in #general",
            "lang": "en",
            "navigate": "https://chat.example.com/rooms/room/7",
            "tag": "room",
            "app_badge": "3",
            "data": {"me": stage.bob, "room_id": "room", "seq": 7},
            "body": "**one** two three @Bob #…",
        }
    ]
    [in_korean] = await shown(korean)
    assert in_korean["title"] == "Alice 님이 #general에서 나를 언급했습니다"
    [push] = english.pushes
    assert push.content["web_push"] == 8030
    assert push.headers["Urgency"] == "high"
    assert 0 < len(push.headers["Topic"]) <= 32
    assert "room" not in push.headers["Topic"]
    await stage.see({7: SENT * 2})


async def test_a_device_that_wants_no_text_is_told_without_it(stage: Stage) -> None:
    browser, _ = await stage.subscribe(text=False)

    await stage.call(1)

    [note] = await shown(browser)
    assert "body" not in note
    assert note["title"] == "Somebody mentioned you in #general"


async def test_what_is_kept_from_somebody_is_not_pushed_either(stage: Stage) -> None:
    browser, _ = await stage.subscribe()

    await stage.call(1, level="none")
    await stage.call(2)

    assert [note["data"]["seq"] for note in await shown(browser)] == [2]


async def test_a_job_that_comes_again_is_pushed_once(stage: Stage) -> None:
    browser, _ = await stage.subscribe()

    for _ in range(3):
        await stage.call(1)
    await stage.call(2)

    await stage.see({1: SENT, 2: SENT})
    assert [note["data"]["seq"] for note in await shown(browser, 2)] == [1, 2]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_asked_once_and_forgotten(stage: Stage, status: int) -> None:
    gone, _ = await stage.subscribe()
    other, _ = await stage.subscribe()
    gone.answer = refusing(status)

    await stage.call(1)
    await stage.see({1: [("failed", "gone"), ("sent", None)]})
    await stage.call(2)

    await shown(other, 2)
    assert gone.asked == 1
    _, devices = await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob)
    assert len(devices["items"]) == 1


async def test_who_is_asked_to_wait_waits_with_all_that_goes_there_and_nothing_else_does(stage: Stage) -> None:
    busy, _ = await stage.subscribe()
    other, _ = await stage.subscribe()
    busy.answer = refusing(429, Retry_After="3600")

    await stage.call(1)
    await stage.see({1: [("waiting", None), ("sent", None)]})
    await stage.call(2, 3)

    await shown(other, 3)
    await stage.see({seq: [("waiting", None), ("sent", None)] for seq in (1, 2, 3)})
    assert busy.asked == 1


async def test_after_the_wait_it_is_sent(stage: Stage) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(429, Retry_After="1")
    await stage.call(1)
    await until(lambda: browser.asked == 1, within_seconds=WITHIN_SECONDS)
    browser.answer = taken

    await stage.see({1: SENT})
    assert browser.asked == 2


@pytest.mark.parametrize("answer", [refusing(500), refusing(503), dying], ids=["500", "503", "dies"])
async def test_what_fails_is_tried_again_until_it_is_taken(stage: Stage, answer: Any) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = answer
    await stage.call(1, 2)
    await until(lambda: browser.asked >= 3, within_seconds=WITHIN_SECONDS)

    browser.answer = taken

    await stage.see({1: SENT, 2: SENT})
    assert len(browser.pushes) == 2


@pytest.mark.parametrize("status", [301, 400, 403, 413])
async def test_what_is_refused_is_not_tried_again_and_says_so(stage: Stage, status: int) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(status, Location=f"{stage.push.url}/elsewhere")

    await stage.call(1)

    await stage.see({1: [("failed", "refused")]})
    assert browser.asked == 1


async def test_an_endpoint_that_hangs_delays_neither_another_nor_the_notice_in_the_app(
    stage: Stage, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It hangs for as long as the test takes.
    monkeypatch.setattr(sender, "TIMEOUT_SECONDS", 600)
    stuck, _ = await stage.subscribe()
    other, _ = await stage.subscribe()
    stuck.answer = hanging
    await stage.call(1)
    await until(lambda: stuck.asked == 1, within_seconds=WITHIN_SECONDS)

    await stage.call(*range(2, 10))

    await until(lambda: len(sockets.told) == 9, within_seconds=WITHIN_SECONDS)
    await shown(other, 9)
    assert stuck.asked == 1


async def test_an_endpoint_that_hangs_is_given_up_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TIMEOUT_SECONDS", 0.3)
    browser, _ = await stage.subscribe()
    browser.answer = hanging
    await stage.call(1)
    await until(lambda: browser.asked >= 2, within_seconds=WITHIN_SECONDS)

    browser.answer = taken

    await stage.see({1: SENT})


async def test_what_is_read_before_it_is_sent_is_not_pushed(stage: Stage, edge: MessageServiceEdge) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(503)
    await stage.call(1)
    await until(lambda: browser.asked >= 1, within_seconds=WITHIN_SECONDS)

    edge.read_seqs[stage.bob, "room"] = 1
    await stage.see({1: [("read", None)]})
    browser.answer = taken
    await stage.call(2)

    assert [note["data"]["seq"] for note in await shown(browser)] == [2]
    await stage.see({1: [("read", None)], 2: SENT})


async def test_what_reaches_nobody_for_too_long_expires(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LIVES_SECONDS", 1)
    browser, _ = await stage.subscribe()
    browser.answer = refusing(503)

    await stage.call(1)
    await stage.see({1: [("expired", None)]})

    assert browser.pushes == []


async def test_what_is_seen_in_the_inbox_before_it_is_sent_is_not_pushed(stage: Stage) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(503)
    await stage.call(1)
    await until(lambda: browser.asked >= 1, within_seconds=WITHIN_SECONDS)

    await stage.service.ask("POST", "/api/notifications/read", user_id=stage.bob)

    await stage.see({1: [("read", None)]})


async def test_what_is_deleted_or_left_before_it_is_sent_is_not_pushed(stage: Stage, edge: MessageServiceEdge) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(503)
    await stage.call(1)
    await stage.call(1, room_id="other")
    await until(lambda: browser.asked >= 1, within_seconds=WITHIN_SECONDS)

    edge.details = {job: details for job, details in edge.details.items() if job.room_id == "other"}
    edge.left.add((stage.bob, "other"))

    deadline = asyncio.get_running_loop().time() + WITHIN_SECONDS
    while await ended(stage) != [("failed", "deleted"), ("failed", "left")]:
        assert asyncio.get_running_loop().time() < deadline
    assert browser.pushes == []


async def ended(stage: Stage) -> list[tuple[str, str]]:
    _, page = await stage.service.ask("GET", "/api/notifications", user_id=stage.bob)
    return sorted((one["state"], one.get("reason", "")) for item in page["items"] for one in item["deliveries"])


async def test_pushes_wait_while_message_service_cannot_say_what_they_are_about(
    stage: Stage, edge: MessageServiceEdge
) -> None:
    browser, _ = await stage.subscribe()
    edge.tells_rows = False
    await stage.call(1)
    await until(lambda: edge.asked_for_rows >= 2, within_seconds=WITHIN_SECONDS)
    await stage.see({1: [("waiting", None)]})
    assert browser.asked == 0

    edge.tells_rows = True

    await stage.see({1: SENT})
    assert browser.asked == 1


async def test_subscriptions_are_ones_own(stage: Stage) -> None:
    carol = new_id()
    _, subscription_id = await stage.subscribe(device="Phone")
    path = f"{SUBSCRIPTIONS}/{subscription_id}"

    _, devices = await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob)
    assert [(one["id"], one["device"]) for one in devices["items"]] == [(subscription_id, "Phone")]
    assert stage.push.url not in str(devices)
    assert (await stage.service.ask("GET", SUBSCRIPTIONS, user_id=carol))[1] == {"items": []}
    assert (await stage.service.ask("POST", f"{path}/test", user_id=carol))[0] == 404
    assert (await stage.service.ask("DELETE", path, user_id=carol))[0] == 204
    assert len((await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob))[1]["items"]) == 1
    assert (await stage.service.ask("DELETE", path, user_id=stage.bob))[0] == 204
    assert (await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob))[1] == {"items": []}


async def test_a_browser_on_which_somebody_else_signs_in_is_pushed_what_is_theirs(stage: Stage) -> None:
    browser, _ = await stage.subscribe()
    browser.answer = refusing(503)
    await stage.call(1)
    await until(lambda: browser.asked >= 1, within_seconds=WITHIN_SECONDS)

    await stage.subscribe(browser, user_id=new_id())
    browser.answer = taken

    await stage.see({1: [("failed", "unsubscribed")]})
    assert browser.pushes == []


async def test_whoever_signs_out_or_is_deactivated_is_pushed_no_more(stage: Stage, users: UserServiceEdge) -> None:
    carol, session_id = new_id(), new_id()
    token = users.sign(stage.bob, session_id=session_id)
    await stage.service.ask("POST", SUBSCRIPTIONS, token=token, json=stage.push.open_browser().subscription)
    await stage.subscribe(user_id=carol)
    kept, _ = await stage.subscribe()

    users.revoke(session_id)
    users.facts.append(AccountDeactivated(carol, True))

    deadline = asyncio.get_running_loop().time() + WITHIN_SECONDS
    while len((await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob))[1]["items"]) > 1:
        assert asyncio.get_running_loop().time() < deadline
    users.facts.append(AccountDeactivated(carol, False))
    while (await stage.service.ask("GET", SUBSCRIPTIONS, user_id=carol)) != (200, {"items": []}):
        assert asyncio.get_running_loop().time() < deadline
    await stage.call(1)
    await shown(kept)
    await stage.see({1: SENT})


async def test_a_test_is_sent_at_once_and_not_again_and_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "BETWEEN_SECONDS", 3600)
    browser, subscription_id = await stage.subscribe(language="ko")
    path = f"{SUBSCRIPTIONS}/{subscription_id}/test"

    assert await stage.service.ask("POST", path, user_id=stage.bob) == (200, {"sent": True})
    assert (await stage.service.ask("POST", path, user_id=stage.bob))[0] == 429

    [note] = await shown(browser)
    assert note["title"] == "이 기기에 알림이 도착했습니다"
    assert (note["tag"], note["navigate"]) == ("test", "https://chat.example.com/")


async def test_a_test_of_a_browser_that_is_gone_says_so_and_forgets_it(stage: Stage) -> None:
    browser, subscription_id = await stage.subscribe()
    browser.answer = refusing(410)
    path = f"{SUBSCRIPTIONS}/{subscription_id}/test"

    asked = await stage.service.ask("POST", path, user_id=stage.bob)

    assert asked == (200, {"sent": False, "reason": "gone"})
    assert (await stage.service.ask("GET", SUBSCRIPTIONS, user_id=stage.bob))[1] == {"items": []}


async def test_the_key_stays_the_same(stage: Stage) -> None:
    first = await stage.service.ask("GET", "/api/notifications/push/key", user_id=stage.bob)

    assert first == await stage.service.ask("GET", "/api/notifications/push/key", user_id=new_id())
    assert len(first[1]["key"]) == 87
    assert (await stage.service.ask("GET", "/api/notifications/push/key", token="none"))[0] == 401


@pytest.mark.parametrize(
    ("endpoint", "status"),
    [
        *(("http://push.example.com/x", 400), ("push.example.com", 400), ("https://a b/x", 400), ("", 400)),
        *((f"https://push.example.com/{'x' * 1024}", 400), ("https://user@push.example.com/", 400)),
        *(("https://127.0.0.1/x", 403), ("https://[::1]/x", 403), ("https://169.254.169.254/latest", 403)),
        *(("https://2130706433/", 403), ("https://0x7f.1/", 403), ("https://[::ffff:10.0.0.1]/", 403)),
    ],
)
async def test_an_endpoint_that_nobody_may_name_is_refused(stage: Stage, endpoint: str, status: int) -> None:
    given = stage.push.open_browser().subscription | {"endpoint": endpoint}

    assert (await stage.service.ask("POST", SUBSCRIPTIONS, user_id=stage.bob, json=given))[0] == status


@pytest.mark.parametrize(
    "more",
    [{"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, {"language": "xx"}, {"other": 1}],
    ids=["keys", "language", "unknown"],
)
async def test_a_subscription_that_cannot_be_used_is_refused(stage: Stage, more: Any) -> None:
    given = stage.push.open_browser().subscription | more

    assert (await stage.service.ask("POST", SUBSCRIPTIONS, user_id=stage.bob, json=given))[0] == 400


async def test_an_endpoint_whose_name_leads_inside_is_never_dialled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more: look_up("localhost" if host == "push.test" else host, *more)
    )
    browser = stage.push.open_browser()
    # The place, the port and the certificate are right: allowed is another name of it.
    browser.endpoint = browser.endpoint.replace("localhost", "push.test")

    await stage.subscribe(browser)
    await stage.call(1)

    await stage.see({1: [("failed", "address")]})
    assert browser.asked == 0
