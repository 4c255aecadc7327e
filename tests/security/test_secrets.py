"""What is secret stays with its owner: no word, password, token or address in a log, no file that others may read."""

import json
import stat
from urllib.parse import quote
from uuid import uuid4

import psutil
import pytest

from tests.actors import Actor, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.system import System
from tests.security.stranger import RawSocket, Stranger

# Of the processes that write records; the bus and its supervisor write words.
SERVICES = ("gateway", "chat_service", "message_service", "user_service", "notification_service")


async def test_no_log_holds_what_people_say_or_sign_in_with(invite: Invite, system: System, url: str) -> None:
    word, password, address = (f"secret{uuid4().hex}" for _ in range(3))
    async with Actor(url, "carol") as carol:
        body: Json = {"username": carol.username, "password": password, "email": f"{address}@example.org"}
        session = await carol.rest.post("/api/users", body)
        carol.use_token(session["access"])
        carol.user = session["user"]
        phone = await carol.connect()
        room_id = await phone.create_room(f"room {word}", topic=word)
        message = await phone.send(room_id, word)
        await phone.request("message:edit", {"room_id": room_id, "id": message["id"], "text": f"{word} again"})
        invitation = (await carol.rest.post(f"/api/rooms/{room_id}/invites", {}))["token"]
        for event, payload in [
            ("message:send", {"room_id": room_id, "cid": word, "text": word * 1000}),
            ("message:send", {"room_id": word, "text": word}),
            (word, {"text": word}),
        ]:
            with pytest.raises(Refused):
                await phone.request(event, payload)
        refreshed = await carol.rest.post("/api/auth/refresh", {"refresh": session["refresh"]})
        for wrong in ({"login": carol.username, "password": f"{password}x"}, {"login": [password], "password": 1}):
            with pytest.raises(Refused):
                await carol.rest.post("/api/auth/login", wrong)
        async with RawSocket(url) as socket:
            await socket.sign_in(f"{session['access']}x")
        await Stranger(url).ask(f"/api/rooms?token={session['access']}")
        await Stranger(url).ask(f"/api/users/{word}", Authorization=f"Bearer {word}")
        await carol.rest.post("/api/auth/logout", {"refresh": refreshed["refresh"]})
    secrets = [word, password, address, session["access"], session["refresh"], refreshed["refresh"], invitation]
    for log in (system.data / "logs").iterdir():
        text = log.read_text()
        assert [number for number, secret in enumerate(secrets) if secret in text] == [], log.name
    assert not any(secret in system.log.read_text() for secret in secrets)


async def test_no_file_of_the_data_folder_is_open_to_others(invite: Invite, system: System) -> None:
    await invite("alice")
    open_to_others = [
        path
        for path in [system.data, *system.data.rglob("*")]
        if not path.is_socket() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    assert open_to_others == []


async def test_no_secret_stands_in_a_command_line(system: System) -> None:
    plan = (system.data / "run" / "plan.json").read_text()
    password = plan[plan.index("redis://:") + len("redis://:") :].split("@", 1)[0]
    secrets = [password, *(file.read_text().strip() for file in (system.data / "secrets").iterdir())]
    for process in system.processes():
        told = " ".join(psutil.Process(process.pid).cmdline())
        assert not any(secret in told for secret in secrets), process.name


@pytest.mark.parametrize("word", ["line\nbreak", "\x1b[31mred", "bell\x07", "\u2028"])
async def test_escapes_in_what_people_send_leave_every_record_one_line(
    invite: Invite, system: System, stranger: Stranger, word: str
) -> None:
    phone = await (await invite("alice")).connect()
    sent: list[tuple[str, Json]] = [(word, {}), ("room:join", {"room_id": word}), ("room:join", {"invite": word})]
    for event, payload in sent:
        with pytest.raises(Refused):
            await phone.request(event, payload)
    await stranger.ask(f"/api/rooms/{quote(word)}", User_Agent="x", X_Request_Id=quote(word))
    lines = [line for kind in SERVICES for line in system.log_of(kind).splitlines()]
    assert lines
    assert all(json.loads(line) for line in lines)
    assert not any(word in line for line in lines)
