"""Divides a batch of jobs by the people whom they concern: what is still to be done, and how much is done at once."""

from collections.abc import Sequence

from chatflow.jobs.port import BATCH_LIMIT
from chatflow.wire.outbox import AlertDetails, AlertDetailsRequest, Job

# That is an answer of half a megabyte, 20 ms of work, and a short transaction.
PEOPLE_AT_MOST = 1000
# If message_service cannot answer in time even about so few, it is out of order.
PEOPLE_AT_LEAST = 25


class Portions:
    """The place in a batch, kept when a portion fails. `halve` makes the next portion smaller after a time-out."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.left = list(jobs)
        self._after = ""
        self._jobs = BATCH_LIMIT
        self._people = PEOPLE_AT_MOST

    def request(self) -> AlertDetailsRequest:
        return AlertDetailsRequest(jobs=self.left[: self._jobs], after=self._after, people_at_most=self._people)

    def advance(self, details: Sequence[AlertDetails]) -> None:
        """Go on behind these details, the answer to the last request. Jobs without details or `next` are done."""
        asked = self.left[: self._jobs]
        begun = {detail.job: detail.next for detail in details if detail.next is not None}
        unfinished = [job for job in asked if job in begun]
        self._after = begun[unfinished[0]] if unfinished else ""
        self.left = unfinished + self.left[len(asked) :]
        # Ask for as many jobs as were answered in full, or for twice as many if all were.
        fitted = len(asked) - len(unfinished)
        self._jobs = max(1, min(BATCH_LIMIT, fitted + 1 if unfinished else 2 * self._jobs))
        self._people = min(PEOPLE_AT_MOST, 2 * self._people)

    def halve(self) -> None:
        self._jobs = max(1, self._jobs // 2)
        self._people = max(PEOPLE_AT_LEAST, self._people // 2)
