"""Memory is counted as Linux keeps it: what a process wrote is its own, and a library is there once for all."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.memory import FILES, held_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in another way")

MEGABYTE = 1_000_000
# Says when it is there, and ends with its input.
HOLDING = "import ssl, sys; kept = b'x' * int(sys.argv[1]); print('there', flush=True); sys.stdin.read()"


@pytest.fixture
def holding() -> Iterator[list[int]]:
    """The ids of two processes that loaded the same libraries; the second keeps 50 MB more."""
    command = [sys.executable, "-c", HOLDING]
    with (
        subprocess.Popen([*command, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as small,
        subprocess.Popen(
            [*command, str(50 * MEGABYTE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as large,
    ):
        for process in (small, large):
            assert process.stdout is not None
            assert process.stdout.readline() == "there\n"
        yield [small.pid, large.pid]


def test_libraries_count_once_and_what_each_keeps_by_itself(holding: list[int]) -> None:
    small, large = holding
    alone, together = held_bytes([("small", small)]), held_bytes([("small", small), ("large", large)])

    assert 45 * MEGABYTE < together["large"] - together["small"] < 55 * MEGABYTE
    assert together["small"] == alone["small"]
    assert alone[FILES] > MEGABYTE
    assert together[FILES] < 1.1 * alone[FILES]
