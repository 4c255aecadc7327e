"""Who may do what, as one table: by event or route, by kind of room, by how a person stands in it. The rest is refused.

What somebody is in the installation changes nothing of it: the same table holds for each of `ROLES`. It is written by
hand and knows no rule's code. An event or a route that it does not name fails `test_rights.py`.
"""

from typing import NamedTuple

from chatflow.protocol.objects import AccountRole
from tests.actors.answers import Json

Standings = frozenset[str]

NOBODY: Standings = frozenset()
SPEAKERS: Standings = frozenset({"member", "moderator", "owner"})
MODERATORS: Standings = frozenset({"moderator", "owner"})
OWNERS: Standings = frozenset({"owner"})
INSIDE: Standings = SPEAKERS | {"reader", "muted"}
OUTSIDE: Standings = frozenset({"stranger", "left", "banned"})
EVERYBODY: Standings = INSIDE | OUTSIDE
# In a direct room everybody is a member, and there is nobody who was one.
STANDINGS: dict[str, list[str]] = {kind: sorted(EVERYBODY) for kind in ("open", "private", "group")} | {
    "direct": ["member", "stranger"]
}

# In the installation.
ROLES: list[AccountRole] = ["owner", "admin", "member", "guest"]

# Stand for ids that a test only knows when it has made them.
OWN, SAID, BOB, CAROL, LINK, NEW_NAME = "<own>", "<said>", "<bob>", "<carol>", "<link>", "<new name>"


class Right(NamedTuple):
    """Who may: in an open channel, in a private one, in a group, in a direct room. `what` is an event or a route."""

    what: str
    sent: Json
    open: Standings
    private: Standings
    group: Standings
    direct: Standings


def alike(what: str, sent: Json, standings: Standings, *, direct: Standings) -> Right:
    return Right(what, sent, standings, standings, standings, direct)


def everywhere(what: str, sent: Json, standings: Standings) -> Right:
    return alike(what, sent, standings, direct=standings)


MESSAGE = "/api/rooms/{room_id}/messages/{message_id}"

IN_A_ROOM: list[Right] = [
    # Coming and going.
    Right("room:join", {}, INSIDE | {"stranger", "left"}, INSIDE, INSIDE, INSIDE),
    everywhere("room:leave", {}, INSIDE),
    everywhere("room:decline", {}, INSIDE),
    alike("room:invite", {"user_id": CAROL}, SPEAKERS, direct=NOBODY),
    alike("room:invite", {"user_id": CAROL, "role": "reader"}, SPEAKERS, direct=NOBODY),
    alike("room:invite", {"user_id": CAROL, "role": "moderator"}, OWNERS, direct=NOBODY),
    # Moderating a plain member.
    alike("room:kick", {"user_id": BOB}, MODERATORS, direct=NOBODY),
    alike("room:ban", {"user_id": BOB}, MODERATORS, direct=NOBODY),
    alike("room:unban", {"user_id": BOB}, MODERATORS, direct=NOBODY),
    alike("room:mute", {"user_id": BOB}, MODERATORS, direct=NOBODY),
    alike("room:role", {"user_id": BOB, "role": "reader"}, MODERATORS, direct=NOBODY),
    alike("room:role", {"user_id": BOB, "role": "moderator"}, OWNERS, direct=NOBODY),
    # The room itself.
    Right("room:update", {"name": NEW_NAME}, MODERATORS, MODERATORS, SPEAKERS, NOBODY),
    Right("room:update", {"topic": "changed"}, MODERATORS, MODERATORS, SPEAKERS, NOBODY),
    Right("room:update", {"description": "changed"}, MODERATORS, MODERATORS, SPEAKERS, NOBODY),
    alike("room:update", {"archived": True}, OWNERS, direct=NOBODY),
    alike("room:update", {"private": True}, OWNERS, direct=NOBODY),
    alike("room:update", {"history": "joined"}, OWNERS, direct=NOBODY),
    alike("room:update", {"retention_days": 30}, OWNERS, direct=NOBODY),
    # Retention is nobody's command.
    everywhere("room:trim", {"through_n": 1, "retention_days": 30}, NOBODY),
    # Links are made by REST alone.
    everywhere("invite:create", {"secret_hash": "0" * 64}, NOBODY),
    everywhere("invite:revoke", {"invite_id": SAID}, NOBODY),
    alike("POST /api/rooms/{room_id}/invites", {}, MODERATORS, direct=NOBODY),
    alike("GET /api/rooms/{room_id}/invites", {}, MODERATORS, direct=NOBODY),
    alike("DELETE /api/rooms/{room_id}/invites/{invite_id}", {"invite_id": LINK}, MODERATORS, direct=NOBODY),
    # Messages.
    everywhere("message:send", {"cid": "one", "text": "hello"}, SPEAKERS),
    Right("message:send", {"cid": "two", "text": "<@all>"}, MODERATORS, MODERATORS, SPEAKERS, SPEAKERS),
    everywhere("message:send", {"cid": "three", "text": "yes", "reply_to": SAID}, SPEAKERS),
    everywhere("message:send", {"cid": "four", "text": "yes", "thread": SAID}, SPEAKERS),
    everywhere("POST /api/rooms/{room_id}/messages", {"text": "hello"}, SPEAKERS),
    everywhere("message:edit", {"id": OWN, "text": "changed"}, SPEAKERS),
    everywhere("message:edit", {"id": SAID, "text": "changed"}, NOBODY),
    everywhere("message:delete", {"id": OWN}, INSIDE),
    alike("message:delete", {"id": SAID}, MODERATORS, direct=NOBODY),
    everywhere("reaction:add", {"id": SAID, "emoji": "👍"}, SPEAKERS),
    everywhere("reaction:remove", {"id": SAID, "emoji": "👍"}, SPEAKERS),
    everywhere("message:pin", {"id": SAID}, SPEAKERS),
    everywhere("message:unpin", {"id": SAID}, SPEAKERS),
    # What is one's own in a room, and what is read of it.
    everywhere("room:sync", {}, INSIDE),
    everywhere("room:notify", {"level": "mentions"}, INSIDE),
    everywhere("room:mine:set", {"favourite": True, "section": "work"}, INSIDE),
    everywhere("thread:follow", {"id": SAID}, INSIDE),
    everywhere("thread:unfollow", {"id": SAID}, INSIDE),
    everywhere("thread:read", {"id": SAID, "n": 1}, INSIDE),
    everywhere("read:mark", {"seq": 1}, INSIDE),
    everywhere("read:unread", {"seq": 1}, INSIDE),
    everywhere("typing:start", {}, INSIDE),
    everywhere("typing:stop", {}, INSIDE),
    Right("GET /api/rooms/{room_id}", {}, EVERYBODY, INSIDE, INSIDE, INSIDE),
    everywhere("GET /api/rooms/{room_id}/members", {}, INSIDE),
    everywhere("GET /api/rooms/{room_id}/messages", {}, INSIDE),
    everywhere(f"GET {MESSAGE}", {"message_id": SAID}, INSIDE),
    everywhere(f"GET {MESSAGE}/thread", {"message_id": SAID}, INSIDE),
    everywhere(f"GET {MESSAGE}/reactions", {"message_id": SAID, "emoji": "👍"}, INSIDE),
    everywhere(f"GET {MESSAGE}/why", {"message_id": SAID}, INSIDE),
    everywhere("GET /api/rooms/{room_id}/events", {}, INSIDE),
    everywhere("GET /api/rooms/{room_id}/pins", {}, INSIDE),
]

# Whoever is signed in; what they concern is their own, or public among people.
EVENTS_OF_ONES_OWN = {
    *("room:create", "room:direct"),
    # It says nothing: a room that one may not see is as good as none.
    "focus",
    *("presence:set", "presence:watch", "auth:refresh", "ping:app"),
}
ROUTES_OF_ONES_OWN = {
    *("GET /api/rooms", "GET /api/rooms/public", "GET /api/threads"),
    *("GET /api/inbox", "POST /api/inbox/done"),
    *("GET /api/users", "GET /api/users/{user_id}", "GET /api/users/me", "PATCH /api/users/me"),
    *("GET /api/users/me/blocks", "PUT /api/users/me/blocks/{user_id}", "DELETE /api/users/me/blocks/{user_id}"),
    *("POST /api/users/me/email", "DELETE /api/users/me/email"),
    *("POST /api/auth/logout-all", "POST /api/auth/password/change"),
    *("GET /api/auth/sessions", "DELETE /api/auth/sessions/{session_id}"),
    *("GET /api/notifications", "POST /api/notifications/read", "GET /api/notifications/{id}/why"),
    *("GET /api/notifications/preferences", "PUT /api/notifications/preferences"),
    *("GET /api/notifications/push/key", "GET /api/notifications/push/subscriptions"),
    *("POST /api/notifications/push/subscriptions", "DELETE /api/notifications/push/subscriptions/{id}"),
    *("POST /api/notifications/push/subscriptions/{id}/test", "GET /api/notifications/email"),
}
# Anybody at all: what they need is in the body, or there is nothing to protect.
ROUTES_OF_ANYBODY = {
    *("POST /api/users", "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/logout"),
    "POST /api/auth/email/confirm",
    *("GET /health", "GET /ready", "GET /api/system/status", "GET /api/services/status"),
    # The token is the proof.
    *("GET /api/notifications/email/unsubscribe", "POST /api/notifications/email/unsubscribe"),
    *("GET /api/schema/openapi.json", "GET /api/schema/asyncapi.json", "GET /api/docs", "GET /api/docs/page.css"),
}
# What services ask each other; from outside there is no such route.
INNER_PREFIXES = ("/internal/", "/.well-known/jwks.json", "/metrics")
