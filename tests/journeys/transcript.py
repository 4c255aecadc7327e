"""Plays the transcript of the documents on a running product and writes down every packet, with ids and times named.

`make transcript` runs it and writes docs/api/transcript.md; a journey compares the two.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from tests.journeys.system import ROOT, open_system

FILE = ROOT / "docs" / "api" / "transcript.md"
PASSWORD = "a long pass phrase"
WITHIN_SECONDS = 10.0
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OPENING = """\
# On the wire

What a client and the server say to each other, from a real run: `make transcript` plays it anew, and a test compares.
Names in angle brackets stand for ids, tokens and times; `<…>` is left out. `>` is what the client sends, `<` what it
gets.

A packet on the socket is text. Its first digit is Engine.IO's: `0` open, `2` ping, `3` pong, `4` message. In a message
the second is Socket.IO's: `0` connect, `1` disconnect, `2` event, `3` ack, `4` connect error. Digits behind an event's
`42` are the client's number of it, which its ack repeats behind `43`. Every 25 seconds the server sends `2`, and the
client answers `3`.

An ack and one's own event come in either order, and other events may come between those shown.
"""


class Transcript:
    """The text so far, and what stands for what in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._parts = [OPENING]
        self._names: dict[str, str] = {}
        # Whatever was said on a socket, by the names of the messages in the document.
        self.said: list[tuple[str, Any]] = []

    def name(self, value: str, name: str) -> None:
        self._names[value] = f"<{name}>"

    def say(self, title: str, text: str = "") -> None:
        self._parts.append(f"\n## {title}\n" + (f"\n{text}\n" if text else ""))

    def show(self, *lines: str) -> None:
        self._parts.append("\n```\n" + "".join(f"{self._plain(line)}\n" for line in lines) + "```\n")

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def _plain(self, line: str) -> str:
        for value, name in sorted(self._names.items(), key=lambda one: -len(one[0])):
            line = line.replace(value, name)
        return UUID.sub("<id>", INSTANT.sub("<time>", line))


class Client:
    """A person who speaks both protocols by hand."""

    def __init__(self, transcript: Transcript, http: aiohttp.ClientSession, name: str) -> None:
        self.transcript = transcript
        self.http = http
        self.name = name
        self.username = f"{name}-{uuid4().hex[:10]}"
        self.token = ""
        self._socket: Any = None
        self._commands = 0
        self._waiting: list[str] = []
        transcript.name(self.username, name)

    async def call(self, method: str, path: str, body: Any = None, *, shows: bool = True) -> Any:
        """Make a REST call and show it."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.http.request(method, f"{self.transcript.url}{path}", json=body, headers=headers) as response:
            answer = await response.json()
            if "access" in answer:
                self.token = answer["access"]
                self.transcript.name(answer["access"], f"access token of {self.name}")
                self.transcript.name(answer["refresh"], f"refresh token of {self.name}")
                self.transcript.name(answer["user"]["id"], f"{self.name}'s id")
            if shows:
                head = [f"> {name}: {value}" for name, value in headers.items()]
                sent = [] if body is None else ["> Content-Type: application/json", ">", f"> {compact(body)}"]
                got = ["", f"< HTTP/1.1 {response.status}", f"< {compact(answer)}"]
                self.transcript.show(f"> {method} {path} HTTP/1.1", *head, *sent, *got)
            return answer

    async def connect(self, *, shows: bool = True) -> Any:
        """Open a socket and sign in by it; return what `ready` says."""
        self._socket = await self.http.ws_connect(f"{self.transcript.url}/socket.io/?EIO=4&transport=websocket")
        opened = json.loads((await self._next())[1:])
        self.transcript.name(opened["sid"], "engine sid")
        asked = f"40{compact({'token': self.token})}"
        await self._socket.send_str(asked)
        connected = await self._next_that(lambda packet: packet.startswith("40"))
        self.transcript.name(json.loads(connected[2:])["sid"], "socket sid")
        packet = await self._next_that(lambda packet: packet.startswith('42["ready"'))
        ready = json.loads(packet[2:])[1]
        if shows:
            self.transcript.show(
                "> GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
                *("> Upgrade: websocket", "< HTTP/1.1 101", f"< 0{compact(opened)}", f"> {asked}", f"< {connected}"),
                f"< 42{compact(['ready', shortened(ready)])}",
            )
        return ready

    async def ask(self, event: str, payload: Any) -> tuple[Any, str, str]:
        """Send a command; return its ok answer, and both packets."""
        number, self._commands = self._commands, self._commands + 1
        packet = f"42{number}{compact([event, payload])}"
        await self._socket.send_str(packet)
        ack = await self._next_that(lambda packet: packet.startswith(f"43{number}["))
        [answer] = json.loads(ack.removeprefix(f"43{number}"))
        assert answer["ok"], answer
        self.transcript.said += [(event, payload), (f"{event} ack", answer)]
        return answer, f"> {packet}", f"< {ack}"

    async def hear(self, type_: str) -> str:
        """Wait for an event of the log."""
        packet = await self._next_that(lambda packet: packet.startswith('42["event"') and f'"type":"{type_}"' in packet)
        return f"< {packet}"

    async def leave(self) -> None:
        await self._socket.close()

    async def _next_that(self, wanted: Callable[[str], bool]) -> str:
        """Return the first such packet, which may have come before another that was waited for."""
        while (found := next(filter(wanted, self._waiting), None)) is None:
            self._waiting.append(await self._next())
        self._waiting.remove(found)
        return found

    async def _next(self) -> str:
        async with asyncio.timeout(WITHIN_SECONDS):
            packet = str(await self._socket.receive_str())
        if packet.startswith("42["):
            name, payload = json.loads(packet.removeprefix("42"))
            self.transcript.said.append((name, payload))
        return packet


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shortened(ready: Any) -> Any:
    """Leave out what depends on the settings and the process."""
    return {**ready, "limits": "<…>", "server": "<…>"}


async def play(url: str) -> Transcript:
    """Play it all."""
    transcript = Transcript(url)
    async with aiohttp.ClientSession() as http:
        ada, bob = Client(transcript, http, "ada"), Client(transcript, http, "bob")
        # The first account of an installation is its owner, which no other is.
        await Client(transcript, http, "founder").call(
            "POST", "/api/users", {"username": f"founder-{uuid4().hex[:10]}", "password": PASSWORD}, shows=False
        )
        transcript.say("Make an account")
        await ada.call("POST", "/api/users", {"username": ada.username, "password": PASSWORD})
        await bob.call("POST", "/api/users", {"username": bob.username, "password": PASSWORD}, shows=False)

        transcript.say("Connect", "Engine.IO opens, Socket.IO connects with the token, and `ready` says where one is.")
        ready = await ada.connect()
        transcript.name(ready["session_id"], "session")

        transcript.say("Make a room", "The answer has the room. Its live events start behind `seq`.")
        made, *packets = await ada.ask("room:create", {"cid": "make-1", "kind": "channel", "name": "harbour"})
        room_id = made["room"]["id"]
        transcript.name(room_id, "room")
        transcript.show(*packets)

        transcript.say("Come in", "Bob has connected in the same way. What he sends and gets:")
        await bob.connect(shows=False)
        _, *packets = await bob.ask("room:join", {"room_id": room_id})
        transcript.show(*packets)
        transcript.say("Hear of it", "What Ada gets:")
        transcript.show(await ada.hear("member.joined"))

        transcript.say("Send a message", "The ack means that it is durable. The same `cid` again gets the same answer.")
        said, *packets = await ada.ask("message:send", {"room_id": room_id, "cid": "send-1", "text": "안녕!"})
        transcript.name(said["id"], "message 1")
        transcript.show(*packets, await ada.hear("message.created"))
        transcript.say("Get it", "What Bob gets. It is the next of the room, so he applies it and is at 3.")
        transcript.show(await bob.hear("message.created"))

        transcript.say("Come back", "Bob was away, and Ada wrote again. He connects, and asks for what is behind 3.")
        await bob.leave()
        again, *_ = await ada.ask("message:send", {"room_id": room_id, "cid": "send-2", "text": "Still there?"})
        transcript.name(again["id"], "message 2")
        ready = await bob.connect()
        _, *packets = await bob.ask("room:sync", {"rooms": {room_id: 3}})
        transcript.show(*packets)

        transcript.say("Read older messages", "By REST; `prev` goes into `before` for the page before.")
        await bob.call("GET", f"/api/rooms/{room_id}/messages?limit=1")
        transcript.say("Be refused", "On the socket and by REST the error is the same object.")
        await bob.call("GET", f"/api/rooms/{uuid4()}/messages")
        for client in (ada, bob):
            await client.leave()
    return transcript


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chatflow-transcript-") as folder, open_system(Path(folder)) as system:
        FILE.write_text(asyncio.run(play(system.url)).text)


if __name__ == "__main__":
    main()
