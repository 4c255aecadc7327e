"""The gateway's metrics."""

from collections import defaultdict
from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily


class Tally:
    """A cheap counter for code that every message runs: plain numbers, read only when the metrics are asked for.

    prometheus_client's own counter takes a lock and some microseconds each time, for threads that a gateway lacks.
    """

    def __init__(self, name: str, documentation: str, *, label: str | None = None) -> None:
        self.count = 0
        # The counts by value of the label, if there is one.
        self.counts: dict[str, int] = defaultdict(int)
        self._name = name
        self._documentation = documentation
        self._labels = [label] if label else []
        REGISTRY.register(self)

    def describe(self) -> list[CounterMetricFamily]:
        return [CounterMetricFamily(self._name, self._documentation, labels=self._labels)]

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, self._documentation, labels=self._labels)
        for values, count in [([value], count) for value, count in self.counts.items()] or [([], self.count)]:
            if len(values) == len(self._labels):
                family.add_metric(values, count)
        yield family


CONNECTIONS = Gauge("chatflow_gateway_connections", "Signed-in sockets.")
FORWARDED = Counter(
    "chatflow_gateway_forwarded_total", "Requests forwarded to other gateways, by outcome.", ["outcome"]
)
ROOMS = Gauge("chatflow_gateway_rooms", "Rooms whose events this gateway follows.")
EVENTS = Tally("chatflow_gateway_events", "Log events handed on to sockets.")
DELIVERIES = Tally("chatflow_gateway_deliveries", "Log events times the sockets that got them.")
UNSENT_BYTES = Gauge("chatflow_gateway_unsent_bytes", "Bytes that wait for sockets that read slowly or poll seldom.")
GAPS = Counter("chatflow_gateway_holds_total", "Times that a room waited for an earlier event that was missing.")
PUBLICATIONS_LOST = Counter("chatflow_gateway_publications_lost_total", "Losses noticed in workers' publications.")
SIGNALS_LOST = Counter("chatflow_gateway_signals_lost_total", "Losses noticed in publications of signals.")
EVENTS_FETCHED = Counter("chatflow_gateway_events_fetched_total", "Missed events that were read from the log.")
EVENTS_UNREADABLE = Counter("chatflow_gateway_events_unreadable_total", "Events that could not be read or delivered.")
RESYNCS = Counter("chatflow_gateway_resyncs_total", "Rooms that clients synced, by source of the events.", ["source"])
COMMANDS_IN_FLIGHT = Gauge("chatflow_gateway_commands_in_flight", "Commands without an answer yet.")
COMMANDS_RESENT = Counter("chatflow_gateway_commands_resent_total", "Attempts to send a command after the first.")
ACKS = Tally("chatflow_gateway_acks", "Answers to clients' events, by code.", label="code")
RATE_LIMITED = Tally("chatflow_gateway_rate_limited", "Events refused because there were too many.", label="class")
COMMAND_SECONDS = Histogram(
    "chatflow_gateway_command_seconds",
    "From a command to its answer.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CONNECT_SECONDS = Histogram(
    "chatflow_gateway_connect_seconds",
    "From authentication to `ready`.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
