"""With which codes of the error table each event of a client can be refused."""

# Any event at all: what is sent may be wrong or too much, and the way to the answer broken.
OF_ANY = ("invalid", "rate_limited", "unavailable", "timeout", "internal")
# What names a room: one that is not there, or that one may not see.
OF_A_ROOM = (*OF_ANY, "not_found", "not_a_member")
# What a room decides.
OF_A_COMMAND = (*OF_A_ROOM, "forbidden", "muted", "archived", "conflict")

REFUSALS: dict[str, tuple[str, ...]] = {
    "room:create": (*OF_ANY, "not_found", "conflict", "forbidden"),
    "room:direct": (*OF_ANY, "not_found", "conflict", "forbidden"),
    "room:join": (*OF_A_COMMAND, "banned"),
    **dict.fromkeys(("room:leave", "room:decline"), OF_A_COMMAND),
    **dict.fromkeys(("room:invite", "room:kick", "room:ban", "room:unban", "room:role", "room:mute"), OF_A_COMMAND),
    "room:update": OF_A_COMMAND,
    **dict.fromkeys(("message:send", "message:edit", "message:delete"), OF_A_COMMAND),
    **dict.fromkeys(("reaction:add", "reaction:remove", "message:pin", "message:unpin"), OF_A_COMMAND),
    # Each of its rooms has an error of its own.
    "room:sync": OF_ANY,
    **dict.fromkeys(
        (
            "room:notify",
            "room:mine:set",
            "thread:follow",
            "thread:unfollow",
            "thread:read",
            "read:mark",
            "read:unread",
            "focus",
        ),
        OF_A_ROOM,
    ),
    **dict.fromkeys(("typing:start", "typing:stop"), OF_A_ROOM),
    **dict.fromkeys(("presence:set", "presence:watch", "ping:app"), OF_ANY),
    "auth:refresh": (*OF_ANY, "unauthenticated", "token_expired", "forbidden"),
}
