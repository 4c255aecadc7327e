"""The embedded Valkey: closed to strangers, empty on disk, and gone with its supervisor, which it does not know."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chatflow.process.settings import Settings
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.plan import ProcessPlan
from chatflow.supervisor.process_table import Row
from chatflow.supervisor.services import embedded_valkey
from chatflow.supervisor.valkey import end_leftover, find_valkey, write_config
from tests.chatflow.supervisor.conftest import StartRun
from tests.chatflow.supervisor.run import Supervised
from tests.servers.ports import LOCALHOST, find_free_port

PASSWORD = "a password of this test"


def planned_valkey(tmp_path: Path) -> ProcessPlan:
    prepare_data_folder(tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data")
    return next(iter(embedded_valkey(settings, port=find_free_port(), password=PASSWORD.replace(" ", "_"))))


def reply(port: int, words: bytes) -> bytes:
    with socket.create_connection((LOCALHOST, port), timeout=5) as connection:
        connection.sendall(words)
        return connection.recv(200)


@pytest.fixture
def run(start_run: StartRun, tmp_path: Path) -> Supervised:
    run = start_run(planned_valkey(tmp_path))
    run.until_ready()
    return run


def test_it_asks_for_a_password_and_listens_on_the_loopback_only(run: Supervised) -> None:
    valkey = psutil.Process(run.rows()["valkey"].pid)
    listening = [c.laddr for c in valkey.net_connections("inet") if c.status == psutil.CONN_LISTEN]

    assert reply(run.rows()["valkey"].port, b"SET a b\r\n").startswith(b"-NOAUTH")
    assert listening == [(LOCALHOST, run.rows()["valkey"].port)]
    assert PASSWORD.replace(" ", "_") not in " ".join(valkey.cmdline())
    assert stat.S_IMODE((run.data_dir / "run" / "valkey.conf").stat().st_mode) == 0o600


def test_it_stops_and_leaves_nothing_on_disk(run: Supervised) -> None:
    family = run.family()

    run.stop()

    assert [process for process in family if process.is_running()] == []
    assert list((run.data_dir / "run").glob("*.rdb")) == []


def test_it_ends_when_its_supervisor_is_killed(run: Supervised) -> None:
    family = run.family()

    run.supervisor.kill()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert [process.name() for process in family if process in alive] == []


@pytest.fixture
def leftover(tmp_path: Path) -> Iterator[psutil.Process]:
    """A Valkey that no supervisor watches."""
    prepare_data_folder(tmp_path)
    config = write_config(tmp_path / "run", port=find_free_port(), password="none")
    with subprocess.Popen([find_valkey(), config], cwd=tmp_path / "run", stdout=subprocess.DEVNULL) as process:
        yield psutil.Process(process.pid)
        process.kill()


def test_the_next_start_ends_one_that_was_left_over(leftover: psutil.Process, tmp_path: Path) -> None:
    bystander = Row("bystander", os.getpid(), 1, "ready")
    rows = [bystander, Row("valkey", leftover.pid, 2, "ready"), Row("waiting", None, 3, "waiting")]

    end_leftover(tmp_path / "run", rows)

    assert not leftover.is_running() or leftover.status() == psutil.STATUS_ZOMBIE


def test_a_named_bus_is_used_instead(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://elsewhere:6379/0")

    assert list(embedded_valkey(settings, port=1, password="none")) == []


def test_the_wheel_is_there() -> None:
    assert sys.prefix in str(find_valkey())
