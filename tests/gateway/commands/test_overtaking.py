"""Nothing overtakes a command that its client has to send again, whether or not the client knows of that already."""

import itertools
from collections import deque
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatflow.errors import ChatFlowError, Internal, Muted, NotFound, TimedOut, Unavailable
from chatflow.wire.bus import Answers, Reply
from gateway.commands.overtaking import FAILURES_AT_MOST, GIVEN_UP_SECONDS, Failures
from tests.gateway.scene import Scene


@pytest.fixture
def scene(scene: Scene) -> Scene:
    scene.connect()
    return scene


def send(scene: Scene, cid: str) -> str:
    """Send a message; return the code of its answer, "ok", or "" if there is none yet."""
    scene.ask("message:send", room_id=scene.room.id, cid=cid, text=cid)
    return codes(scene)[scene.device.asked]


def fail(scene: Scene, cid: str, *, by: ChatFlowError | None = None) -> str:
    """Send a message that its room's owner does not decide."""
    scene.gateway.worker.refusal = by or Unavailable()
    code = send(scene, cid)
    scene.gateway.worker.refusal = None
    return code


def codes(scene: Scene) -> dict[int, str]:
    """Return how each event was answered."""
    answers = scene.life.answers
    return {
        asked: "" if asked not in answers else "ok" if answers[asked]["ok"] else answers[asked]["error"]["code"]
        for asked in range(1, scene.device.asked + 1)
    }


def said(scene: Scene) -> list[str]:
    """Return the messages in the room, in its order."""
    packets = [msgspec.json.decode(event.packet[2:])[1] for event in scene.room.events[1:]]
    return [event["message"]["text"] for event in packets]


@pytest.mark.parametrize("error", [Unavailable(), TimedOut(), Internal()], ids=str)
def test_what_comes_behind_a_command_that_ended_undecided_fails_too_until_it_comes_again(
    scene: Scene, error: ChatFlowError
) -> None:
    assert fail(scene, "one", by=error) == error.code
    # Its client has not heard of that yet.
    assert [send(scene, "two"), send(scene, "three")] == ["unavailable"] * 2
    assert [send(scene, cid) for cid in ("one", "two", "three", "four")] == ["ok"] * 4
    assert said(scene) == ["one", "two", "three", "four"]


def test_what_comes_behind_a_command_that_was_decided_against_is_decided(scene: Scene) -> None:
    assert fail(scene, "one", by=Muted()) == "muted"
    assert send(scene, "two") == "ok"


def test_what_stands_behind_a_command_that_ends_undecided_ends_with_it(scene: Scene) -> None:
    scene.gateway.worker.is_deaf = True
    assert [send(scene, "one"), send(scene, "two")] == ["", ""]
    one = scene.gateway.worker.received[0]
    reply = Reply(lane=one.lane, number=one.number, op=one.op, ok=None, error=Unavailable().body)
    scene.do(lambda: scene.gateway.commands.on_answers(answers(reply)))
    assert list(codes(scene).values()) == ["unavailable", "timeout"]
    scene.gateway.worker.is_deaf = False
    assert [send(scene, "one"), send(scene, "two")] == ["ok", "ok"]
    assert said(scene) == ["one", "two"]


def test_what_waits_for_a_command_whose_people_cannot_be_looked_up_ends_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looking_up(scene, monkeypatch, error=Unavailable()) == ["unavailable", "unavailable"]
    assert said(scene) == []


def test_what_waits_for_a_command_that_names_nobody_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looking_up(scene, monkeypatch, error=NotFound()) == ["not_found", "ok"]


def test_rooms_do_not_wait_for_each_other(scene: Scene) -> None:
    other = scene.world.room(scene.alice)
    fail(scene, "one")
    scene.ask("message:send", room_id=other.id, cid="two", text="two")
    assert list(codes(scene).values()) == ["unavailable", "ok"]


def test_a_client_that_gives_a_message_up_is_refused_once(scene: Scene) -> None:
    fail(scene, "one")
    assert [send(scene, "two"), send(scene, "two"), send(scene, "three")] == ["unavailable", "ok", "ok"]


def test_a_client_that_sends_nothing_again_is_refused_for_some_seconds_only(scene: Scene) -> None:
    fail(scene, "one")
    scene.loop.pass_time(GIVEN_UP_SECONDS / 2)
    assert send(scene, "two") == "unavailable"
    scene.loop.pass_time(GIVEN_UP_SECONDS / 2 + 0.5)
    assert send(scene, "three") == "ok"
    assert scene.gateway.commands._failures == {}


def test_failures_are_forgotten_with_their_connection(scene: Scene) -> None:
    fail(scene, "one")
    scene.do(lambda: scene.device.put("1"))
    assert scene.gateway.commands._failures == {}


def test_a_repetition_that_was_on_its_way_does_not_overtake_one_that_ended_undecided_again(scene: Scene) -> None:
    fail(scene, "one")
    send(scene, "two")
    fail(scene, "one")
    # It knows that it was refused itself, but not that the one before it was refused again.
    assert send(scene, "two") == "unavailable"
    assert [send(scene, "one"), send(scene, "two")] == ["ok", "ok"]
    assert said(scene) == ["one", "two"]


def failed(*cids: str) -> Failures:
    """Return failures in this order of commands that came in the order of the alphabet."""
    failures = Failures()
    for cid in cids:
        failures.note(cid, place=ord(cid), now=0.0)
    return failures


def test_who_sends_one_again_knows_of_all_failures_before_its_last() -> None:
    failures = failed("a", "b", "c", "a")
    assert [failures.admit(cid, place=ord(cid), now=0.0) for cid in "abd"] == [ord("a"), ord("b"), ord("d")]


def test_a_failure_that_is_known_hides_none_that_may_not_be() -> None:
    failures = failed("a", "b", "a", "c")
    assert [failures.admit(cid, place=ord(cid), now=0.0) for cid in "ad"] == [ord("a"), None]


def test_a_room_remembers_only_so_many_failures() -> None:
    failures = Failures()
    for number in range(2 * FAILURES_AT_MOST):
        failures.note(f"c{number}", place=number, now=0.0)
        assert failures.admit(f"d{number}", place=2 * FAILURES_AT_MOST + number, now=0.0) is None
    assert len(failures._by_place) == len(failures._by_cid) == FAILURES_AT_MOST


class Talk:
    """A client that sends again, in order, what it heard ended undecided, and the lane to which it talks.

    Packets wait on their way in both directions, and the lane decides or ends what has come to it.
    """

    def __init__(self) -> None:
        self.failures = Failures()
        self.going: deque[int] = deque()
        self.coming: deque[tuple[int, bool]] = deque()
        self.to_repeat: list[int] = []
        self.pending: list[tuple[int, int]] = []
        self.decided: list[int] = []
        self.numbers = itertools.count(1)
        self.places = itertools.count(1)

    def write(self) -> None:
        """Say something more, after what was found to be said again."""
        self.going.extend([*sorted(self.to_repeat), next(self.numbers)])
        self.to_repeat.clear()

    def repeat(self) -> None:
        self.to_repeat.sort()
        self.going.extend(self.to_repeat[:1])
        del self.to_repeat[:1]

    def hear(self) -> None:
        number, is_ok = self.coming.popleft() if self.coming else (0, True)
        self.to_repeat += [] if is_ok else [number]

    def arrive(self) -> None:
        for number in [self.going.popleft()] if self.going else []:
            place = self.failures.admit(str(number), place=next(self.places), now=0.0)
            self.pending += [] if place is None else [(number, place)]
            self.coming += [(number, False)] if place is None else []

    def decide(self) -> None:
        self.decided += [number for number, _ in self.pending[:1]]
        self.coming += [(number, True) for number, _ in self.pending[:1]]
        del self.pending[:1]

    def end(self) -> None:
        for number, place in self.pending:
            self.failures.note(str(number), place=place, now=0.0)
            self.coming.append((number, False))
        self.pending.clear()


STEPS = st.sampled_from(["write", "repeat", "hear", "arrive", "decide", "end"])


@settings(deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(1, 4)), max_size=40))
def test_whatever_ends_undecided_is_decided_in_the_order_in_which_it_was_written(steps: list[tuple[str, int]]) -> None:
    talk = Talk()
    for step, times in steps:
        for _ in range(times):
            getattr(talk, step)()
    written = next(talk.numbers)
    for step in ["arrive", "decide", "hear", "repeat"] * (10 * written):
        getattr(talk, step)()
    assert talk.decided == list(range(1, written))
    assert talk.failures._by_place == []


def looking_up(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, error: ChatFlowError) -> list[Any]:
    """Invite somebody who cannot be looked up, and say something at once; return how both were answered."""

    async def post_json(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(scene.gateway.services, "post_json", post_json)

    def ask_both() -> None:
        scene.device.ask("room:invite", room_id=scene.room.id, user_id=scene.bob, cid="one")
        scene.device.ask("message:send", room_id=scene.room.id, cid="two", text="two")

    scene.do(ask_both)
    return list(codes(scene).values())


def answers(*replies: Reply) -> bytes:
    return msgspec.msgpack.encode(Answers(worker_id="w1", epoch="e", replies=list(replies)))
