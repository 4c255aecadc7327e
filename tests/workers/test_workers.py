"""Several workers run the tests as one would: what is shared is made once, and what measures is not disturbed."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from tests.workers.company import House, company
from tests.workers.families import ALONE, LONG, OWN_PRODUCT, SHARED_PRODUCT, WHOLE_FOLDERS, family_of, turn_of

ROOT = Path(__file__).parents[2]
WITHIN_SECONDS = 30.0


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(queue=tmp_path / "queue", room=tmp_path / "room")
    house.queue.touch()
    house.room.touch()
    return house


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tests/gateway/test_a.py::test_x", "tests/gateway/test_a.py::test_y[1]"),
        ("tests/journeys/test_blocks.py::test_x[1-gateway]", "tests/journeys/test_personal.py::test_y[a-1-gateway]"),
        ("tests/benchmarks/test_rows.py::test_x", "tests/benchmarks/test_chain.py::test_y"),
    ],
)
def test_tests_that_share_something_go_to_one_worker(one: str, other: str) -> None:
    assert family_of(one) == family_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tests/gateway/test_a.py::test_x", "tests/gateway/test_b.py::test_x"),
        ("tests/journeys/test_blocks.py::test_x[1-gateway]", "tests/journeys/test_blocks.py::test_x[2-gateways]"),
        ("tests/journeys/test_blocks.py::test_x[1-gateway]", "tests/security/test_doors.py::test_x[1-gateway]"),
        ("tests/journeys/test_blocks.py::test_x[2-gateways]", "tests/journeys/test_kills.py::test_x[2-gateways]"),
    ],
)
def test_tests_that_share_nothing_need_not(one: str, other: str) -> None:
    assert family_of(one) != family_of(other)


def test_who_runs_alone_comes_last() -> None:
    turns = [turn_of(f"{start}::test_x") for start in ("tests/journeys/test_blocks.py", "tests/gateway/a.py", ALONE[0])]

    assert turns == sorted(set(turns))


def test_a_run_with_workers_is_shared_out_by_families(pytestconfig: pytest.Config) -> None:
    plugins = pytestconfig.pluginmanager.subset_hook_caller("pytest_xdist_make_scheduler", []).get_hookimpls()

    assert "tests.workers.hooks" in [plugin.plugin_name for plugin in plugins]


def test_what_is_named_here_is_there() -> None:
    named = (*SHARED_PRODUCT, *OWN_PRODUCT, *WHOLE_FOLDERS, *LONG, *ALONE)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_tests_run_beside_each_other(house: House) -> None:
    with company(is_wanted=True, house=house), company(is_wanted=True, house=house):
        assert is_locked(house.room)

    assert not is_locked(house.room)


@pytest.mark.parametrize("is_first_alone", [True, False])
def test_nobody_runs_beside_one_that_runs_alone(house: House, is_first_alone: bool) -> None:
    seen: list[str] = []
    second = Thread(target=enter, kwargs={"house": house, "is_wanted": is_first_alone, "seen": seen})

    with company(is_wanted=not is_first_alone, house=house):
        second.start()
        # It stands at the door, and whoever comes later stands behind it.
        wait_until(lambda: is_locked(house.queue))
        seen.append("first leaves")
    second.join(WITHIN_SECONDS)

    assert seen == ["first leaves", "second enters"]


def enter(*, house: House, is_wanted: bool, seen: list[str]) -> None:
    with company(is_wanted=is_wanted, house=house):
        seen.append("second enters")


def is_locked(file: Path) -> bool:
    with file.open() as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
