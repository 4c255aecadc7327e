"""What the service counts: jobs and failures, notices, the reasons why people were not told, and delays."""

from prometheus_client import Counter, Gauge, Histogram

JOBS_TAKEN = Counter("chatflow_jobs_taken_total", "Jobs taken over, duplicates included.")
JOBS_FAILED = Counter("chatflow_jobs_failed_total", "Failures of jobs, each of which is tried again or a dead letter.")
JOBS_GIVEN_BACK = Counter("chatflow_jobs_given_back_total", "Jobs that wait for the end of an outage.")
DEAD_LETTERS = Gauge("chatflow_dead_letters", "Jobs that failed each time, and wait for somebody to look at them.")
DEAD_LETTER_AGE = Gauge("chatflow_dead_letter_age_seconds", "For how long the oldest of them has waited.")
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
MAIL_LAG_SECONDS = Histogram(
    "chatflow_mail_lag_seconds",
    "From the notice to the mail server's answer, with the delay that its person wants.",
    buckets=(60, 300, 600, 900, 1800, 3600, 4 * 3600, 24 * 3600, 48 * 3600, 7 * 24 * 3600),
)
