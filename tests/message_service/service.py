"""message_service as a process, and the two ways to ask it: as one of our own, and as a person."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from chatflow.errors import ErrorBody, error_from_body
from chatflow.wire.log import Append, AppendAnswer, Run, RunResult
from tests.message_service.user_service_edge import UserServiceEdge
from tests.servers.ports import find_free_port

Answer = TypeVar("Answer")

REPOSITORY = Path(__file__).parents[2]
SECRET = "a-secret-between-services-of-this-test"
READY_WITHIN_SECONDS = 20.0


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


class MessageService:
    """One process with a data folder; it may be killed and started again."""

    def __init__(self, folder: Path, *, user_service: UserServiceEdge, **settings: str) -> None:
        self.port = find_free_port()
        self.user_service = user_service
        self._settings = {
            "CHATFLOW_PORT": str(self.port),
            "CHATFLOW_DATA_DIR": str(folder),
            "CHATFLOW_SERVICE_SECRET": SECRET,
            "CHATFLOW_DJANGO_SECRET_KEY": "of-no-use-but-demanded-by-django-itself",
            "CHATFLOW_USER_SERVICE_URL": user_service.url,
            **settings,
        }
        self.process: subprocess.Popen[str] | None = None

    def spawn(self, **changed: str | None) -> subprocess.Popen[str]:
        """Start the process without waiting for it; a setting of None is left out."""
        settings = {name: value for name, value in (self._settings | changed).items() if value is not None}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "message_service"],
            env={"PATH": os.environ["PATH"]} | settings,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def start(self) -> None:
        self.spawn()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._is_ready():
            assert self.process is not None
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline, "message_service never became ready"
            time.sleep(0.02)

    def kill(self) -> None:
        self.end()

    def end(self) -> str:
        """Kill the process, and return what it logged; nothing the second time."""
        process, self.process = self.process, None
        if process is None:
            return ""
        process.kill()
        return process.communicate()[0]

    def _is_ready(self) -> bool:
        try:
            return self.request("GET", "/ready").status == 200
        except OSError:
            return False

    def request(self, method: str, path: str, *, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def call(self, path: str, ask: msgspec.Struct, answer: type[Answer]) -> Answer:
        """Ask as one of our own processes; an error answer is raised as what it is."""
        body = msgspec.msgpack.encode(ask)
        reply = self.request("POST", path, body=body, Authorization=f"Service {SECRET}")
        if reply.status != 200:
            raise error_from_body(msgspec.convert(reply.json["error"], ErrorBody))
        return msgspec.msgpack.decode(reply.body, type=answer)

    def metric(self, name: str) -> float:
        """Return the value of one series."""
        lines = self.request("GET", "/metrics").body.decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def get(self, path: str, *, user_id: str) -> Reply:
        """Ask as a person who is signed in."""
        return self.request("GET", path, Authorization=f"Bearer {self.user_service.token(user_id)}")

    def page(self, path: str, *, user_id: str) -> Any:
        reply = self.get(path, user_id=user_id)
        assert reply.status == 200, reply
        return reply.json

    def append(self, runs: Sequence[Run], *, deadline: float) -> list[RunResult]:
        """What a `RoomLog` writes by, as by a store."""
        return self.call("/internal/append", Append(deadline=deadline, runs=list(runs)), AppendAnswer).results
