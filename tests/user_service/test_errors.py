"""Every refusal is the one error object, whoever refused: we, the framework, or something that broke."""

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.user_service.running import UserService, open_user_service


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/users/", 404, "not_found"),
        ("GET", "/api/users/%00", 404, "not_found"),
        ("DELETE", "/api/users", 405, "invalid"),
        ("GET", "/api/auth/login", 405, "invalid"),
        ("OPTIONS", "/api/auth/login", 405, "invalid"),
    ],
)
def test_what_is_not_there_is_refused(service: UserService, method: str, path: str, status: int, code: str) -> None:
    answer = service.ask(method, path)

    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "invalid"),
        (b"{", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'{"login": "\xff"}', 400, "invalid"),
        (b"[" * 16_000, 400, "invalid"),
        (b'{"login": "a\\u0000b", "password": "correct horse"}', 400, "invalid"),
        (b'{"login": "\\ud800", "password": "correct horse"}', 400, "invalid"),
        (b'{"login": {"$ne": ""}, "password": true}', 400, "invalid"),
        (b" " * (16 * 1024 - 2) + b"{}", 400, "invalid"),
        (b" " * (16 * 1024 - 1) + b"{}", 413, "too_large"),
        (b" " * 60_000, 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(service: UserService, raw: bytes, status: int, code: str) -> None:
    answer = service.ask("POST", "/api/auth/login", raw=raw)

    assert (answer.status, answer.code) == (status, code)


def test_a_form_is_refused_as_a_type_that_we_do_not_take(service: UserService) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = service.ask("POST", "/api/auth/login", raw=b"login=a&password=b", headers=headers)

    assert (answer.status, answer.code) == (415, "invalid")


def test_an_accept_header_is_no_reason_to_answer_nothing(service: UserService) -> None:
    answer = service.ask("GET", "/api/users/me", headers={"Accept": "text/html"})

    assert answer.code == "unauthenticated"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/json"


def test_a_host_that_is_none_is_refused(service: UserService) -> None:
    answer = ask_raw(service, b"GET /api/users/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400")


def ask_raw(service: UserService, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_what_breaks_on_our_side_is_logged_and_told_to_nobody(tmp_path: Path) -> None:
    with open_user_service(tmp_path, database_url=f"sqlite:///{tmp_path}/users.db") as service:
        execute(tmp_path / "users.db", "DELETE FROM revocation_counter")

        answer = service.ask_internally("GET", "/internal/revocations?after=0")

        assert (answer.status, answer.code) == (500, "internal")
        assert "DoesNotExist" not in str(answer.body)
        assert "DoesNotExist" in (tmp_path / "log").read_text()


def test_a_database_that_does_not_answer_is_unavailable_not_broken(tmp_path: Path) -> None:
    with open_user_service(tmp_path, database_url=f"sqlite:///{tmp_path}/users.db") as service:
        alice = service.sign_up()
        execute(tmp_path / "users.db", "ALTER TABLE sessions RENAME TO gone")

        answer = service.get("/api/users/me", token=alice.access)

        assert (answer.status, answer.code) == (503, "unavailable")
        assert answer.body["error"]["retryable"] is True


def execute(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(statement)
    connection.close()
