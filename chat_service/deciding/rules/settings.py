"""A room's settings: name, topic, description, archiving, privacy, retention, history."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from chat_service.deciding.rules.about import header
from chat_service.deciding.rules.access import access_member
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.permissions import Act, permit
from chat_service.deciding.rules.text import clean_description, clean_name, clean_topic
from chat_service.deciding.state import RoomState
from chatflow.errors import Archived, Invalid
from chatflow.protocol.commands import UpdateRoom
from chatflow.protocol.events import RoomUpdated

DESCRIPTION = ("name", "topic", "description")
GOVERNMENT = ("archived", "private", "retention_days", "history")


def update_room(state: RoomState, command: UpdateRoom, context: Context) -> RoomUpdated | None:
    access_member(state, context.actor)
    wanted = wanted_settings(command)
    if not wanted:
        raise Invalid("Name at least one setting to change.")
    # The command that brings a room back may change its other settings as well.
    stays_archived = state.archived and wanted.get("archived", True)
    if any(name in wanted for name in GOVERNMENT):
        permit(state, Act.GOVERN, context)
        if stays_archived and wanted.keys() != {"archived"}:
            raise Archived
    if any(name in wanted for name in DESCRIPTION):
        permit(replace(state, archived=stays_archived), Act.DESCRIBE, context)
    if wanted.get("private", True) is False and state.kind == "group":
        raise Invalid("A group is always private - at `$.private`")
    changes = {name: value for name, value in wanted.items() if getattr(state, name) != value}
    if not changes:
        return None
    return RoomUpdated(**header(state, context=context), changes=changes)


def wanted_settings(command: UpdateRoom) -> dict[str, Any]:
    given = {name: getattr(command, name) for name in (*DESCRIPTION, *GOVERNMENT)}
    wanted = {name: value for name, value in given.items() if value is not UNSET}
    if "name" in wanted:
        wanted["name"] = clean_name(wanted["name"])
    if "topic" in wanted:
        wanted["topic"] = clean_topic(wanted["topic"])
    if "description" in wanted:
        wanted["description"] = clean_description(wanted["description"])
    return wanted
