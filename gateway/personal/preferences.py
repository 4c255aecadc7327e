"""People's preferences in a room: written in batches, answered once stored, and told to the person's other devices."""

from datetime import datetime

import msgspec
from msgspec import UNSET

from chatflow.errors import Invalid, NotFound
from chatflow.protocol.characters import clean_line, shows
from chatflow.protocol.objects import Notify
from chatflow.protocol.queries import SECTION_LENGTH, FollowThread, SetMine, SetNotify, UnfollowThread
from chatflow.protocol.told import RoomMine
from chatflow.wire.bus import RoomHidden, ToPerson
from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, PersonalWrite, ThreadWrite
from gateway.delivery.signals import SignalSender
from gateway.personal.writes import PersonalWrites
from gateway.sessions.connection import Connection


class Preferences:
    def __init__(self, writes: PersonalWrites, signals: SignalSender) -> None:
        self._writes = writes
        self._signals = signals

    async def set_notify(self, connection: Connection, request: SetNotify) -> None:
        refuse_what_is_no_moment(request.muted_until)
        notify = Notify(request.level, request.muted_until)
        await self._write(NotifyWrite(user_id=connection.user_id, room_id=request.room_id, notify=notify))
        self._notify_others(connection, RoomMine(request.room_id, notify=notify))

    async def set_mine(self, connection: Connection, request: SetMine) -> None:
        if request.favourite is UNSET and request.section is UNSET:
            raise Invalid("Name at least one setting to change.")
        section = clean_section(request.section) if isinstance(request.section, str) else request.section
        write = MineWrite(
            user_id=connection.user_id, room_id=request.room_id, favourite=request.favourite, section=section
        )
        await self._write(write)
        self._notify_others(connection, RoomMine(request.room_id, favourite=request.favourite, section=section))

    async def follow(self, connection: Connection, request: FollowThread | UnfollowThread) -> None:
        following = isinstance(request, FollowThread)
        await self._write(
            ThreadWrite(user_id=connection.user_id, room_id=request.room_id, id=request.id, following=following)
        )
        self._notify_others(connection, RoomMine(request.room_id, threads={request.id: following}))

    async def hide(self, connection: Connection, room_id: str, *, seq: int, for_good: bool) -> None:
        """Hide the room on every device of the person, if it is a direct room, which can be hidden but not left."""
        write = HideWrite(user_id=connection.user_id, room_id=room_id, seq=seq, for_good=for_good)
        if await self._writes.write(write) == "done":
            self._signals.send(RoomHidden(room_id=room_id, user_id=connection.user_id))

    async def _write(self, write: PersonalWrite) -> None:
        if await self._writes.write(write) != "done":
            raise NotFound

    def _notify_others(self, connection: Connection, mine: RoomMine) -> None:
        payload = msgspec.to_builtins(mine)
        self._signals.send(
            ToPerson(user_id=connection.user_id, name="room:mine", payload=payload, except_connection=connection.id)
        )


def clean_section(text: str) -> str:
    section = clean_line(text, field="section", characters_at_most=SECTION_LENGTH)
    if not shows(section):
        raise Invalid("The name of the section is empty - at `$.section`")
    return section


def refuse_what_is_no_moment(text: str | None) -> None:
    """Raise `invalid` unless the text is a point in time: its later readers cannot refuse it to the client."""
    try:
        if text is not None:
            datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("Not a point in time - at `$.muted_until`") from None
