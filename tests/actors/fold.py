"""Computes the state of a room that a client shows from the room's events, using only what the protocol says."""

from tests.actors.answers import Json

# What a room object says that follows from its log and one's own position in it.
COMPARED = (
    "head",
    "n",
    "name",
    "topic",
    "description",
    "private",
    "archived",
    "member_count",
    "role",
    "read_seq",
    "unread",
    "mentions",
)
ENDINGS = ("member.left", "member.kicked", "member.banned")


class RoomState:
    """A room as one person sees it: begun from a room object, moved on by events and by one's own read positions."""

    def __init__(self, room: Json, *, user_id: str) -> None:
        self.room = dict(room)
        self._user_id = user_id
        self._begun_at = int(room.get("head", 0))
        # Messages by others ahead of one's own position that still count, with whether they address this person.
        self._counted: dict[int, bool] = {}
        self._addressed = 0
        self._base = (int(room.get("unread") or 0), int(room.get("mentions") or 0))

    def apply(self, event: Json) -> None:
        self.room["head"] = event["seq"]
        self.room["n"] = event["n"]
        match event["type"]:
            case "message.created":
                self._count(event)
            case "message.edited":
                self._recount(event)
            case "message.deleted":
                self._uncount(event["target"])
            case "room.updated":
                self.room.update(event["changes"])
            case "member.joined":
                self._move_members(1)
            case "member.role" if event["user_id"] == self._user_id:
                self.room["role"] = event["role"]
            case ending if ending in ENDINGS:
                self._move_members(-1)
        self._show_counts()

    def read_up_to(self, seq: int) -> None:
        """Take a new read position of the person's own, set here or on another device."""
        self._move_to(seq)
        self._show_counts()

    def compared(self) -> Json:
        """Return the state that a new connection must be shown as well."""
        return {name: self.room[name] for name in COMPARED if name in self.room}

    def _count(self, event: Json) -> None:
        message = event["message"]
        if message["sender"] == self._user_id:
            # Sending moves one's own position.
            self._move_to(event["seq"])
        elif event["seq"] > (self.room.get("read_seq") or 0):
            self._note(event["seq"], concerns(message.get("mentions"), self._user_id))

    def _recount(self, event: Json) -> None:
        if event["target"]["seq"] in self._counted:
            self._note(event["target"]["seq"], concerns(event["mentions"], self._user_id))

    def _uncount(self, target: Json) -> None:
        if target["seq"] in self._counted:
            self._forget(target["seq"])
        elif target["sender"] != self._user_id:
            unread, mentions = self._base
            if (self.room.get("read_seq") or 0) < target["seq"] <= self._begun_at:
                self._base = (unread - 1, mentions - concerns(target["mentions"], self._user_id))

    def _note(self, seq: int, addressed: bool) -> None:
        self._addressed += addressed - self._counted.get(seq, False)
        self._counted[seq] = addressed

    def _forget(self, seq: int) -> None:
        self._addressed -= self._counted.pop(seq)

    def _move_to(self, seq: int) -> None:
        if seq > (self.room.get("read_seq") or 0):
            self.room["read_seq"] = seq
            # In the order of their seqs, so that each is looked at once.
            while self._counted and (oldest := next(iter(self._counted))) <= seq:
                self._forget(oldest)

    def _show_counts(self) -> None:
        if (self.room.get("read_seq") or 0) >= self._begun_at:
            self._base = (0, 0)
        self.room["unread"] = self._base[0] + len(self._counted)
        self.room["mentions"] = self._base[1] + self._addressed

    def _move_members(self, by: int) -> None:
        if "member_count" in self.room:
            self.room["member_count"] += by


def concerns(mentions: Json | None, user_id: str) -> bool:
    """Tell whether a text counts in that person's badge; @here counts like @all."""
    if not mentions:
        return False
    return bool(mentions.get("all") or mentions.get("here") or user_id in mentions.get("users", []))
