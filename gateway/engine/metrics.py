"""The engine's metrics."""

from prometheus_client import Counter

HANDSHAKES_REFUSED = Counter("chatflow_gateway_handshakes_refused_total", "Handshakes refused, by reason.", ["reason"])
SESSIONS_ENDED = Counter("chatflow_gateway_sessions_ended_total", "Sessions that ended, by reason.", ["reason"])
SLOW_CONSUMERS = Counter("chatflow_gateway_slow_consumers_total", "Sockets cut off because they did not read.")
