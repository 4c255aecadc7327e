"""A WSGI service is one process: it answers, finishes what it began when asked to stop, and refuses a shared port."""

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import psutil
import pytest

from tests.servers.ports import find_free_port

REPOSITORY = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 20.0
SECRET = "a-service-secret-that-nobody-guesses-0123456789"


def spawn(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chatflow_django.wsgi_example"],
        env={"CHATFLOW_PORT": str(port), "CHATFLOW_SERVICE_SECRET": SECRET},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def port() -> int:
    return find_free_port()


@pytest.fixture
def service(port: int) -> Iterator[subprocess.Popen[str]]:
    with spawn(port) as process:
        try:
            wait_until_healthy(port)
            yield process
        finally:
            process.kill()


def get(port: int, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> HTTPResponse:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers or {})
    response: HTTPResponse = urllib.request.urlopen(request, timeout=10)  # noqa: S310
    return response


def wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            with get(port, "/health"):
                return
        except OSError:
            assert time.monotonic() < deadline, "the service never became healthy"
            time.sleep(0.02)


def test_it_is_one_process(service: subprocess.Popen[str]) -> None:
    assert psutil.Process(service.pid).children(recursive=True) == []


@pytest.mark.usefixtures("service")
def test_it_answers_the_application_and_hands_on_the_request_id(port: int) -> None:
    with get(port, "/echo", body="안녕".encode(), headers={"X-Request-Id": "abc-1"}) as answer:
        assert answer.read().decode() == "abc-1 /echo 안녕"
        assert answer.headers["X-Request-Id"] == "abc-1"


@pytest.mark.usefixtures("service")
def test_a_request_id_that_could_forge_a_log_line_is_replaced(port: int) -> None:
    with get(port, "/echo", headers={"X-Request-Id": "a b"}) as answer:
        assert answer.headers["X-Request-Id"] != "a b"


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("credential", "believed"),
    [
        ({"X-Service-Credential": SECRET}, "203.0.113.7"),
        ({"Authorization": f"Service {SECRET}"}, "203.0.113.7"),
        ({"X-Service-Credential": "guessed"}, "nobody says"),
        ({}, "nobody says"),
    ],
    ids=["the gateway", "a service", "a wrong secret", "none"],
)
def test_whoever_shows_no_secret_is_not_believed_whom_it_asks_for(
    port: int, credential: dict[str, str], believed: str
) -> None:
    with get(port, "/from", headers={"X-Forwarded-For": "203.0.113.7", **credential}) as answer:
        assert answer.read().decode().endswith(f" /from {believed}")


@pytest.mark.usefixtures("service")
def test_a_stranger_sends_no_large_body(port: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused, get(port, "/echo", body=b"x" * 70_000):
        pass
    with refused.value as answer:
        assert (answer.status, json.load(answer)["error"]["code"]) == (413, "too_large")
    with get(port, "/echo", body=b"x" * 70_000, headers={"X-Service-Credential": SECRET}) as answer:
        assert answer.status == 200


@pytest.mark.usefixtures("service")
def test_it_says_that_it_is_ready_and_what_it_measured(port: int) -> None:
    with get(port, "/echo"), get(port, "/ready") as ready, get(port, "/metrics") as metrics:
        assert json.load(ready) == {"status": "ok", "checks": {"stars": "ok"}}
        assert 'chatflow_http_request_seconds_count{method="GET",status="200"} 1.0' in metrics.read().decode()


@pytest.mark.usefixtures("service")
def test_a_broken_application_answers_500_without_telling_why(port: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused, get(port, "/broken"):
        pass

    with refused.value as answer:
        assert (answer.status, answer.read()) == (500, b"")


def test_a_request_under_way_is_finished_before_it_stops(service: subprocess.Popen[str], port: int) -> None:
    bodies: list[bytes] = []
    asking = threading.Thread(target=lambda: bodies.append(get(port, "/slow?1").read()))
    asking.start()
    wait_until_handling(service)

    service.send_signal(signal.SIGTERM)

    assert service.wait(timeout=8) == 0
    asking.join()
    assert bodies[0].endswith(b"/slow ")


def test_it_stops_in_time_even_if_a_request_never_ends(service: subprocess.Popen[str], port: int) -> None:
    asking = threading.Thread(target=ask_in_vain, args=(port, "/slow?60"))
    asking.start()
    wait_until_handling(service)

    service.send_signal(signal.SIGTERM)

    assert service.wait(timeout=8) == 1
    asking.join()


def wait_until_handling(service: subprocess.Popen[str]) -> None:
    """Wait until the application says that it began."""
    assert service.stdout is not None
    assert any("request began" in line for line in service.stdout)


def ask_in_vain(port: int, path: str) -> None:
    with pytest.raises(ConnectionError):
        get(port, path)


@pytest.mark.usefixtures("service")
def test_a_second_one_on_the_same_port_says_so_on_one_line(port: int) -> None:
    with spawn(port) as second:
        output, _ = second.communicate(timeout=READY_WITHIN_SECONDS)

    assert second.returncode == 1
    assert output.splitlines() == [f"error: cannot listen on 127.0.0.1:{port}: Address already in use"]
