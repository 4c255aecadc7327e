"""Judges whether an event may follow on the room before it, without using the code of the rules."""

from typing import Any

from tests.chat_service.log_fold import LogFold

Json = dict[str, Any]
RANKS = ["reader", "member", "moderator", "owner"]


def objections(room: LogFold, event: Json) -> list[str]:
    """Return what is wrong with an event that is about to follow on this room."""
    actor, kind = event["actor"], event["type"]
    role = room.members.get(actor, (None, 0))[0]
    rank = RANKS.index(role) if role else -1
    about = event.get("user_id", "")
    other = RANKS.index(room.members[about][0]) if about in room.members else -1
    message = room.messages.get(event.get("id", ""), {})
    is_direct = room.room.get("kind") == "direct"
    is_content = kind.split(".")[0] in ("message", "reaction") and kind != "message.deleted"
    owners = [person for person, (standing, _) in room.members.items() if standing == "owner"]
    invite = room.invites.get(event.get("invite_id", ""), {})
    founding = kind == "room.created"
    walks_in = kind == "member.joined" and actor == about
    was_reader = room.left_as.get(about) == "reader"
    is_taken_back = (kind == "message.deleted" and message["sender"] == actor) or (
        kind == "invite.revoked" and invite["created_by"] == actor
    )
    rules = {
        "a room begins once": founding == (room.head == 0),
        "only members act": founding or walks_in or rank >= 0 or kind == "room.trimmed",
        "retention is the system's": (kind == "room.trimmed") == (actor == "system"),
        "a room is trimmed as it wishes": kind != "room.trimmed" or room.room.get("retention_days") is not None,
        "what is trimmed stays so": kind != "room.trimmed" or room.trimmed_n < event["through_n"] <= room.n,
        "whoever is in does not come in": kind != "member.joined" or other < 0,
        "the banned stay out": kind != "member.joined" or about not in room.banned,
        "who declined is brought in by nobody": kind != "member.joined" or walks_in or about not in room.declined,
        "a private room takes an invitation": not walks_in or not room.room["private"] or bool(invite),
        "an invitation gives its role": not walks_in
        or event["role"] == ("reader" if was_reader else invite.get("role", "member")),
        "a reader comes back as one": not was_reader
        or kind != "member.joined"
        or event["role"] == "reader"
        or rank >= 2,
        "an invitation is used up": not walks_in or invite.get("uses_left") != 0,
        "a direct room's people stay": not is_direct or not kind.startswith(("member", "room", "invite")),
        "readers say nothing": not is_content or rank >= 1,
        "the muted are not heard": is_taken_back
        or (walks_in or kind == "member.left" or role == "owner" or room.muted.get(actor, "") <= event["at"]),
        "an archive is closed": not (room.room.get("archived") and (is_content or kind == "member.joined")),
        "authors edit": kind != "message.edited" or message["sender"] == actor,
        "authors and moderators delete": kind != "message.deleted" or message["sender"] == actor or rank >= 2,
        "the deleted is gone": not message or not message["deleted"],
        "the trimmed is gone": not message or message["n"] > room.trimmed_n or kind == "message.unpinned",
        "nobody puts out their equals": kind not in ("member.kicked", "member.banned") or rank > other >= 0,
        "somebody owns the room": kind != "member.left" or owners != [about] or len(room.members) == 1,
        "an owner is left": kind != "member.role" or event["role"] == "owner" or owners != [about],
        "roles come from above": kind != "member.role" or role == "owner" or rank > RANKS.index(event["role"]),
        "owners govern": kind != "room.updated"
        or role == "owner"
        or set(event["changes"]) <= {"name", "topic", "description"},
        "only members are named": set(mentioned(event)) <= set(room.members),
    }
    return [rule for rule, holds in rules.items() if not holds]


def mentioned(event: Json) -> list[str]:
    people: list[str] = (event.get("message") or event).get("mentions", {}).get("users", [])
    return people
