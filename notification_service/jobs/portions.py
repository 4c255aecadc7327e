"""What of a batch is still to be done, and how much of it is taken at once."""

from collections.abc import Sequence

from chatflow.jobs.port import BATCH_LIMIT
from chatflow.wire.outbox import AlertFacts, AlertFactsAsk, Job

# Half a megabyte of answer, 20 ms of work, and a transaction behind which nobody waits for long.
PEOPLE_AT_MOST = 1000
# What message_service cannot tell in time even of so few is an outage.
PEOPLE_AT_LEAST = 25


class Portions:
    """Keeps its place over failures, so that what was done is not done again; `halve` it where one was too large."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.left = list(jobs)
        self._after = ""
        self._jobs = BATCH_LIMIT
        self._people = PEOPLE_AT_MOST

    def ask(self) -> AlertFactsAsk:
        return AlertFactsAsk(jobs=self.left[: self._jobs], after=self._after, people_at_most=self._people)

    def advance(self, facts: Sequence[AlertFacts]) -> None:
        """Go on behind what was told of the last ask: jobs that are not in it, or that say no `next`, are done."""
        asked = self.left[: self._jobs]
        begun = {fact.job: fact.next for fact in facts if fact.next is not None}
        unfinished = [job for job in asked if job in begun]
        self._after = begun[unfinished[0]] if unfinished else ""
        self.left = unfinished + self.left[len(asked) :]
        # As many as fitted, and twice that where all did.
        fitted = len(asked) - len(unfinished)
        self._jobs = max(1, min(BATCH_LIMIT, fitted + 1 if unfinished else 2 * self._jobs))
        self._people = min(PEOPLE_AT_MOST, 2 * self._people)

    def halve(self) -> None:
        self._jobs = max(1, self._jobs // 2)
        self._people = max(PEOPLE_AT_LEAST, self._people // 2)
