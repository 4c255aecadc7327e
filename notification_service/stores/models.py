"""How notices and preferences are stored.

The first migration takes over tables that are older than these models. So times are texts, as JSON has them, and flags
are numbers: a program from before these models reads and writes the same columns.
"""

from typing import ClassVar

from django.db import models


class StoredNotice(models.Model):
    """That one event concerns one person on one channel."""

    # It follows from room, seq, person and channel, so that recording a notice twice is recording it once.
    id = models.TextField(primary_key=True)
    user_id = models.TextField()
    room_id = models.TextField()
    seq = models.BigIntegerField()
    channel = models.TextField()
    kind = models.TextField()
    actor = models.TextField()
    # The event's time.
    at = models.TextField()
    recorded_at = models.TextField()
    # Why the person is not told; null where they are.
    suppressed = models.TextField(null=True)
    # 1 once the person's sockets were told.
    told = models.SmallIntegerField(default=0, db_default=0)
    # 1 once the person has seen it.
    seen = models.SmallIntegerField(default=0, db_default=0)
    # The message that the event makes or changes, if it does.
    message_id = models.TextField(null=True)
    # How it was decided; null where a program from before that recorded it.
    steps = models.TextField(null=True)

    class Meta:
        db_table = "notices"
        indexes: ClassVar = [
            models.Index(
                fields=["user_id", "at", "id"], name="notices_inbox", condition=models.Q(suppressed__isnull=True)
            ),
            models.Index(
                fields=["user_id", "at", "id"], name="notices_suppressed", condition=models.Q(suppressed__isnull=False)
            ),
            models.Index(fields=["recorded_at"], name="notices_age"),
        ]

    def __str__(self) -> str:
        return self.id


class StoredPreferences(models.Model):
    """What one person wishes to be told of; whoever never said so has no row."""

    user_id = models.TextField(primary_key=True)
    # Which kinds of notices they want in the app, as JSON, maybe of a newer version.
    preferences = models.TextField()
    # All their other wishes, as JSON, maybe of a newer version. A program from before them leaves them alone.
    wishes = models.TextField(null=True)
    # When they last changed what they watch for in rooms where nobody addresses them; null if they watch for nothing.
    watching_since = models.TextField(null=True)

    class Meta:
        db_table = "preferences"
        indexes: ClassVar = [
            models.Index(
                fields=["watching_since"], name="preferences_watching", condition=models.Q(watching_since__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.user_id


class StoredFailure(models.Model):
    """That a job failed and waits to be tried again, or is a dead letter, which is not tried again by itself."""

    # It follows from consumer, room and seq.
    id = models.TextField(primary_key=True)
    consumer = models.TextField()
    room_id = models.TextField()
    seq = models.BigIntegerField()
    # "waiting", "dead" or "replayed".
    state = models.TextField()
    failures = models.IntegerField()
    error = models.TextField()
    first_at = models.TextField()
    last_at = models.TextField()
    # When it is tried again; in the past for a dead letter.
    again_at = models.TextField()

    class Meta:
        db_table = "failed_jobs"
        indexes: ClassVar = [models.Index(fields=["consumer", "state", "again_at"], name="failed_jobs_due")]

    def __str__(self) -> str:
        return self.id
