"""Every row measures something here, in a hurry; what it found is well formed, and nothing judges how fast it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import client, texts
from benchmarks.acks import ask_and_wait
from benchmarks.bench import Bench
from benchmarks.contestants import OURS
from benchmarks.history import History, read_pages
from benchmarks.idle import hold
from benchmarks.result import Result
from benchmarks.rows import ROWS
from benchmarks.storm import cut_off
from tests.benchmarks.conftest import MEMBERS, Arena

# What is measured, and not what is sold: each starts servers of its own.
pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", [OURS, "Node", "stock"])
def test_every_event_is_answered_and_counted(arena: Arena, name: str) -> None:
    cost, kernel = ask_and_wait(arena.bench, arena.contestants[name], arena.crowd, outstanding=3)

    assert cost > 0
    assert 0 <= kernel <= 1


@pytest.mark.parametrize("name", [OURS, "Node", "stock"])
def test_connections_come_stay_and_go_in_every_round(arena: Arena, name: str) -> None:
    found = hold(arena.bench, arena.contestants[name], arena.crowd, rounds=2)

    assert (found["clients"], len(found["rounds"]), found["lost"]) == (MEMBERS, 2, 0)
    assert all(one["held"] > 0 and one["left"] > 0 for one in found["rounds"])


@pytest.mark.usefixtures("compiler")
def test_after_a_storm_everybody_has_resumed_without_a_gap(tmp_path: Path) -> None:
    result = cut_off(Bench(tmp_path, quick=True), clients=30)

    reached = {claim.target: claim.reached for claim in result.claims}
    assert reached["all in 30 s"] == "100.0%"
    assert reached["no gap, no reset"] == "0 gaps, 0 resets"
    figures = {measure.what: measure.median for measure in result.measures}
    assert figures["events fetched by resuming"] > 0
    assert figures["CPU of gateway a resume"] > 0
    assert figures["reads asked of message_service for all that"] > 0


def test_pages_of_a_filled_log_are_whole(tmp_path: Path) -> None:
    history = History(tmp_path, rooms=20)

    costs = [history.fill(3000, deadline=float("inf")) for _ in range(2)]
    reads, size = history.file_pages_per_page(20), history.bytes_per_message
    p50, p99 = read_pages(tmp_path, history, pages=20)

    assert (history.written, sum(history.counts.values())) == (6000, 6000)
    assert max(history.counts.values()) > 10 * min(history.counts.values())
    assert min(*costs, reads, size) > 0
    assert 0 < p50 <= p99


def test_a_browser_finds_its_rooms_and_gives_every_figure(tmp_path: Path) -> None:
    result = client.run(Bench(tmp_path, quick=True))

    figures = {measure.what: measure.median for measure in result.measures}
    assert figures["first messages at the second visit"] > 0
    assert figures["room switch, loaded before, p95"] >= figures["room switch, loaded before, median"] > 0
    assert figures["scrolling back through 400 messages"] > 0
    assert figures["nodes in the list, at most"] > 0
    assert len(result.claims) == 11


def test_every_field_is_measured_with_its_worst_text(tmp_path: Path) -> None:
    result = texts.run(Bench(tmp_path, quick=True))

    assert {measure.what.split()[0] for measure in result.measures} >= {"SendMessage.text", "UpdateRoom.topic"}
    assert all(measure.median > 0 for measure in result.measures if "beside" not in measure.what)
    target = "the worst text of any field, read and decided, beside its normal form ≤ 1.5 ms"
    assert [claim.target for claim in result.claims] == [target]


def test_one_row_from_the_command_line_leaves_a_result_and_a_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "start", "--quick", "--folder", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "results-quick" / "start.json").read_text())
    assert found["quick"]
    assert {"processor", "memory", "system", "fdatasync"} <= found["machine"].keys()
    assert {"commit", "Python", "python-socketio", "Valkey"} <= found["versions"].keys()
    result = Result.from_json(found["result"])
    assert [claim.is_met is None for claim in result.claims] == [False, False]
    assert "resident memory of all processes" in done.stdout
    assert "### Starting the whole system" in (tmp_path / "results-quick" / "report.md").read_text()


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in ROWS]

    assert len(names) == len(set(names)) == 13
