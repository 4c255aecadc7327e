"""Metrics of our own processes' calls; apart from the views, because those need Django's settings."""

import prometheus_client

CALLS_ANSWERED = prometheus_client.Counter(
    "chatflow_internal_answers", "Calls of other processes that were answered, by what they asked.", ["call"]
)
OUTBOX_AGE = prometheus_client.Gauge(
    "chatflow_outbox_age_seconds",
    "Since when each consumer is owed its oldest event; 0 while it is owed nothing.",
    ["consumer"],
)
TRIMS_ANNOUNCED = prometheus_client.Counter(
    "chatflow_trims_announced", "Rooms of which it was announced that retention will take messages."
)
