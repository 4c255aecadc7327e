"""Several people do random things in a room: the result is always the fold of its events, and breaks no rule."""

import hashlib
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chat_service.deciding.state import RoomState
from chatflow.ids import SYSTEM, direct_room_id, new_id
from chatflow.instants import write_instant
from chatflow.protocol import commands
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.log import LoadedRoom
from tests.chat_service.badges import Badge, counted
from tests.chat_service.judge import objections
from tests.chat_service.log_fold import LogFold
from tests.chat_service.people import ALICE, BOB, CAROL, DAVE, founding
from tests.chat_service.rooms import PureRoom

PEOPLE = [ALICE, BOB, CAROL, DAVE]
people = st.sampled_from(PEOPLE)
roles = st.sampled_from(["owner", "moderator", "member", "reader"])
texts = st.lists(
    st.sampled_from([f"<@{ALICE}>", f"<@{BOB}>", f"<@{CAROL}>", "<@all>", "<@here>", "`", "```\n", "word", "회의"]),
    max_size=4,
).map(" ".join)
# Which message or invitation is meant, counted from the newest; beyond the first it is one that never was.
places = st.integers(min_value=1, max_value=6)


class PeopleInARoom(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(["channel", "group", "direct"]), private=st.booleans(), members=st.sets(people))
    def found(self, kind: str, private: bool, members: set[str]) -> None:
        if kind == "direct":
            room_id = direct_room_id([ALICE, BOB])
            command: AnyCommand = commands.OpenDirect(user_ids=[BOB])
        else:
            room_id, command = founding(kind=kind, private=private, members=sorted(members))
        self.room = PureRoom(room_id)
        self.oracle = LogFold(room_id)
        self.badges: dict[str, Badge] = {person: Badge(person) for person in PEOPLE}
        self.tell(ALICE, command)

    def tell(self, actor: str, command: AnyCommand) -> None:
        before = len(self.room.entries)
        self.room.seconds += 1
        self.room.tell(actor, command)
        for entry in self.room.entries[before:]:
            event = msgspec.json.decode(msgspec.json.encode(entry.event))
            assert objections(self.oracle, event) == []
            self.oracle.apply(entry)
            for badge in self.badges.values():
                badge.fold(event)

    def message_at(self, place: int) -> str:
        known = list(self.oracle.messages)
        return known[-place] if place <= len(known) else new_id()

    @rule(actor=people, text=texts, place=places, as_reply=st.booleans(), in_thread=st.booleans())
    def send(self, actor: str, text: str, place: int, as_reply: bool, in_thread: bool) -> None:
        named = self.message_at(place)
        more = ({"reply_to": named} if as_reply else {}) | ({"thread": named} if in_thread else {})
        self.tell(actor, commands.SendMessage(room_id=self.room.room_id, cid=new_id(), text=text, **more))  # type: ignore[arg-type]

    @rule(actor=people, text=texts, place=places)
    def edit(self, actor: str, text: str, place: int) -> None:
        self.tell(actor, commands.EditMessage(room_id=self.room.room_id, id=self.message_at(place), text=text))

    @rule(
        actor=people,
        kind=st.sampled_from([commands.DeleteMessage, commands.PinMessage, commands.UnpinMessage]),
        place=places,
    )
    def mark(self, actor: str, kind: Any, place: int) -> None:
        self.tell(actor, kind(room_id=self.room.room_id, id=self.message_at(place)))

    @rule(
        actor=people,
        kind=st.sampled_from([commands.AddReaction, commands.RemoveReaction]),
        place=places,
        emoji=st.sampled_from(["👍", "🎉"]),
    )
    def react(self, actor: str, kind: Any, place: int, emoji: str) -> None:
        self.tell(actor, kind(room_id=self.room.room_id, id=self.message_at(place), emoji=emoji))

    @rule(actor=people, kind=st.sampled_from([commands.JoinRoom, commands.LeaveRoom, commands.DeclineRoom]))
    def come_or_go(self, actor: str, kind: Any) -> None:
        self.tell(actor, kind(room_id=self.room.room_id))

    @rule(
        actor=people,
        other=people,
        kind=st.sampled_from([commands.KickMember, commands.BanMember, commands.UnbanMember, commands.MuteMember]),
    )
    def moderate(self, actor: str, other: str, kind: Any) -> None:
        self.tell(actor, kind(room_id=self.room.room_id, user_id=other))

    @rule(actor=people, other=people, seconds=st.one_of(st.none(), st.integers(min_value=-5, max_value=20)))
    def mute_for_a_while(self, actor: str, other: str, seconds: int | None) -> None:
        until = None if seconds is None else write_instant(self.room.seconds + seconds)
        self.tell(actor, commands.MuteMember(room_id=self.room.room_id, user_id=other, until=until))

    @rule(actor=people, other=people)
    def invite(self, actor: str, other: str) -> None:
        self.tell(actor, commands.InviteMember(room_id=self.room.room_id, user_id=other))

    @rule(actor=people, other=people, role=roles, kind=st.sampled_from([commands.InviteMember, commands.ChangeRole]))
    def give_role(self, actor: str, other: str, role: str, kind: Any) -> None:
        self.tell(actor, kind(room_id=self.room.room_id, user_id=other, role=role))

    @rule(actor=people, role=roles, uses=st.one_of(st.none(), st.integers(min_value=1, max_value=2)))
    def make_invite(self, actor: str, role: Any, uses: int | None) -> None:
        secret_hash = hashlib.sha256(str(len(self.oracle.invites)).encode()).hexdigest()
        command = commands.CreateInvite(room_id=self.room.room_id, role=role, uses=uses, secret_hash=secret_hash)
        self.tell(actor, command)

    @rule(actor=people, place=places)
    def use_invite(self, actor: str, place: int) -> None:
        self.tell(actor, commands.JoinRoom(invite=f"{self.room.room_id}.{place - 1}"))

    @rule(actor=people, place=places)
    def revoke_invite(self, actor: str, place: int) -> None:
        known = list(self.oracle.invites)
        invite_id = known[-place] if place <= len(known) else new_id()
        self.tell(actor, commands.RevokeInvite(room_id=self.room.room_id, invite_id=invite_id))

    @rule(
        actor=people,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["garden", " yard ", "  "]),
                "topic": st.sampled_from(["", "plants"]),
                "archived": st.booleans(),
                "private": st.booleans(),
                "history": st.sampled_from(["all", "joined"]),
                "retention_days": st.sampled_from([None, 30]),
            },
        ),
    )
    def update(self, actor: str, changes: dict[str, Any]) -> None:
        self.tell(actor, commands.UpdateRoom(room_id=self.room.room_id, **changes))

    @rule(actor=st.sampled_from([SYSTEM, SYSTEM, ALICE]), through_n=places, days=st.sampled_from([30, 30, 60]))
    def trim(self, actor: str, through_n: int, days: int) -> None:
        self.tell(actor, commands.TrimRoom(room_id=self.room.room_id, through_n=through_n, retention_days=days))

    @rule(person=people)
    def read(self, person: str) -> None:
        self.badges[person].read_all(self.oracle.head)

    @rule(seconds=st.integers(min_value=1, max_value=2000))
    def wait(self, seconds: int) -> None:
        self.room.seconds += seconds

    @invariant()
    def the_state_is_the_fold_of_the_events(self) -> None:
        snapshot = self.oracle.snapshot()
        loaded = LoadedRoom(room_id=self.room.room_id, head=self.oracle.head, n=self.oracle.n, snapshot=snapshot)
        fresh = RoomState.from_load(loaded)
        kept = msgspec.structs.replace(
            self.room.state,
            members={
                person: msgspec.structs.replace(member, muted_until=self.oracle.muted.get(person))
                for person, member in self.room.state.members.items()
            },
        )
        assert kept == fresh

    @invariant()
    def every_message_is_the_fold_of_its_events(self) -> None:
        for message_id in self.oracle.messages:
            assert self.room.messages.get(message_id) == self.oracle.message_state(message_id)

    @invariant()
    def badges_are_what_counting_every_message_gives(self) -> None:
        for person, badge in self.badges.items():
            assert (badge.unread, badge.mentions) == counted(self.oracle, person, read_seq=badge.read_seq)


PeopleInARoom.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestPeopleInARoom = PeopleInARoom.TestCase
