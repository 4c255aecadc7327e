"""One person's unread and mention counts, once as a client folds them from events, once counted message by message."""

from typing import Any

from tests.chat_service.log_fold import LogFold

Json = dict[str, Any]


def concerns(mentions: Json, person: str) -> bool:
    return bool(mentions["all"] or mentions["here"] or person in mentions["users"])


class Badge:
    """A client that never looks anything up: it has what each event brings, and its own read position."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.read_seq = 0
        self.unread = 0
        self.mentions = 0

    def fold(self, event: Json) -> None:
        match event["type"]:
            case "message.created" if event["actor"] == self.person:
                self.read_seq, self.unread, self.mentions = event["seq"], 0, 0
            case "message.created":
                self.unread += 1
                self.mentions += concerns(event["message"]["mentions"], self.person)
            case "message.deleted" if self.counts(event["target"]):
                self.unread -= 1
                self.mentions -= concerns(event["target"]["mentions"], self.person)
            case "message.edited" if self.counts(event["target"]):
                self.mentions += concerns(event["mentions"], self.person)
                self.mentions -= concerns(event["target"]["mentions_before"], self.person)

    def counts(self, target: Json) -> bool:
        return bool(target["sender"] != self.person and target["seq"] > self.read_seq)

    def read_all(self, head: int) -> None:
        self.read_seq, self.unread, self.mentions = head, 0, 0


def counted(room: LogFold, person: str, *, read_seq: int) -> tuple[int, int]:
    """Return (unread, mentions) by looking at every message as it stands."""
    new = [
        message
        for message in room.messages.values()
        if message["seq"] > read_seq and message["sender"] != person and not message["deleted"]
    ]
    return len(new), sum(concerns(message["mentions"], person) for message in new)
