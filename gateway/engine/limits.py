"""The engine's numbers, each with its reason."""

from dataclasses import dataclass

# Some routers drop connections that are idle for 60 s, so a ping well before that; and a phone that changes its network
# needs some seconds to answer.
PING_INTERVAL_SECONDS = 25.0
PING_TIMEOUT_SECONDS = 20.0

# The longest message is 8,000 characters; a burst of queued ones from a client that was offline comes as one payload.
MAX_PAYLOAD_BYTES = 256 * 1024

# A reader that is this far behind is cut off, so that it cannot hold our memory; it resumes by seq.
UNSENT_BYTES = 1024 * 1024
ABORT_SECONDS = 5.0

# A session without a signed-in client costs us memory and earns nothing.
CONNECT_SECONDS = 10.0
POST_SECONDS = 15.0
# What ends a polling session is read by one more poll, which a living client makes at once.
LAST_POLL_SECONDS = 5.0
UPGRADE_SECONDS = 10.0
# A websocket that is turned away gets this long to close from its side as well.
GOODBYE_SECONDS = 2.0
# The stock Python client ends the connection over an answer of more packets than this.
POLL_PACKETS = 16

# Head and first word of a request are one packet from any client; a poor network may need some tries for it.
HEAD_SECONDS = 10.0
# Between two requests of a connection. Longer than balancers keep theirs (60 s): they must be the ones who close it, or
# a request of theirs meets the closing.
IDLE_SECONDS = 75.0

# Every Engine.IO packet counts, and so every Socket.IO packet. A client that sends as fast as it is answered, or
# empties a queue of some thousand, stays below.
PACKETS_PER_SECOND = 500
# In all, until somebody has signed in by the session: a stranger who hangs up has the next session at once. A stock
# client sends two or three before.
EARLY_PACKETS = 50

# Unanswered events of one client. Past it the client is not read from, rather than refused: refusing one of a row of
# sends and taking the next would turn their order around.
BACKLOG_EVENTS = 256


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a client is told in the handshake, how long it may take to connect, and how many packets it may send."""

    ping_interval_seconds: float = PING_INTERVAL_SECONDS
    ping_timeout_seconds: float = PING_TIMEOUT_SECONDS
    payload_bytes: int = MAX_PAYLOAD_BYTES
    connect_seconds: float = CONNECT_SECONDS
    packets_per_second: int = PACKETS_PER_SECOND
