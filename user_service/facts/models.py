"""How facts about accounts are stored: for each kind and each person, session or pair only the latest one."""

import uuid
from typing import ClassVar

from django.db import models

# In place of the second person, where a fact is about one.
NOBODY = uuid.UUID(int=0)


class Fact(models.Model):
    """A fact. When it changes, the row gets a new position, so whoever reads from 0 on reads everything that holds now.

    No key refers to people or sessions: a session that was revoked stays so when its person is deleted.
    """

    kind = models.CharField(max_length=12)
    # The session that ended, or else the person.
    subject = models.UUIDField()
    # Whom the subject blocks.
    other = models.UUIDField(default=NOBODY)
    # From the one counter below, given in the transaction that makes the fact true.
    position = models.BigIntegerField()
    # The role.
    value = models.CharField(max_length=10, default="")
    # False where it was so once: who knew it has to hear that it ended.
    holds = models.BooleanField(default=True)
    # From then on nobody needs to know it, and the row is deleted.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "facts"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "subject", "other"], name="facts_latest")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "position"], name="facts_feed"),
            models.Index(fields=["expires_at"], name="facts_expiry", condition=models.Q(expires_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.position}"


class FactCounter(models.Model):
    """One row: the last position given to a fact about an account. Its table is from when all facts were revocations.

    Whoever changes something that has a fact updates it in the same transaction, so that positions become visible in
    their order and a poller that has seen one has seen all before it. A database sequence does not promise that.
    Programs from before account facts count by it too, so nothing that they revoke is missed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "revocation_counter"

    def __str__(self) -> str:
        return str(self.position)
