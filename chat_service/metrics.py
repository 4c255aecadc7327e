"""What a worker counts."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("chatflow_commands_total", "Commands to rooms by what became of them.", ["outcome"])
# Those that this attempt did nothing about: they were too late, or the store was away.
COMMANDS_NOT_TRIED = COMMANDS.labels("not_tried")
GARBAGE = Counter("chatflow_command_garbage_total", "Publications to this worker that are not commands.")
HOLES = Counter("chatflow_command_holes_total", "Times that a gateway was asked for commands that did not arrive.")
BATCH_COMMANDS = Histogram(
    "chatflow_append_commands", "Commands in one append.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
)
BATCH_ROOMS = Histogram("chatflow_append_rooms", "Rooms in one append.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500))
APPEND_SECONDS = Histogram(
    "chatflow_append_seconds",
    "Time from an append to its answer.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)
APPEND_FAILURES = Counter("chatflow_append_failures_total", "Appends without a result.", ["outcome"])
REPLAYS = Counter("chatflow_append_replays_total", "Runs asked again because their outcome was unknown.")
WAITING = Gauge("chatflow_commands_waiting", "Commands that wait to be decided.")
ROOMS = Gauge("chatflow_rooms_in_memory", "Rooms that this worker has loaded.")
FROZEN = Gauge("chatflow_rooms_frozen", "Rooms whose last run may or may not be in the log.")
