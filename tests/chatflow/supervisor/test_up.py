"""`chatflow up` refuses what cannot work with one line that says what to do, before it starts anything."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from chatflow.supervisor.data_folder import generate_secrets, prepare_data_folder
from chatflow.supervisor.locks import is_supervised, take_data_folder
from chatflow.supervisor.refusal import StartRefused
from chatflow.supervisor.valkey import find_valkey
from tests.chatflow.supervisor.run import ROOT, chatflow, wait_until

MORE_THAN_ANY_DISK = 2**62


def test_a_second_instance_on_the_same_data_says_so(tmp_path: Path) -> None:
    prepare_data_folder(tmp_path)
    take_data_folder(tmp_path)

    second = chatflow("up", "--data", str(tmp_path), "--port", "0")

    assert second.returncode == 1
    assert second.stderr == (
        f"error: ChatFlow is already running on {tmp_path}: see `chatflow status --data {tmp_path}`, "
        "or start with another folder (--data) and port (--port)\n"
    )


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        refused = chatflow("up", "--data", str(tmp_path), CHATFLOW_PORT=str(port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"error: cannot listen on 127.0.0.1:{port} (Address already in use): "
        "choose another with --port N, or --port 0\n"
    )


def test_an_unwritable_folder_is_named() -> None:
    refused = chatflow("up", CHATFLOW_DATA_DIR="/proc/chatflow")

    assert refused.returncode == 1
    assert refused.stderr.startswith("error: cannot write to /proc/chatflow (")
    assert "choose another folder with --data DIR" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match=r"MiB left and needs \d+: free some space, or choose another folder"):
        prepare_data_folder(tmp_path, free_bytes_at_least=MORE_THAN_ANY_DISK)


def test_a_missing_valkey_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StartRefused, match="no Valkey found: install the wheel"):
        find_valkey()


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    refused = chatflow("up", "--data", str(tmp_path), CHATFLOW_PROT="1")

    assert refused.stderr == "error: unknown settings: CHATFLOW_PROT\n"


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    prepare_data_folder(tmp_path / "data")
    folder = tmp_path / "data" / "secrets"
    generate_secrets(folder)
    first = {path.name: path.read_text() for path in folder.iterdir()}

    generate_secrets(folder)

    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    assert set(first) == {"chatflow_service_secret", "chatflow_django_secret_key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    printed = chatflow("--settings", CHATFLOW_SECRETS_DIR=str(folder)).stdout
    assert "CHATFLOW_SERVICE_SECRET=**********" in printed


def test_the_locks_survive_becoming_the_supervisor(tmp_path: Path) -> None:
    prepare_data_folder(tmp_path)

    assert os.get_inheritable(take_data_folder(tmp_path))
    becomes = "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'input()'])"
    code = "from pathlib import Path; from chatflow.supervisor.locks import *; " + (
        f"take_data_folder(Path({str(tmp_path / 'other')!r})); print('taken', flush=True); {becomes}"
    )
    prepare_data_folder(tmp_path / "other")
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "taken\n"
        wait_until(lambda: psutil.Process(process.pid).cmdline()[-1:] == ["input()"])

        assert is_supervised(tmp_path / "other")
        process.kill()


def test_status_tells_that_nothing_runs(tmp_path: Path) -> None:
    answer = chatflow("status", "--data", str(tmp_path))

    assert answer.returncode == 3
    assert answer.stdout == f"ChatFlow is not running on {tmp_path}\n"


def test_a_start_loads_no_client_of_services() -> None:
    """It would double the processor time until the supervisor runs."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, chatflow.command_line; print(*sorted(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "chatflow.supervisor.up" in loaded
    assert sorted({"aiohttp", "prometheus_client", "stamina"} & {*loaded}) == []
