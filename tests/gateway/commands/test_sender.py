"""Commands without an answer are sent again until their deadline, and not after their client has gone."""

import time

import pytest

from gateway.commands.sender import DEADLINE_SECONDS, SILENCE_SECONDS
from tests.gateway.scene import Scene


@pytest.fixture
def deaf(scene: Scene) -> Scene:
    """Alice is in, and the worker takes commands and answers none."""
    scene.connect()
    scene.gateway.worker.is_deaf = True
    return scene


def test_a_command_says_until_when_its_sender_waits(deaf: Scene) -> None:
    before = time.time()
    deaf.ask("message:send", room_id=deaf.room.id, cid="c", text="x")
    (command,) = deaf.gateway.worker.received
    assert before + DEADLINE_SECONDS <= command.deadline <= time.time() + DEADLINE_SECONDS


def test_a_command_without_an_answer_is_sent_again_until_its_time_is_over(deaf: Scene) -> None:
    deaf.ask("message:send", room_id=deaf.room.id, cid="c", text="x")
    deaf.loop.pass_time(DEADLINE_SECONDS - 0.5)
    assert [command.attempt for command in deaf.gateway.worker.received] == [1, 2, 3, 4]
    assert deaf.answers() == []
    deaf.loop.pass_time(1.0)
    assert [answer["error"]["code"] for answer in deaf.answers()] == ["timeout"]
    deaf.loop.pass_time(10.0)
    assert len(deaf.gateway.worker.received) == 4


def test_what_a_connection_left_unanswered_is_not_asked_again(deaf: Scene) -> None:
    deaf.ask("message:send", room_id=deaf.room.id, cid="c", text="x")
    deaf.do(lambda: deaf.device.put("1"))
    deaf.loop.pass_time(2 * SILENCE_SECONDS)
    assert [command.attempt for command in deaf.gateway.worker.received] == [1]
    assert deaf.gateway.commands._active == {}


def test_a_connection_that_sent_no_command_leaves_those_of_others(deaf: Scene) -> None:
    deaf.ask("message:send", room_id=deaf.room.id, cid="c", text="x")
    deaf.gateway.commands.abandon("of nobody", [deaf.room.id])
    deaf.gateway.worker.is_deaf = False
    deaf.loop.pass_time(SILENCE_SECONDS + 0.5)
    assert [answer["ok"] for answer in deaf.answers()] == [True]
