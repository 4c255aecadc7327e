"""The cost of a text is proportional to its length, also for the worst texts that are known for its field."""

import contextlib
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from chatflow.errors import Invalid
from chatflow.protocol.commands import AddReaction, AnyCommand, SendMessage, read_request
from tests.chat_service.people import ALICE
from tests.chat_service.rooms import PureRoom, channel
from tests.chat_service.worst_texts import WORST, addressing, payload_for, text_fields

# Twice the length may take twice the time; three times leaves room for a noisy machine, four times would be quadratic.
RATIO_AT_MOST = 3
# No text may cost more than so many times what plain letters and its own normal form cost together, which are passes
# in C. A loop over its characters in Python costs more. So does what grows a little faster than the text, which would
# not show where the length is only doubled.
TIMES_PLAIN_AT_MOST = 5
TRIES = 20
# At least so many characters are decided between two looks at the clock.
CHARACTERS_PER_TRY = 2_000


def reading(room: PureRoom, kind: type[AnyCommand], payload: dict[str, Any]) -> Callable[[], object]:
    """Return what reads the command and decides it."""

    def read_and_decide() -> None:
        # Some of these texts are no valid names. To find that out may cost no more than to accept them.
        with contextlib.suppress(Invalid):
            room.consider(ALICE, read_request(kind, payload))

    return read_and_decide


def least_times(acts: Sequence[Callable[[], object]], *, repeats: int) -> list[float]:
    """Return the least CPU time that each took, so many times over; in turns, so that a slow moment is one for all."""

    def once(act: Callable[[], object]) -> float:
        begun = time.thread_time()
        for _ in range(repeats):
            act()
        return time.thread_time() - begun

    return [min(times) for times in zip(*([once(act) for act in acts] for _ in range(TRIES)), strict=True)]


def test_all_fields_that_people_write_into_are_known_here() -> None:
    assert {f"{kind.__name__}.{name}" for kind, name, _ in text_fields()} >= {
        "SendMessage.text",
        "EditMessage.text",
        "CreateRoom.name",
        "CreateRoom.topic",
        "UpdateRoom.name",
        "UpdateRoom.topic",
        "UpdateRoom.description",
        "AddReaction.emoji",
    }


@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
@pytest.mark.parametrize(("kind", "field", "length"), text_fields())
def test_a_text_costs_no_more_than_in_proportion_to_its_length(
    kind: type[AnyCommand], field: str, length: int, worst: Callable[[int], str]
) -> None:
    room = channel()
    message_id = room.say(ALICE)
    payload = payload_for(kind, room, message_id)
    repeats = max(1, CHARACTERS_PER_TRY // length)
    texts = [
        addressing(text, length=n)
        for text, n in (
            (worst(length), length),
            (worst(length // 2), length // 2),
            *(("가" * length, length // k) for k in (1, 2)),
        )
    ]
    acts = [reading(room, kind, payload | {field: text}) for text in texts]
    acts.append(lambda: unicodedata.normalize("NFC", texts[0]))
    full, half, plain, plain_half, normal_form = least_times(acts, repeats=repeats)
    # What is refused at first sight, as half of it may be, says nothing of the way that is gone with the whole.
    assert full <= RATIO_AT_MOST * max(half, plain_half)
    assert full <= TIMES_PLAIN_AT_MOST * (plain + normal_form)


@pytest.mark.parametrize(
    "text", ["\u0301" * 31, "a" + "\u0301\u0323" * 3_900, "x\u0344" + "\u05b0" * 30, "\u0f73" * 31]
)
def test_marks_piled_too_high_are_refused_before_anybody_sorts_them(text: str) -> None:
    room = channel()
    with pytest.raises(Invalid, match="30 combining marks"):
        read_request(SendMessage, {"room_id": room.room_id, "cid": "c", "text": text})


@pytest.mark.parametrize("text", ["e" + "\u0301" * 30, "한글" * 30, "ก็้" * 50, "\u0301" * 30 + "a" + "\u0301" * 30])
def test_marks_that_a_script_may_need_are_left_alone(text: str) -> None:
    room = channel()
    assert read_request(SendMessage, {"room_id": room.room_id, "cid": "c", "text": text}).text == text


def test_an_emoji_of_marks_is_refused_by_its_field() -> None:
    room = channel()
    payload = {"room_id": room.room_id, "id": room.say(ALICE), "emoji": "\u0301" * 40}
    with pytest.raises(Invalid, match=r"\$\.emoji"):
        read_request(AddReaction, msgspec.to_builtins(payload))
