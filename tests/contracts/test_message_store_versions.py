"""Two versions at one store, one after the other: what the newer one keeps there is left alone by the older one."""

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Message, Notify
from chatflow.wire.personal import NotifyWrite, ThreadWrite
from chatflow.wire.reads import ReadMark
from message_service.retention.log_clock import ClockMark
from tests.contracts.message_store_log import RoomLog
from tests.contracts.newer_version import add_to_all, count_added


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
