"""Two versions at one store, one after the other: forward, and back where the newer one allows it."""

from types import ModuleType
from typing import Any

import pytest
import structlog

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Message, Notify
from chatflow.wire.personal import NotifyWrite, ThreadWrite
from chatflow.wire.reads import ReadMark
from message_service.retention.log_clock import ClockMark
from message_service.stores.migrating import FIRST_THAT_ASKS, StoreIsNewer, migration_of
from message_service.stores.port import MessageStore, Span
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened
from tests.contracts.newer_version import (
    Raising,
    add_to_all,
    count_added,
    forget_what_steps_ask_for,
    newest_step,
    nothing,
    number_that_former_programs_compare,
    opened_by_newer,
    raised,
)

pytestmark = pytest.mark.not_on_ferretdb("what steps ask for is no matter of the server")


def change_everything(room: RoomLog, message: Message, bob: str, invite_id: str) -> None:
    """Write once more to all that stands in the room, and take nothing away."""
    room.write(
        room.edit(message, "otherwise"),
        room.about(events.MessagePinned, bob, message),
        room.update(topic="another", retention_days=3),
        room.of_member(events.MemberRole, bob, role="admin"),
        room.joining(new_id(), invite_id=invite_id),
    )
    room.say(bob, "and more", thread=message.id)
    room.store.mark_read([ReadMark(bob, room.room_id, room.head)])
    room.store.write_personal(
        [
            NotifyWrite(user_id=bob, room_id=room.room_id, notify=Notify("mentions")),
            ThreadWrite(user_id=bob, room_id=room.room_id, id=message.id, following=False),
        ]
    )
    room.store.keep_clock_mark(ClockMark(boot_id="another", elapsed=2.0, time=2.0))


def test_what_a_newer_version_keeps_in_a_row_stays_when_the_row_is_written(
    room: RoomLog, message_store_url: str, alice: str, bob: str
) -> None:
    store, invite_id = room.store, new_id()
    message = room.say(alice, "root")
    door = events.InviteCreated(**room.common(alice), invite_id=invite_id, role="member", uses=5)
    room.write(room.entry(door, secret_hash="h"), room.about(events.ReactionAdded, bob, message, emoji="👍"))
    store.write_personal([ThreadWrite(user_id=bob, room_id=room.room_id, id=message.id, following=True)])
    store.keep_clock_mark(ClockMark(boot_id="one", elapsed=1.0, time=1.0))
    add_to_all(message_store_url)
    added = count_added(message_store_url)
    assert min(added.values()) > 0

    change_everything(room, message, bob, invite_id)

    assert count_added(message_store_url) == added
    assert room.row(bob).room.topic == "another"


def say(store: MessageStore, room: RoomLog, *texts: str) -> None:
    """Write to the room through this store, which another version may have had before."""
    room.store = room._writer = store
    for text in texts:
        room.say(room.owner, text)


def messages(room: RoomLog) -> list[Any]:
    return room.store.messages(room.room_id, Span(limit=50)).items


def finish(store: Any) -> None:
    assert store.migrating.wait(20)


@pytest.fixture
def story(message_store_url: str, alice: str) -> RoomLog:
    """A room with five messages, by this program."""
    with opened(message_store_url) as store:
        room = RoomLog(store, owner=alice)
        room.begin()
        say(store, room, *"12345")
    return room


def test_forward_and_back_twice_and_nothing_is_lost_or_done_again(message_store_url: str, story: RoomLog) -> None:
    url = message_store_url
    newer = Raising(url, stops_after=2)
    with opened_by_newer(url, newer.steps) as store:
        assert newer.has_stopped.wait(20)
        say(store, story, "6")
    # The batch at which it stopped was written.
    assert raised(url) == [1, 1, 1, 1, 0, 0]

    with opened(url) as store:
        finish(store)
        say(store, story, "7", "8", "9")
        story.write(story.edit(messages(story)[0], "one"))
    assert raised(url) == [1, 1, 1, 1, 0, 0, 0, 0, 0]

    again = Raising(url, stops_after=1)
    with opened_by_newer(url, again.steps) as store:
        assert again.has_stopped.wait(20)
    assert raised(url) == [1, 1, 1, 1, 1, 1, 0, 0, 0]

    with opened(url) as store:
        say(store, story, "10")

    last = Raising(url)
    with opened_by_newer(url, last.steps) as store:
        finish(store)
        assert raised(url) == [1] * 10
    with opened(url) as store:
        say(store, story, "11")
    with opened_by_newer(url, last.steps) as store:
        finish(store)
        say(store, story)
        assert [message.text for message in messages(story)] == ["one", *"23456789", "10", "11"]
        assert [event.seq for event in story.events().events] == list(range(1, story.head + 1))
    assert raised(url) == [*[1] * 10, 0]
    assert [one.times_made_room for one in (newer, again, last)] == [1, 0, 0]


def test_an_older_program_says_what_it_leaves_alone(message_store_url: str, story: RoomLog) -> None:
    newer, newest = Raising(message_store_url, stops_after=1), newest_step(message_store_url)
    with structlog.testing.capture_logs() as logs:
        with opened_by_newer(message_store_url, newer.steps):
            assert newer.has_stopped.wait(20)
        assert [line for line in logs if "unknown" in line] == []
        with opened(message_store_url):
            pass

    [line] = [line for line in logs if "unknown" in line]
    assert line["log_level"] == "warning"
    assert line["event"].startswith("the store is of a newer version, and this program may open it")
    assert (line["unknown"], line["unfinished"], line["newest"]) == (
        [f"{newest + 1} numbers", f"{newest + 2} older_numbers"],
        [f"{newest + 2} older_numbers"],
        newest,
    )


def test_a_step_lets_in_whom_it_says_and_nobody_older(message_store_url: str, story: RoomLog) -> None:
    """The second step takes away what only programs from before the first one still need."""
    newest = newest_step(message_store_url)
    expanding, contracting = nothing(newest + 1, oldest=newest), nothing(newest + 2, oldest=newest + 1)
    with opened_by_newer(message_store_url, [expanding, contracting]):
        pass

    with opened_by_newer(message_store_url, [expanding]) as store:
        say(store, story, "6")
    told = f"only a program that knows step {newest + 1} may open it, and this one knows steps up to {newest}; start"
    with pytest.raises(StoreIsNewer, match=told), opened(message_store_url):
        pass


def test_one_step_that_lets_nobody_in_is_enough(message_store_url: str, story: RoomLog) -> None:
    newest = newest_step(message_store_url)
    steps = [nothing(newest + 1, oldest=newest + 1), nothing(newest + 2, oldest=newest)]
    with opened_by_newer(message_store_url, steps):
        pass

    with pytest.raises(StoreIsNewer, match=f"knows step {newest + 1} "), opened(message_store_url):
        pass


def test_a_step_that_was_noted_without_what_it_asks_for_lets_no_older_program_in(
    message_store_url: str, story: RoomLog
) -> None:
    forget_what_steps_ask_for(message_store_url)
    with opened(message_store_url) as store:
        say(store, story, "6")
    newest = newest_step(message_store_url)
    with opened_by_newer(message_store_url, [nothing(newest + 1, oldest=newest)]):
        pass
    forget_what_steps_ask_for(message_store_url)

    with pytest.raises(StoreIsNewer, match=f"knows step {newest + 1} "), opened(message_store_url):
        pass


def test_programs_that_do_not_ask_refuse_every_newer_store(message_store_url: str, story: RoomLog) -> None:
    newest = newest_step(message_store_url)
    with opened_by_newer(message_store_url, [nothing(newest + 1, oldest=newest)]):
        pass

    assert number_that_former_programs_compare(message_store_url) == newest + 1


def a_step(**says: int) -> ModuleType:
    step = ModuleType(f"migrations.m{FIRST_THAT_ASKS + 2:04}_a_step")
    vars(step).update(says, up=print)
    return step


def test_a_step_that_says_nothing_lets_no_older_program_in() -> None:
    assert migration_of(a_step()).oldest == FIRST_THAT_ASKS + 2
    assert migration_of(a_step(OLDEST=FIRST_THAT_ASKS)).oldest == FIRST_THAT_ASKS


@pytest.mark.parametrize("oldest", [FIRST_THAT_ASKS - 1, FIRST_THAT_ASKS + 3])
def test_no_step_asks_for_what_cannot_be(oldest: int) -> None:
    with pytest.raises(LookupError, match="OLDEST is from"):
        migration_of(a_step(OLDEST=oldest))
