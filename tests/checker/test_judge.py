"""The checker can fail: each way of breaking a right history is caught by the invariant that forbids it."""

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checker.history import write_history
from tests.checker.judge import judge
from tests.checker.mutations import MUTATIONS, Mutation, refused
from tests.checker.records import FaultBegan, FaultHealed, Moved, RoomRecord, Whole
from tests.checker.simulation import Simulation
from tests.checker.verdict import Status, Verdict


def verdict_on(records: Sequence[RoomRecord], simulation: Simulation) -> Verdict:
    with TemporaryDirectory() as folder:
        write_history(Path(folder), rooms={"room": records}, run=simulation.faults)
        return judge(Path(folder))


def a_right_history(seed: int) -> Simulation:
    simulation = Simulation(seed)
    simulation.run()
    return simulation


@given(
    seed=st.integers(0, 2**32),
    people=st.integers(min_value=2, max_value=5),
    steps=st.integers(min_value=30, max_value=80),
)
@settings(max_examples=60, deadline=None)
def test_a_right_history_passes_every_invariant(seed: int, people: int, steps: int) -> None:
    simulation = Simulation(seed, people=people, steps=steps)
    simulation.run()
    verdict = verdict_on(simulation.records, simulation)
    assert not verdict.violated, str(verdict)


def test_every_invariant_is_examined_in_a_busy_history() -> None:
    simulation = a_right_history(1)
    verdict = verdict_on(simulation.records, simulation)
    assert {finding.status for finding in verdict.findings.values()} == {Status.HOLDS}, str(verdict)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("mutation", "invariant"), MUTATIONS, ids=lambda value: getattr(value, "__name__", value))
def test_each_mutation_is_caught_by_its_invariant(mutation: Mutation, invariant: str, seed: int) -> None:
    simulation = a_right_history(seed)
    mutation(simulation.records, random.Random(seed))
    verdict = verdict_on(simulation.records, simulation)
    assert invariant in verdict.violated, str(verdict)
    assert verdict.findings[invariant].evidence


def test_a_system_that_refuses_everything_fails() -> None:
    simulation = a_right_history(1)
    records = [refused(record) for record in simulation.records]
    assert "C14" in verdict_on(records, simulation).violated


def test_too_little_traffic_during_a_fault_is_unknown_and_not_a_pass() -> None:
    simulation = a_right_history(1)
    end = simulation.now()
    simulation.faults += [FaultBegan(at=end, fault="too late"), FaultHealed(at=end + 1, fault="too late")]
    verdict = verdict_on(simulation.records, simulation)
    assert "C1" in verdict.unknown
    assert "only 0 sends during too late" in str(verdict)


def test_a_history_without_a_final_read_cannot_say_that_nothing_was_lost() -> None:
    simulation = a_right_history(1)
    records = [record for record in simulation.records if not isinstance(record, Whole)]
    assert verdict_on(records, simulation).status_of("C1") is Status.UNKNOWN


def test_a_gap_without_its_reset_is_a_gap() -> None:
    simulation = next(s for s in map(a_right_history, range(9)) if any(map(is_reset, s.records)))
    records = [record for record in simulation.records if not is_reset(record)]
    assert "C4" in verdict_on(records, simulation).violated


def is_reset(record: RoomRecord) -> bool:
    return isinstance(record, Moved) and record.why == "reset"


def test_nothing_at_all_is_unknown() -> None:
    verdict = verdict_on([], Simulation(0))
    assert not verdict.violated
    assert "C1" in verdict.unknown
