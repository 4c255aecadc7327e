"""People for Locust: each signs up, signs in, joins one room, talks, and checks what comes back. See README.md here."""

import secrets
import time
from typing import Any

import requests
from gevent.event import Event
from locust import between, task
from locust.contrib.socketio import SocketIOUser

TIMEOUT_SECONDS = 10.0
# One room for all users of this process; whoever comes first makes it.
room_id = ""


class WrongAnswer(Exception):
    """The server broke a promise; Locust counts it as a failure under the event's name."""


class Talker(SocketIOUser):  # type: ignore[misc]
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        self.seen: dict[str, float] = {}
        self.heard: dict[str, Event] = {}
        self.last_seq = 0
        self.ready = Event()
        self.sio.on("ready", lambda _: self.ready.set())
        self.sio.on("event", self.on_room_event)
        token = self.sign_in()
        self.sio.connect(self.host, auth={"token": token}, transports=["websocket"])
        if not self.ready.wait(TIMEOUT_SECONDS):
            raise WrongAnswer("no `ready` came")
        self.enter_room()

    def on_stop(self) -> None:
        self.sio.disconnect()

    def sign_in(self) -> str:
        """Make an account, and sign in to it as another device would."""
        name, password = f"locust-{secrets.token_hex(6)}", secrets.token_urlsafe(18)
        with self.environment.events.request.measure("POST", "/api/users"):
            made = requests.post(f"{self.host}/api/users", json={"username": name, "password": password}, timeout=30)
            made.raise_for_status()
        with self.environment.events.request.measure("POST", "/api/auth/login"):
            answer = requests.post(
                f"{self.host}/api/auth/login", json={"login": name, "password": password}, timeout=30
            )
            answer.raise_for_status()
        token: str = answer.json()["access"]
        return token

    def enter_room(self) -> None:
        global room_id
        if not room_id:
            cid = secrets.token_hex(8)
            made = self.ask("room:create", {"cid": cid, "kind": "channel", "name": f"locust {cid}"})
            room_id = made["room"]["id"]
        entered = self.ask("room:join", {"cid": secrets.token_hex(8), "room_id": room_id})
        self.last_seq = max(self.last_seq, entered["room"]["head"])

    @task  # type: ignore[untyped-decorator]
    def talk(self) -> None:
        """Send, and wait until the message has come back as everybody gets it."""
        cid = secrets.token_hex(8)
        self.heard[cid] = Event()
        self.seen[cid] = time.perf_counter()
        sent = self.ask("message:send", {"room_id": room_id, "cid": cid, "text": f"hello from {cid}"})
        if sent["duplicate"]:
            self.fail("message:send", f"{cid} was sent once and is called a duplicate")
        if not self.heard.pop(cid).wait(TIMEOUT_SECONDS):
            self.fail("delivery", f"{cid} was acknowledged and never came")

    def on_room_event(self, event: dict[str, Any]) -> None:
        if event["room_id"] != room_id:
            return
        if self.last_seq and event["seq"] > self.last_seq + 1:
            self.fail("order", f"seq {event['seq']} came after {self.last_seq}")
        self.last_seq = max(self.last_seq, event["seq"])
        cid = event["message"].get("cid", "") if event["type"] == "message.created" else ""
        begun = self.seen.pop(cid, None)
        if begun is not None:
            self.heard[cid].set()
            self.fire("delivery", (time.perf_counter() - begun) * 1000, None)

    def ask(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Emit with ack; what is not `ok` is a failure."""
        answer: dict[str, Any] = self.sio.call(name, payload, timeout=TIMEOUT_SECONDS)
        if not answer.get("ok"):
            self.fail(name, str(answer.get("error")))
            raise WrongAnswer(f"{name}: {answer.get('error')}")
        return answer

    def fail(self, name: str, why: str) -> None:
        self.fire(name, 0, WrongAnswer(why))

    def fire(self, name: str, milliseconds: float, error: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type="CHECK", name=name, response_time=milliseconds, response_length=0, exception=error, context={}
        )
