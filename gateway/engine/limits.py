"""The engine's numbers, each with its reason."""

from dataclasses import dataclass

# Some routers drop connections that are idle for 60 s, so pings come well before that. A phone that changes its network
# needs some seconds to answer one.
PING_INTERVAL_SECONDS = 25.0
PING_TIMEOUT_SECONDS = 20.0

# The longest message is 8,000 characters; a burst of queued ones from a client that was offline comes as one payload.
MAX_PAYLOAD_BYTES = 256 * 1024

# A client that is this far behind in reading is cut off, so that it does not fill our memory; it resumes by seq.
UNSENT_BYTES = 1024 * 1024
ABORT_SECONDS = 5.0

# A session without a signed-in client only costs memory, so it ends after this.
CONNECT_SECONDS = 10.0
POST_SECONDS = 15.0
# The last packets of a polling session are read by one more poll, which a live client makes at once.
LAST_POLL_SECONDS = 5.0
UPGRADE_SECONDS = 10.0
# A websocket that is turned away has this long to close its side too.
GOODBYE_SECONDS = 2.0
# The stock Python client ends the connection if an answer has more packets than this.
POLL_PACKETS = 16

# The head of a request is one packet from any client, which a poor network may have to repeat a few times.
HEAD_SECONDS = 10.0
# Between two requests of a connection. Longer than the 60 s of load balancers: they must close first, or one of their
# requests may meet a connection that is being closed.
IDLE_SECONDS = 75.0

# Every Engine.IO packet counts, and so every Socket.IO packet. A client that sends as fast as it is answered, or that
# empties a queue of some thousand messages, stays below.
PACKETS_PER_SECOND = 500
# In total until the session has signed in, because a stranger can have the next session at once. A stock client sends
# two or three packets before.
EARLY_PACKETS = 50

# Unanswered events of one client. Beyond this, reading from it pauses; refusing one of several messages and accepting
# the next would reorder them.
BACKLOG_EVENTS = 256


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits that can be set: those told in the handshake, the time to connect, and the rate limit of packets."""

    ping_interval_seconds: float = PING_INTERVAL_SECONDS
    ping_timeout_seconds: float = PING_TIMEOUT_SECONDS
    payload_bytes: int = MAX_PAYLOAD_BYTES
    connect_seconds: float = CONNECT_SECONDS
    packets_per_second: int = PACKETS_PER_SECOND
