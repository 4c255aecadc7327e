"""What the service counts: jobs, notices, the reasons why people were not told, and how late notices are."""

from prometheus_client import Counter, Histogram

JOBS_TAKEN = Counter("chatflow_jobs_taken_total", "Jobs taken over, duplicates included.")
JOBS_PUT_ASIDE = Counter("chatflow_jobs_put_aside_total", "Jobs that fail whenever they are tried.")
NOTICES = Counter("chatflow_notices_total", "Notices that were told to somebody's sockets.", ["kind"])
SUPPRESSED = Counter("chatflow_notices_suppressed_total", "Notices that were kept from somebody, and why.", ["reason"])
LAG_SECONDS = Histogram(
    "chatflow_alert_lag_seconds",
    "From the event to the notice of it.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600),
)
DELIVERIES = Counter(
    "chatflow_deliveries_total", "Tries to deliver outside of the app, and their end.", ["channel", "state"]
)
PUSH_LAG_SECONDS = Histogram(
    "chatflow_push_lag_seconds",
    "From the event to the push service's answer.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600),
)
