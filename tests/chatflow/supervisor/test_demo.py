"""`chatflow up --demo` on the real system: people and rooms to play with, filled in once."""

import json
import stat
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from chatflow.supervisor.demo_story import PEOPLE, ROOMS
from tests.chatflow.supervisor.run import wait_until
from tests.journeys.system import System, open_system

DEMO = {"CHATFLOW_DEMO": "true"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def ask(system: System, path: str, *, token: str = "", body: dict[str, Any] | None = None) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(system.url + path, data=data, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
        return json.load(response)


def sign_in(system: System, name: str) -> str:
    password = memory(system)["passwords"][name]
    token: str = ask(system, "/api/auth/login", body={"login": name, "password": password})["access"]
    return token


def memory(system: System) -> dict[str, Any]:
    path = system.data / "demo.json"
    content: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {"filled": False}
    return content


def rooms_of(system: System, name: str) -> dict[str | None, int]:
    """Return how many messages each room of that person has."""
    page = ask(system, "/api/rooms", token=sign_in(system, name))
    return {room["name"]: room["n"] for room in page["items"]}


def test_both_people_find_three_rooms_with_history_and_a_second_start_adds_nothing(folder: Path) -> None:
    expected = {room.name: len(room.messages) for room in ROOMS}
    with open_system(folder, settings=DEMO) as system:
        wait_until(lambda: memory(system)["filled"])
        assert [rooms_of(system, name) for name in PEOPLE] == [expected, expected]
        # Whoever tries the demo is not to find it taken by a stranger: the first of its people owns it.
        mine = [ask(system, "/api/users/me", token=sign_in(system, name)) for name in PEOPLE]
        assert [(user["username"], user["role"]) for user in mine] == [("ada", "owner"), ("minsu", "member")]
        assert stat.S_IMODE((system.data / "demo.json").stat().st_mode) == 0o600
        wait_until(lambda: system.log_tail().count("sign in as") == len(PEOPLE))

        system.stop()
        system.start()

        wait_until(lambda: system.log_tail().count("sign in as") == 2 * len(PEOPLE))
        assert rooms_of(system, "ada") == expected


@pytest.mark.long
def test_a_demo_that_was_cut_off_is_completed_without_doubles(folder: Path) -> None:
    with open_system(folder, settings=DEMO) as system:
        # It is written before anybody is registered, but by a process that begins when the system is ready.
        wait_until(lambda: "passwords" in memory(system))
        passwords = memory(system)["passwords"]
        system.stop()
        (system.data / "demo.json").write_text(json.dumps({"filled": False, "passwords": passwords}))

        system.start()

        wait_until(lambda: memory(system)["filled"])
        assert rooms_of(system, "minsu") == {room.name: len(room.messages) for room in ROOMS}
