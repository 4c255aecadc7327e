"""The HTTP API of notifications: one's own inbox, reasons and wishes, and nobody else's."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from chatflow.auth.account_facts.poller import POLL_SECONDS
from chatflow.ids import new_id
from chatflow.wire.outbox import Job
from notification_service.deciding.preferences import KEYWORD_CHARACTERS, KEYWORDS_AT_MOST
from notification_service.service import BODY_BYTES_AT_MOST
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import Service
from tests.notification_service.user_service_edge import UserServiceEdge

BOB, CAROL = new_id(), new_id()
ASKS = 16
QUIET = {"from": "22:00", "to": "07:00", "days": ["fri", "sat"], "zone": "Asia/Seoul"}
SENSELESS_WISHES: list[dict[str, Any]] = [
    {"in_app": {}},
    {"keywords": "tea"},
    {"keywords": ["tea"] * (KEYWORDS_AT_MOST + 1)},
    {"keywords": ["x" * (KEYWORD_CHARACTERS + 1)]},
    {"keywords": ["!"]},
    {"keywords": ["a\0b"]},
    {"keywords": None},
    {"threads": "none"},
    {"quiet": QUIET | {"from": "24:00"}},
    {"quiet": QUIET | {"to": "7:00"}},
    {"quiet": QUIET | {"to": "07:00\n"}},
    {"quiet": QUIET | {"days": ["someday"]}},
    {"quiet": QUIET | {"days": ["fri"] * 8}},
    {"quiet": QUIET | {"zone": "Asia/Atlantis"}},
    {"quiet": QUIET | {"zone": "../../etc/passwd"}},
    {"quiet": QUIET | {"until": "07:00"}},
    {"quiet": {"from": "22:00", "to": "07:00"}},
]


async def store(edge: MessageServiceEdge, *seqs: int, **notify: Any) -> None:
    """Let bob be mentioned, and wait until nothing is owed."""
    edge.store(*(details_about(Job("room", seq), recipient(BOB, **notify)) for seq in seqs))
    await until(lambda: not edge.owed)


async def test_a_person_reads_what_concerned_them_newest_first(
    service: Service, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    await store(edge, 1, 2, 3)

    status, page = await service.ask("GET", "/api/notifications", user_id=BOB)

    assert status == 200
    assert sorted(item["seq"] for item in page["items"]) == [1, 2, 3]
    assert page["unread"] == 3
    assert (page["next"], page["prev"]) == (None, None)
    assert page["items"][0] | {"id": "", "seq": 0} == {
        "id": "",
        "kind": "mention",
        "room_id": "room",
        "seq": 0,
        "actor": "alice",
        "at": "2026-11-20T10:00:00.000Z",
        "seen": False,
    }
    await until(lambda: len(sockets.told) == 3)
    assert {item["id"] for item in page["items"]} == set(sockets.ids())
    assert (await service.ask("GET", "/api/notifications", user_id=CAROL))[1]["items"] == []


async def test_pages_lead_to_all_notices_and_back(service: Service, edge: MessageServiceEdge) -> None:
    await store(edge, *range(1, 8))
    path = "/api/notifications?limit=3"

    _, first = await service.ask("GET", path, user_id=BOB)
    _, second = await service.ask("GET", f"{path}&cursor={first['next']}", user_id=BOB)
    _, third = await service.ask("GET", f"{path}&cursor={second['next']}", user_id=BOB)
    _, back = await service.ask("GET", f"{path}&cursor={third['prev']}", user_id=BOB)

    seen = [item["seq"] for page in (first, second, third) for item in page["items"]]
    assert sorted(seen) == list(range(1, 8))
    assert [len(page["items"]) for page in (first, second, third)] == [3, 3, 1]
    assert (first["prev"], third["next"]) == (None, None)
    assert back["items"] == second["items"]


async def test_why_is_answered_for_what_was_told_and_for_what_was_not(
    service: Service, edge: MessageServiceEdge
) -> None:
    await store(edge, 1)
    await store(edge, 2, level="none")
    _, told = await service.ask("GET", "/api/notifications", user_id=BOB)
    _, kept = await service.ask("GET", "/api/notifications?suppressed=true", user_id=BOB)
    [told_id, kept_id] = [page["items"][0]["id"] for page in (told, kept)]

    _, why = await service.ask("GET", f"/api/notifications/{told_id}/why", user_id=BOB)
    _, why_not = await service.ask("GET", f"/api/notifications/{kept_id}/why", user_id=BOB)
    status, _ = await service.ask("GET", f"/api/notifications/{told_id}/why", user_id=CAROL)

    assert (why["told"], why["suppressed"], why["explanation"]) == (True, None, "You were mentioned.")
    assert (why_not["told"], why_not["suppressed"]) == (False, "room_level")
    assert status == 404


async def test_notices_are_marked_as_read(service: Service, edge: MessageServiceEdge) -> None:
    await store(edge, 1, 2, 3, 4)
    _, page = await service.ask("GET", "/api/notifications?limit=1", user_id=BOB)
    path, one = "/api/notifications/read", page["items"][0]["id"]

    assert await service.ask("POST", path, user_id=CAROL, json={"ids": [one]}) == (200, {"unread": 0})
    assert await service.ask("POST", path, user_id=BOB, json={"ids": [one]}) == (200, {"unread": 3})
    assert await service.ask("POST", path, user_id=BOB, json={"room_id": "room", "seq": 4}) == (200, {"unread": 0})
    assert await service.ask("POST", path, user_id=BOB) == (200, {"unread": 0})


async def test_reading_nothing_in_particular_reads_nothing(service: Service, edge: MessageServiceEdge) -> None:
    await store(edge, 1)

    assert await service.ask("POST", "/api/notifications/read", user_id=BOB, json={"ids": []}) == (200, {"unread": 1})
    assert (await service.ask("GET", "/api/notifications/a%00b/why", user_id=BOB))[0] == 404
    assert (await service.ask("GET", "/api/notifications/%FF/why", user_id=BOB))[0] == 404


async def test_what_is_read_on_one_device_is_told_to_all_devices_once(
    service: Service, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    await store(edge, 1, 2, 3)
    await until(lambda: len(sockets.told) == 3)
    path, one = "/api/notifications/read", sockets.told[0].payload["id"]

    for body in ({"ids": [one]}, {"ids": [one]}, {"room_id": "room", "seq": 3}, {}):
        await service.ask("POST", path, user_id=BOB, json=body)
    await store(edge, 4)
    await until(lambda: sockets.told[-1].payload.get("seq") == 4)

    read = [(signal.user_id, signal.name, signal.payload) for signal in sockets.told[3:-1]]
    assert read == [
        (BOB, "notice:read", {"ids": [one], "unread": 2}),
        (BOB, "notice:read", {"room_id": "room", "seq": 3, "unread": 0}),
    ]


async def test_who_asks_does_not_wait_for_what_is_being_recorded(
    service: Service, edge: MessageServiceEdge, database_url: str
) -> None:
    await store(edge, 1)
    with writing_is_blocked(database_url):
        asked = len(edge.requests)
        edge.store(details_about(Job("room", 2), recipient(BOB)))
        await until(lambda: len(edge.requests) > asked)

        for _ in range(ASKS):
            status, page = await service.ask("GET", "/api/notifications", user_id=BOB)
            assert (status, [item["seq"] for item in page["items"]]) == (200, [1])
            assert await service.is_ready()

        # All were answered before the recording was given up for the first time, after 5 s.
        assert len(edge.requests) == asked + 1
        assert edge.owed
    await until(lambda: not edge.owed)


@contextmanager
def writing_is_blocked(database_url: str) -> Iterator[None]:
    """Let nobody write into the database until the block ends."""
    is_file = database_url.startswith("sqlite")
    opened: Any = sqlite3.connect(urlsplit(database_url).path) if is_file else psycopg.connect(database_url)
    opened.execute("BEGIN IMMEDIATE" if is_file else "LOCK TABLE notices IN EXCLUSIVE MODE")
    yield
    opened.rollback()
    opened.close()


async def test_preferences_are_kept_and_obeyed(service: Service, edge: MessageServiceEdge, sockets: Sockets) -> None:
    path = "/api/notifications/preferences"
    _, before = await service.ask("GET", path, user_id=BOB)
    await service.ask("PUT", path, user_id=BOB, json={"levels": {"in_app": {"mention": False}}})
    await store(edge, 1)

    _, after = await service.ask("GET", path, user_id=BOB)
    _, page = await service.ask("GET", "/api/notifications?suppressed=true", user_id=BOB)

    kinds = before["levels"]["in_app"]
    assert kinds == dict.fromkeys(("mention", "reply", "direct", "thread", "invitation", "keyword"), True)
    assert after["levels"]["in_app"] == kinds | {"mention": False}
    assert [item["suppressed"] for item in page["items"]] == ["kind_off"]
    assert sockets.told == []


async def test_preferences_are_changed_in_part_and_what_is_left_out_stays(service: Service) -> None:
    path = "/api/notifications/preferences"
    _, before = await service.ask("GET", path, user_id=BOB)
    for body in ({"quiet": QUIET, "keywords": [" Tea ", "TEA", "주간 회의"]}, {"threads": "all"}, {}):
        status, answer = await service.ask("PUT", path, user_id=BOB, json=body)
        assert status == 200, answer
    _, after = await service.ask("GET", path, user_id=BOB)
    await service.ask("PUT", path, user_id=BOB, json={"quiet": None, "keywords": []})

    assert (before["keywords"], before["quiet"], before["threads"]) == ([], None, "mine")
    assert after == answer == before | {"quiet": QUIET, "keywords": ["Tea", "주간 회의"], "threads": "all"}
    assert (await service.ask("GET", path, user_id=BOB))[1] == before | {"threads": "all"}
    assert (await service.ask("GET", path, user_id=CAROL))[1] == before


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/api/notifications?cursor=garbage", {}),
        ("GET", "/api/notifications?cursor=WzFd", {}),
        ("GET", "/api/notifications?cursor=WyJcdTAwMDAiLCJcdTAwMDAiXQ", {}),
        ("GET", "/api/notifications?cursor=_yI", {}),
        ("GET", "/api/notifications?limit=0", {}),
        ("GET", "/api/notifications?limit=101", {}),
        ("GET", f"/api/notifications?limit=000000001{'9' * 30}", {}),
        ("GET", "/api/notifications?limit=²", {}),
        ("PUT", "/api/notifications/preferences", {"json": {"levels": {"in_app": {"mention": "yes"}}}}),
        ("PUT", "/api/notifications/preferences", {"json": {"levels": {"in_app": {"other": True}}}}),
        ("PUT", "/api/notifications/preferences", {"data": b"\xff"}),
        ("PUT", "/api/notifications/preferences", {"data": b'{"\xff":1}'}),
        ("PUT", "/api/notifications/preferences", {"data": b'{"levels":' + b"[" * 50_000}),
        *(("PUT", "/api/notifications/preferences", {"json": body}) for body in SENSELESS_WISHES),
        ("POST", "/api/notifications/read", {"json": {"room_id": "room"}}),
        ("POST", "/api/notifications/read", {"json": {"ids": ["x"] * 101}}),
        ("POST", "/api/notifications/read", {"json": {"room_id": "room", "seq": 2**63}}),
        ("POST", "/api/notifications/read", {"json": {"room_id": "ro\0om", "seq": 1}}),
        ("POST", "/api/notifications/read", {"json": {"ids": ["a\0b"]}}),
        ("POST", "/api/notifications/read", {"data": b'{"ids": ["\xff"]}'}),
        ("GET", "/api/notifications?cursor=WyJhXHUwMDAwIiwgImIiXQ", {}),
        ("DELETE", "/api/notifications", {}),
    ],
)
async def test_requests_that_make_no_sense_are_refused(
    service: Service, method: str, path: str, options: dict[str, Any]
) -> None:
    status, body = await service.ask(method, path, user_id=BOB, **options)

    assert body["error"]["code"] == "invalid"
    assert status in (400, 405)


async def test_a_body_is_bounded(service: Service) -> None:
    path = "/api/notifications/read"

    fits = await service.ask("POST", path, user_id=BOB, data=b"{}".ljust(BODY_BYTES_AT_MOST))
    status, body = await service.ask("POST", path, user_id=BOB, data=b"{}".ljust(BODY_BYTES_AT_MOST + 1))

    assert fits == (200, {"unread": 0})
    assert (status, body["error"]["code"]) == (413, "too_large")


async def test_no_notice_has_a_name_that_is_no_text(service: Service) -> None:
    for name in ("%00", "%FF", "x"):
        assert (await service.ask("GET", f"/api/notifications/{name}/why", user_id=BOB))[0] == 404


async def test_strangers_and_ended_sessions_get_nothing(service: Service, users: UserServiceEdge) -> None:
    session_id = new_id()
    token = users.sign(BOB, session_id=session_id)
    other = UserServiceEdge().sign(BOB)
    assert (await service.ask("GET", "/api/notifications", token=token))[0] == 200
    assert (await service.ask("GET", "/api/notifications", token=other))[0] == 401
    assert (await service.ask("GET", "/api/notifications", token=""))[0] == 401
    assert (await service.ask("GET", "/nothing", user_id=BOB))[0] == 404

    users.revoke(session_id)

    # It asks each second what is new. Once it asks again, it has taken the answer that tells of the end.
    assert POLL_SECONDS <= 1
    asked_before = users.asked
    await until(lambda: users.asked >= asked_before + 2, within_seconds=20)
    assert (await service.ask("GET", "/api/notifications", token=token))[0] == 401
