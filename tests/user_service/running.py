"""A user_service process in a folder of its own, and a client that speaks JSON to it."""

import base64
import json
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

from tests.servers.ports import find_free_port

REPOSITORY = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 30.0
PASSWORD = "correct horse battery"
# What a newcomer's own profile has beside what others see.
UNSAID: dict[str, Any] = {
    **dict.fromkeys(("locale", "time_zone", "email", "email_pending")),
    **dict.fromkeys(("email_confirmed", "email_refused"), False),
}
SERVICE_SECRET = secrets.token_hex(32)
DJANGO_SECRET_KEY = secrets.token_hex(32)


@dataclass
class Answer:
    """An HTTP answer; `body` is its JSON."""

    status: int
    body: Any
    headers: HTTPMessage

    @property
    def code(self) -> str:
        """The error's code; an answer that is no error has none."""
        assert set(self.body) == {"error"}, self.body
        assert {"code", "message", "retryable"} <= set(self.body["error"])
        code: str = self.body["error"]["code"]
        return code


@dataclass
class UserService:
    """A running process."""

    port: int
    process: subprocess.Popen[str]
    folder: Path

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        # As the gateway asks for somebody.
        sent = {"X-Service-Credential": SERVICE_SECRET}
        if content is not None:
            sent["Content-Type"] = "application/json"
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=content, headers=sent | (headers or {}), method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return read_answer(response)
        except urllib.error.HTTPError as refused:
            with refused:
                return read_answer(refused)

    def get(self, path: str, *, token: str | None = None) -> Answer:
        return self.ask("GET", path, token=token)

    def post(self, path: str, body: Any, *, token: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        return self.ask("POST", path, body, token=token, headers=headers)

    def ask_internally(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask as one of our own services does."""
        return self.ask(method, path, body, headers={"Authorization": f"Service {SERVICE_SECRET}"})

    def sign_up(self, username: str | None = None, **fields: Any) -> "Person":
        """Register somebody; without a name somebody whom no other test knows."""
        username = username or f"user-{secrets.token_hex(6)}"
        answer = self.post("/api/users", {"username": username, "password": PASSWORD, **fields})
        assert answer.status == 201, answer
        return Person(username, **answer.body)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=8)


@dataclass
class Person:
    """Somebody who registered, and what they were given."""

    username: str
    user: dict[str, Any]
    access: str
    expires_at: str
    refresh: str = field(default="")

    @property
    def id(self) -> str:
        user_id: str = self.user["id"]
        return user_id

    @property
    def claims(self) -> dict[str, Any]:
        """What the access token says."""
        payload = self.access.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims


def read_answer(response: Any) -> Answer:
    content = response.read()
    return Answer(response.status, json.loads(content) if content else None, response.headers)


@contextmanager
def open_user_service(folder: Path, *, database_url: str, **settings: str) -> Iterator[UserService]:
    """Run the service until the block ends; `settings` are CHATFLOW_ variables in lower case."""
    with until_the_end(spawn(folder, settings | {"user_database_url": database_url})) as service:
        yield service


@contextmanager
def open_older_service(folder: Path, *, database_url: str, program: Path) -> Iterator[UserService]:
    """Run the service of another version, whose packages are in the folder `program`, until the block ends."""
    with until_the_end(spawn(folder, {"user_database_url": database_url}, program=program)) as service:
        yield service


@contextmanager
def until_the_end(service: UserService) -> Iterator[UserService]:
    try:
        wait_until_healthy(service)
        yield service
    finally:
        service.process.kill()
        service.process.wait()


def spawn(
    folder: Path, settings: dict[str, str], *, inherited: tuple[int, ...] = (), program: Path = REPOSITORY
) -> UserService:
    port = find_free_port()
    wanted = {
        "data_dir": str(folder),
        "port": str(port),
        "service_secret": SERVICE_SECRET,
        "django_secret_key": DJANGO_SECRET_KEY,
        # A port that nobody listens on: waking verifiers is best effort.
        "redis_url": "redis://127.0.0.1:1/0",
        # The tests are one address.
        **dict.fromkeys(("logins_per_minute", "tries_per_account", "registrations_per_hour"), "0"),
        **settings,
    }
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "user_service"],
            env={f"CHATFLOW_{name.upper()}": value for name, value in wanted.items()},
            cwd=program,
            stdout=log,
            stderr=log,
            text=True,
            pass_fds=inherited,
        )
    return UserService(port, process, folder)


def wait_until_healthy(service: UserService) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not accepts(service.port):
        assert service.process.poll() is None, (service.folder / "log").read_text()
        assert time.monotonic() < deadline, "user_service never listened"
        time.sleep(0.02)
    assert service.get("/health").status == 200


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
