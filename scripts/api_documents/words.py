"""What fields of a name mean wherever they stand, and the introductions of the documents."""

import re

WORDS = re.compile(r"[^A-Za-z0-9]+")

FORMATS = {
    **dict.fromkeys(("id", "sender", "reply_to", "thread", "peers", "user_ids", "users", "attachments"), "uuid"),
    **dict.fromkeys(
        ("at", "edited_at", "until", "muted_until", "expires_at", "created_at", "last_used_at"), "date-time"
    ),
    "last_seen": "date-time",
}

FIELDS = {
    "seq": "The event's number in its room: 1, 2, 3… without a gap.",
    "n": "How many messages the room has had up to here.",
    "head": "The seq up to which this is true.",
    "cid": "The client's own id of the command. A repeated command gets its first result, with `duplicate: true`.",
    "at": "For display only: order is `seq`.",
    "actor": "The id of who did it, or `system`.",
    "sender": "The id of who wrote it.",
    "cursor": "`next` or `prev` of a page; clients need not understand it.",
    "limit": "How many items a page may have; more than the server allows is no error, and fewer may come.",
    "next": "The cursor of what follows; null where there is none.",
    "prev": "The cursor of what is before; null where there is none.",
    "unread": "How many are not seen.",
    "duplicate": "Whether an earlier attempt had done it.",
    "retryable": "Whether the same attempt may succeed later.",
    "retry_after": "Seconds after which to come back.",
    "mine": "Whether the asking person put it; only where one person asks.",
    "thread": "The id of the message under which the thread hangs.",
    "reply_to": "The id of the message that this one answers.",
    "invite": "An invitation's token, `<room_id>.<secret>`.",
    "access": "The access token: `Bearer` on REST, `auth.token` on the socket.",
    "refresh": "The refresh token, good for one use.",
}

# Those above that are true or false; a wish of the same name is something else.
SWITCHES = ("duplicate", "retryable", "mine")

ABOUT_REST = """\
The REST side of ChatFlow. Its socket is described in `asyncapi.json`, and `transcript.md` shows both on the wire.

- People and rooms are named by ids; order in a room is `seq`. Unknown and forbidden rooms answer alike.
- Every error is `{"error": {code, message, retryable, retry_after?, room_id?}}`. A client goes by `code`.
  `room_id` is a room that stands in the way and that anybody may see: the channel that has the name already.
- A client passes over events and fields that it does not know.
- Every list is a page: `{items, next, prev}`. A page about one room also has `head`.
- Times are RFC 3339 in UTC with milliseconds.
"""

ABOUT_SOCKET = """\
The socket of ChatFlow: Socket.IO protocol 5 over Engine.IO 4, by websocket and polling, for any stock client.
The REST side is described in `openapi.json`, and `transcript.md` shows both on the wire.

- The handshake's `auth` is `{"token": "<access token>"}`. A refused one is a `connect_error` whose message is the code,
  and whose data is the error object.
- Every event that a client sends takes an ack, within 10 seconds: `{"ok": true, …}` or `{"ok": false, "error": {…}}`.
- An ack of a command means that it is durable. The same `cid` sent again gets the first result, with `duplicate: true`.
- After `ready` the live events of a room start at its `head` + 1. A client applies the event whose `seq` follows its
  own, drops what is at or below, and else keeps it aside and calls `room:sync`.
- A client passes over events and fields that it does not know; only `seq` and `n` count. The server does the same with
  fields of a client's payload.
"""
