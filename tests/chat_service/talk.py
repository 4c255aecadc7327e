"""What many tests of a worker do and check."""

from chatflow.protocol.commands import (
    JoinRoom,
)
from tests.chat_service.edges import Gateway, Json
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, founding


async def found_room(gateway: Gateway, *members: str) -> str:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    await gateway.ask(*(gateway.command(member, room_id, JoinRoom(room_id=room_id)) for member in members))
    return room_id


def texts(store: FakeStore, room_id: str) -> list[str]:
    return [message["text"] for message in store.rooms[room_id].messages.values()]


def seqs(answers: list[Json]) -> list[int]:
    return [answer["seq"] for answer in answers]
