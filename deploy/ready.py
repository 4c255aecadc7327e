"""Ends with 0 if the ChatFlow process in this container is ready, else with 1 and the reason: a container's health.

It runs every few seconds in every container, so it imports little: no ChatFlow, no third party.
"""

import http.client
import os
import sys

# Less than the health check's own timeout, so that the reason is told.
ANSWER_WITHIN_SECONDS = 4.0


def main() -> None:
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("CHATFLOW_PORT", "8080")), timeout=ANSWER_WITHIN_SECONDS
    )
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"no answer: {error}")
    if answer.status != http.client.OK:
        sys.exit(body)


if __name__ == "__main__":
    main()
