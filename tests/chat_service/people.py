"""Who appears in these tests, and the commands that they mostly give."""

import uuid

from chatflow.ids import created_room_id, new_id
from chatflow.protocol.commands import CreateRoom, SendMessage

ALICE, BOB, CAROL, DAVE = (str(uuid.UUID(int=number)) for number in range(1, 5))


def founding(actor: str = ALICE, **settings: object) -> tuple[str, CreateRoom]:
    """Return the id of a room that is about to be made, and the command that makes it."""
    body = CreateRoom(**({"cid": new_id(), "kind": "channel", "name": "garden"} | settings))  # type: ignore[arg-type]
    return created_room_id(actor, f"c:{body.cid}"), body


def saying(
    room_id: str, text: str = "hello", *, cid: str | None = None, reply_to: str | None = None, thread: str | None = None
) -> SendMessage:
    return SendMessage(room_id=room_id, cid=cid or new_id(), text=text, reply_to=reply_to, thread=thread)
