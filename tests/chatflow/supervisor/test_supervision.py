"""The supervisor's promises: order, restarts, and nothing left behind."""

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

import psutil
import pytest

from chatflow.supervisor.child import FORGIVEN_AFTER_SECONDS
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.locks import open_lock, take_data_folder, taken_within
from tests.chatflow.supervisor.conftest import StartRun
from tests.chatflow.supervisor.run import Supervised, small


def lines_with(said: str, *words: str) -> list[str]:
    return [word for line in said.splitlines() for word in words if word in line]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_no_process(start_run: StartRun, number: signal.Signals) -> None:
    run = start_run(small("store"), small("edge", stage=1))
    run.until_ready()
    family = run.family()

    said = run.stop(number)

    assert len(family) == 2
    assert [process for process in family if process.is_running()] == []
    assert run.supervisor.returncode == 0
    assert said.splitlines()[-1].endswith("stopped")
    assert run.rows() == {}


def test_processes_start_in_order_and_stop_in_reverse(start_run: StartRun) -> None:
    run = start_run(small("edge", stage=2), small("store", stage=0), small("logic", stage=1))
    run.until_ready()

    said = run.stop()

    ups = ["store up", "store is ready", "logic up", "logic is ready", "edge up"]
    downs = ["edge down", "logic down", "store down"]
    assert lines_with(said, *ups) == ups
    assert lines_with(said, *downs) == downs


def test_the_table_tells_name_pid_port_and_state(start_run: StartRun) -> None:
    plan = small("store")
    run = start_run(plan)

    row = run.until_ready()["store"]

    assert row.pid == run.family()[0].pid
    assert row.port == plan.port
    assert json.loads((run.data_dir / "run" / "processes.json").read_bytes()) == [
        {"name": "store", "pid": row.pid, "port": plan.port, "state": "ready"}
    ]


def test_a_killed_process_is_started_again_and_that_is_said(start_run: StartRun) -> None:
    run = start_run(small("store"), small("edge", stage=1))
    before = run.until_ready()

    os.kill(before["store"].pid or 0, signal.SIGKILL)
    run.until(lambda: run.rows()["store"].pid not in (None, before["store"].pid))
    after = run.until_ready()

    assert after["store"].port == before["store"].port
    assert after["edge"].pid == before["edge"].pid
    assert "store was ended by SIGKILL; starting it again in 0.2 s" in run.stop()
    assert ("store up again" in run.log("store"), "edge up again" in run.log("edge")) == (True, False)


def test_pauses_between_deaths_grow(start_run: StartRun) -> None:
    run = start_run(small("store"))
    for _ in range(3):
        pid = run.until_ready()["store"].pid
        os.kill(pid or 0, signal.SIGKILL)
        run.until(lambda pid=pid: run.rows()["store"].pid != pid)  # type: ignore[misc]

    said = run.stop()

    assert lines_with(said, "again in 0.2 s", "again in 0.4 s", "again in 0.8 s") == [
        "again in 0.2 s",
        "again in 0.4 s",
        "again in 0.8 s",
    ]


def test_who_was_well_for_some_seconds_starts_again_at_once_however_often_it_dies(start_run: StartRun) -> None:
    run = start_run(small("store"))
    for _ in range(3):
        pid = run.until_ready()["store"].pid
        well_until = time.monotonic() + FORGIVEN_AFTER_SECONDS + 0.5
        run.until(lambda until=well_until: time.monotonic() > until)  # type: ignore[misc]
        os.kill(pid or 0, signal.SIGKILL)
        run.until(lambda pid=pid: run.rows()["store"].pid not in (None, pid))  # type: ignore[misc]

    assert run.stop().count("starting it again in 0 s") == 3


def test_killing_the_supervisor_ends_its_processes(start_run: StartRun) -> None:
    run = start_run(small("store"), small("edge", stage=1))
    run.until_ready()
    family = run.family()

    run.supervisor.kill()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_the_data_stays_locked_while_any_process_lives(start_run: StartRun, tmp_path: Path) -> None:
    prepare_data_folder(tmp_path / "data")
    lock = take_data_folder(tmp_path / "data")
    run = start_run(small("store", habit="deaf"), data_lock_fd=lock)
    os.close(lock)
    run.until_ready()
    survivor = run.family()[0]
    another = open_lock(tmp_path / "data" / "run" / "processes.lock")

    run.supervisor.kill()
    run.supervisor.wait()
    assert not taken_within(another, seconds=0)

    survivor.kill()
    assert taken_within(another, seconds=5)
    os.close(another)


def test_a_process_that_ignores_the_stop_is_killed_within_ten_seconds(start_run: StartRun) -> None:
    run = start_run(small("store", habit="stubborn"))
    run.until_ready()
    family = run.family()
    asked_at = time.monotonic()

    said = run.stop()

    assert time.monotonic() - asked_at < 10
    assert "store does not stop and is killed" in said
    assert [process for process in family if process.is_running()] == []


def test_a_second_signal_ends_everything_at_once(start_run: StartRun) -> None:
    run = start_run(small("store", habit="stubborn"))
    run.until_ready()
    asked_at = time.monotonic()
    run.supervisor.send_signal(signal.SIGINT)
    run.until(lambda: run.rows()["store"].state == "stopping")

    run.stop(signal.SIGINT)

    assert time.monotonic() - asked_at < 5


def test_a_process_that_cannot_start_ends_the_run_with_its_reason(start_run: StartRun) -> None:
    run = start_run(small("store"), small("edge", stage=1, habit="fails"))

    said = run.end()

    assert run.supervisor.returncode == 1
    assert said.splitlines()[-1].startswith("error: edge does not start: error: it cannot be done (see ")


def test_a_stop_during_the_start_leaves_nothing(start_run: StartRun) -> None:
    run = start_run(small("store"), *(small(f"edge-{number}", stage=1) for number in range(3)))
    run.until(lambda: run.rows().get("edge-0") is not None and run.rows()["edge-0"].pid is not None)
    family = run.family()

    run.stop()

    assert run.supervisor.returncode == 0
    assert [process for process in family if process.is_running()] == []


def test_lines_are_kept_as_they_are_and_shown_readable(start_run: StartRun) -> None:
    run = start_run(small("store"))
    pid = run.until_ready()["store"].pid

    said = run.stop()

    assert json.loads(run.log("store").splitlines()[0]) == {"event": "store up", "level": "info", "pid": pid}
    assert any(line.startswith("store ") and f"store up  pid={pid}" in line for line in said.splitlines())
    assert stat.S_IMODE((run.data_dir / "logs" / "store.log").stat().st_mode) == 0o600


def test_what_is_to_run_afterwards_runs_when_all_are_ready(start_run: StartRun, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    copying = (
        "import shutil; print('welcome', flush=True); "
        f"shutil.copy({str(tmp_path / 'data/run/processes.json')!r}, {str(seen)!r})"
    )
    run = start_run(small("store"), small("edge", stage=1), afterwards=[sys.executable, "-c", copying])

    run.until(seen.exists)

    assert "welcome" in run.stop()
    assert [row["state"] for row in json.loads(seen.read_bytes())] == ["ready", "ready"]


def test_a_reader_that_leaves_does_not_stop_the_product(start_run: StartRun) -> None:
    run: Supervised = start_run(small("store"))
    run.until_ready()
    assert run.supervisor.stdout is not None
    run.supervisor.stdout.close()

    os.kill(run.rows()["store"].pid or 0, signal.SIGKILL)
    run.until(lambda: run.rows()["store"].state != "ready")

    run.until_ready()
    run.supervisor.terminate()
    assert run.supervisor.wait(10) == 0
