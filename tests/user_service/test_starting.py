"""user_service starts on what it needs, says on one line what it lacks, ends when told, and forgets nothing."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import psutil
import pytest
import redis

from chatflow.wire.bus import SIGNALS_CHANNEL, UserChanged
from tests.user_service.running import PASSWORD, UNSAID, UserService, open_user_service, spawn, wait_until_healthy


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def own_service(own_folder: Path) -> Iterator[UserService]:
    """A service on SQLite that this test may end."""
    with open_user_service(own_folder, database_url="") as service:
        yield service


def test_it_is_one_process_that_ends_within_eight_seconds_of_sigterm(own_service: UserService) -> None:
    assert psutil.Process(own_service.process.pid).children(recursive=True) == []

    assert own_service.stop() == 0


def test_it_tells_that_it_is_ready_and_what_it_measured(own_service: UserService) -> None:
    assert own_service.get("/ready").body == {"status": "ok", "checks": {"database": "ok"}}
    with socket.create_connection(("127.0.0.1", own_service.port), timeout=5) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        metrics = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"chatflow_http_request_seconds" in metrics


def test_it_ends_when_its_lifeline_does(own_folder: Path) -> None:
    ours, theirs = os.pipe()
    service = spawn(own_folder, {"lifeline_fd": str(ours)}, inherited=(ours,))
    os.close(ours)
    try:
        wait_until_healthy(service)
        os.close(theirs)
        assert service.process.wait(timeout=5) != 0
    finally:
        service.process.kill()
        service.process.wait()


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"service_secret": ""}, "CHATFLOW_SERVICE_SECRET"),
        ({"django_secret_key": "changeme"}, "CHATFLOW_DJANGO_SECRET_KEY"),
        ({"user_database_url": "mysql://db/users"}, "CHATFLOW_USER_DATABASE_URL"),
        ({"user_database_url": "postgresql://127.0.0.1:1/users"}, "Connection refused"),
        ({"user_database_url": "sqlite:////proc/nowhere/users.db"}, "/proc/nowhere"),
        ({"token_key_file": "/etc/hostname"}, "chmod 600"),
    ],
)
def test_what_it_cannot_start_with_is_one_line(own_folder: Path, settings: dict[str, str], complaint: str) -> None:
    service = spawn(own_folder, settings)

    assert service.process.wait(timeout=20) == 1
    (line,) = (own_folder / "log").read_text().splitlines()
    assert line.startswith("error: ")
    assert complaint in line


def test_a_migration_that_fails_is_one_line_in_the_log_and_the_exit_status(own_folder: Path) -> None:
    (own_folder / "users.db").write_text("no database " * 100)
    service = spawn(own_folder, {"user_database_url": ""})

    assert service.process.wait(timeout=20) == 1
    assert (own_folder / "log").read_text() == "error: file is not a database\n"


def test_several_that_start_at_once_on_one_database_all_answer(own_folder: Path, own_url: str) -> None:
    with ExitStack() as running:
        services = [spawn(own_folder, {"user_database_url": own_url}) for _ in range(3)]
        for service in services:
            running.callback(service.process.wait)
            running.callback(service.process.kill)
        for service in services:
            wait_until_healthy(service)

        alice = services[0].sign_up()

        assert [service.get("/api/users/me", token=alice.access).status for service in services] == [200] * 3


def test_what_it_acknowledged_survives_a_kill(own_folder: Path, database_url: str) -> None:
    with open_user_service(own_folder, database_url=database_url) as before:
        alice = before.sign_up()
        bob = before.sign_up()
        before.post("/api/auth/logout", {}, token=bob.access)
        before.process.kill()

    with open_user_service(own_folder, database_url=database_url) as after:
        assert after.get("/api/users/me", token=alice.access).body == alice.user | UNSAID
        assert after.get("/api/users/me", token=bob.access).code == "unauthenticated"
        assert after.post("/api/auth/login", {"login": bob.username, "password": PASSWORD}).status == 200


def test_a_profile_that_changed_is_told_to_the_gateways(own_folder: Path, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client, client.pubsub() as pubsub:
        pubsub.subscribe(SIGNALS_CHANNEL)
        assert pubsub.get_message(timeout=5)
        with open_user_service(own_folder, database_url="", redis_url=valkey_url) as service:
            alice = service.sign_up()
            here = service.ask("PATCH", "/api/users/me", {"status": "here"}, token=alice.access).body
            role = {"username": service.sign_up().username, "role": "admin"}
            promoted = service.ask_internally("POST", "/internal/users/role", role).body

        messages = [pubsub.get_message(timeout=5) for _ in range(2)]

    told = [msgspec.msgpack.decode(message["data"], type=list[UserChanged]) for message in messages if message]
    public = {name: value for name, value in here.items() if name not in UNSAID}
    assert told == [[UserChanged(user=public)], [UserChanged(user=promoted)]]
    assert promoted["role"] == "admin"


def test_the_end_of_a_session_wakes_the_verifiers(own_folder: Path, valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client, client.pubsub() as pubsub:
        pubsub.subscribe("revocations")
        assert pubsub.get_message(timeout=5)
        with open_user_service(own_folder, database_url="", redis_url=valkey_url) as service:
            alice = service.sign_up()
            service.post("/api/auth/logout", {}, token=alice.access)

        message = pubsub.get_message(timeout=5)

    assert message is not None
    assert message["type"] == "message"


def test_without_redis_a_session_ends_all_the_same(own_service: UserService) -> None:
    alice = own_service.sign_up()

    assert own_service.post("/api/auth/logout", {}, token=alice.access).status == 204
    assert own_service.get("/api/users/me", token=alice.access).code == "unauthenticated"
    assert "followers of facts were not woken" in (own_service.folder / "log").read_text()
