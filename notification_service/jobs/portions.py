"""Divides a batch of jobs by the people whom they concern: what is still to be done, and how much is done at once."""

from collections.abc import Collection, Sequence
from itertools import takewhile

from chatflow.jobs.port import BATCH_LIMIT
from chatflow.wire.outbox import AlertDetails, AlertDetailsRequest, Job

# That is an answer of half a megabyte, 20 ms of work, and a short transaction.
PEOPLE_AT_MOST = 1000
# If message_service cannot answer in time even about so few, it is out of order.
PEOPLE_AT_LEAST = 25


class Portions:
    """The place in a batch, kept when a portion fails. What takes long, or fails, comes after what does not."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.left = list(jobs)
        # The last person who was looked at, of jobs that are begun.
        self._after: dict[Job, str] = {}
        self._jobs = BATCH_LIMIT
        self._people = PEOPLE_AT_MOST

    def request(self) -> AlertDetailsRequest:
        asked = self._asked()
        return AlertDetailsRequest(jobs=asked, after=self._after.get(asked[0], ""), people_at_most=self._people)

    def advance(self, details: Sequence[AlertDetails]) -> None:
        """Go on behind these details, the answer to the last request. Jobs without details or `next` are done."""
        asked = self._asked()
        behind = {detail.job: detail.next for detail in details if detail.next is not None}
        unfinished = [job for job in asked if job in behind]
        begun = [job for job in unfinished if behind[job]]
        self._after.update((job, behind[job] or "") for job in begun)
        self.left = [*(job for job in unfinished if not behind[job]), *self.left[len(asked) :], *begun]
        # Ask for as many jobs as were answered in full, or for twice as many if all were.
        fitted = len(asked) - len(unfinished)
        self._jobs = max(1, min(BATCH_LIMIT, fitted + 1 if unfinished else 2 * self._jobs))
        self._people = min(PEOPLE_AT_MOST, 2 * self._people)

    def halve(self) -> None:
        """Go on with the others, and make portions smaller: the last request was answered too late, or not at all."""
        asked = self._asked()
        self.left = [*self.left[len(asked) :], *asked]
        self._jobs = max(1, len(asked) // 2)
        self._people = max(PEOPLE_AT_LEAST, self._people // 2)

    def drop(self, jobs: Collection[Job]) -> None:
        """Go on without these."""
        self.left = [job for job in self.left if job not in jobs]

    def _asked(self) -> list[Job]:
        """Return the next jobs. One that is begun is asked about first of all, or not at all: only so it can go on."""
        first, others = self.left[:1], self.left[1 : self._jobs]
        return [*first, *takewhile(lambda job: job not in self._after, others)]
