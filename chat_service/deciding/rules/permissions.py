"""Who may do what: one table of the lowest role that may do an act in each kind of room."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from chat_service.deciding.rules.access import access_member
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.instants import seconds_between
from chat_service.deciding.state import RoomState
from chatflow.errors import Archived, Forbidden, Muted
from chatflow.protocol.events import FOREVER
from chatflow.protocol.objects import Role, RoomKind
from chatflow.wire.log import MemberState

# Whether they declined this room, want to be added to none or block whoever asks is theirs to know.
CANNOT_BE_ADDED = "This person cannot be added; an invitation link lets them come by themselves."


class Act(StrEnum):
    SEND = "send"
    EDIT = "edit"
    DELETE_OWN = "delete_own"
    DELETE_OTHERS = "delete_others"
    REACT = "react"
    PIN = "pin"
    ADDRESS_ALL = "address_all"
    INVITE = "invite"
    SHARE_INVITE = "share_invite"
    REVOKE_INVITE = "revoke_invite"
    KICK = "kick"
    BAN = "ban"
    MUTE = "mute"
    CHANGE_ROLE = "change_role"
    DESCRIBE = "describe"
    GOVERN = "govern"


RANK: dict[Role, int] = {"reader": 0, "member": 1, "moderator": 2, "owner": 3}

# None means nobody. A direct room has only plain members, who never change and do not moderate each other.
LOWEST_ROLE: dict[Act, dict[RoomKind, Role | None]] = {
    Act.SEND: {"channel": "member", "group": "member", "direct": "member"},
    Act.EDIT: {"channel": "member", "group": "member", "direct": "member"},
    Act.DELETE_OWN: {"channel": "reader", "group": "reader", "direct": "member"},
    Act.DELETE_OTHERS: {"channel": "moderator", "group": "moderator", "direct": None},
    Act.REACT: {"channel": "member", "group": "member", "direct": "member"},
    Act.PIN: {"channel": "member", "group": "member", "direct": "member"},
    # People in a channel chose to be there, not to be called.
    Act.ADDRESS_ALL: {"channel": "moderator", "group": "member", "direct": "member"},
    Act.INVITE: {"channel": "member", "group": "member", "direct": None},
    # A link reaches people whom its maker does not know of.
    Act.SHARE_INVITE: {"channel": "moderator", "group": "moderator", "direct": None},
    # Everyone may revoke an invitation of their own.
    Act.REVOKE_INVITE: {"channel": "moderator", "group": "moderator", "direct": None},
    Act.KICK: {"channel": "moderator", "group": "moderator", "direct": None},
    Act.BAN: {"channel": "moderator", "group": "moderator", "direct": None},
    Act.MUTE: {"channel": "moderator", "group": "moderator", "direct": None},
    Act.CHANGE_ROLE: {"channel": "moderator", "group": "moderator", "direct": None},
    # Name, topic and description.
    Act.DESCRIBE: {"channel": "moderator", "group": "member", "direct": None},
    # Archiving, privacy, retention, what newcomers may read.
    Act.GOVERN: {"channel": "owner", "group": "owner", "direct": None},
}

# An archived room can still be read: nothing is added to it, but what is wrong in it can still be put right.
POSSIBLE_IN_ARCHIVE = frozenset(
    {
        *(Act.DELETE_OWN, Act.DELETE_OTHERS, Act.REVOKE_INVITE),
        *(Act.KICK, Act.BAN, Act.MUTE, Act.CHANGE_ROLE, Act.GOVERN),
    }
)
# A muted person can make themselves heard in no way, not by a name, a topic or a guest, and moderates nobody. They may
# read, leave and take back what is theirs. A mute does not bind an owner: nobody is above them to lift it.
POSSIBLE_WHILE_MUTED = frozenset({Act.DELETE_OWN})

# Of two people in their direct room of whom one blocks the other, neither can make themselves heard by the other.
POSSIBLE_WHILE_BLOCKED = frozenset({Act.DELETE_OWN})


def may(state: RoomState, role: Role, act: Act) -> bool:
    lowest = LOWEST_ROLE[act][state.kind]
    return lowest is not None and RANK[role] >= RANK[lowest]


def permit(state: RoomState, act: Act, context: Context) -> MemberState:
    """Return the actor's membership, or raise the reason why they may not do this."""
    member = access_member(state, context.actor)
    if state.archived and act not in POSSIBLE_IN_ARCHIVE:
        raise Archived
    if state.kind == "direct" and act not in POSSIBLE_WHILE_BLOCKED:
        refuse_blocked(state.members, context)
    if act not in POSSIBLE_WHILE_MUTED and state.muted and member.role != "owner":
        refuse_muted(state, context)
    if not may(state, member.role, act):
        raise Forbidden
    return member


def refuse_blocked(people: Collection[str], context: Context) -> None:
    """Refuse what would reach the other of exactly two people, where either blocks the other. It is not said which."""
    if len(people) != 2:
        return
    (other,) = (user_id for user_id in people if user_id != context.actor)
    if context.blocked.blocks(other, context.actor) or context.blocked.blocks(context.actor, other):
        raise Forbidden("One of you blocks the other.")


def refuse_adding(user_ids: Iterable[str], context: Context) -> None:
    """Refuse to bring people into a room who block whoever asks. Do not reveal that it is a block."""
    if any(context.blocked.blocks(user_id, context.actor) for user_id in user_ids):
        raise Forbidden(CANNOT_BE_ADDED)


def refuse_muted(state: RoomState, context: Context) -> None:
    until = state.muted.get(context.actor, "")
    # Times in the same format sort as text.
    if until == FOREVER:
        raise Muted
    if until > context.at:
        raise Muted(
            f"You are muted in this room until {until}.", retry_after=round(seconds_between(context.at, until), 3)
        )


def refuse_unless_above(member: MemberState, other: MemberState) -> None:
    """Refuse to let a member moderate their equals or superiors."""
    if RANK[member.role] <= RANK[other.role]:
        raise Forbidden


def refuse_granting(member: MemberState, role: Role) -> None:
    """Refuse to give a role above one's own; of moderators and owners, only owners may make others their equals."""
    if RANK[role] > RANK[member.role] or (role == "moderator" and member.role == "moderator"):
        raise Forbidden
