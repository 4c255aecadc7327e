"""A process ends with whoever holds the other end of its lifeline, however that one ends."""

import os
import subprocess
import sys
import textwrap

import pytest

from chatflow.process.lifeline import LIFELINE_CUT_STATUS
from tests.chatflow.supervisor.run import ROOT

PROCESS = textwrap.dedent("""
    import sys, threading
    from chatflow.process.lifeline import watch_lifeline
    from chatflow.process.settings import Settings
    watch_lifeline(Settings(lifeline_fd=int(sys.argv[1])))
    print("watching", flush=True)
    threading.Event().wait()
""")


def start(lifeline_fd: int, *, pass_fds: list[int]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROCESS, str(lifeline_fd)]
    return subprocess.Popen(
        command, cwd=ROOT, pass_fds=pass_fds, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_closing_the_pipe_ends_the_process() -> None:
    reader, writer = os.pipe()
    with start(reader, pass_fds=[reader]) as process:
        os.close(reader)
        assert process.stdout is not None
        assert process.stdout.readline() == "watching\n"
        assert process.poll() is None

        os.close(writer)

        assert process.wait(5) == LIFELINE_CUT_STATUS


def test_a_lifeline_that_is_not_there_is_refused() -> None:
    reader, writer = os.pipe()
    os.close(writer)
    os.close(reader)

    with start(reader, pass_fds=[]) as process:
        _, complaint = process.communicate(timeout=10)

    assert process.returncode == 1
    assert complaint == f"error: CHATFLOW_LIFELINE_FD is {reader}, which is no open file\n"


@pytest.fixture(autouse=True)
def no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CHATFLOW_")]:
        monkeypatch.delenv(name)
