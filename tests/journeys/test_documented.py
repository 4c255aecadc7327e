"""The product answers nothing on REST that the document does not describe, and the transcript is what it says."""

import asyncio
import json

import jsonschema
import pytest

from tests.journeys.documented import DOCUMENT, PHASES, Caller, ask_everything, settle
from tests.journeys.system import System
from tests.journeys.transcript import FILE, play

SOCKET = DOCUMENT.with_name("asyncapi.json")
# For each operation, phase and caller, which takes some 20 s a caller; docs/api/README.md tells of longer runs.
CASES = 4
SEED = 20261127
# Trying all limits takes the longest, so one of them does it; the limits are the same for everybody.
TRIED = {"stranger": ("examples", "fuzzing"), "member": ("examples", "fuzzing", "stateful"), "owner": PHASES}


@pytest.fixture(scope="module")
def callers(system: System) -> list[Caller]:
    return asyncio.run(settle(system.url))


@pytest.mark.parametrize(
    "who", ["stranger", *(pytest.param(who, marks=pytest.mark.long) for who in ("member", "owner"))]
)
def test_nothing_is_answered_that_is_not_described(system: System, callers: list[Caller], who: str) -> None:
    [caller] = [caller for caller in callers if caller.name == who]

    run = ask_everything(system.url, caller, cases=CASES, phases=TRIED[who], seed=SEED)

    assert not run.failed, run.output
    assert run.cases > 100


async def test_the_transcript_is_what_is_said_on_the_wire_and_all_of_it_is_described(system: System) -> None:
    transcript = await play(system.url)

    document = json.loads(SOCKET.read_text())
    described = {message["name"]: message["payload"] for message in document["components"]["messages"].values()}
    wrong = [
        (name, error.message)
        for name, payload in transcript.said
        for error in jsonschema.Draft202012Validator(
            {"components": document["components"], **described[name]}
        ).iter_errors(payload)
    ]
    assert wrong == []
    assert {name for name, _ in transcript.said} >= {"ready", "event", "room:join ack", "room:sync ack"}
    assert transcript.text == FILE.read_text(), "run `make transcript`"
