"""How notices, preferences, push subscriptions and deliveries are stored.

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


class StoredSubscription(models.Model):
    """Where a browser is pushed to, for one person and for as long as their session on it lasts."""

    id = models.TextField(primary_key=True)
    user_id = models.TextField()
    session_id = models.TextField()
    # At most one person's: whoever signs in on a browser takes it over.
    endpoint = models.TextField(unique=True)
    # The browser's public key and its secret, as it gave them.
    p256dh = models.TextField()
    auth = models.TextField()
    # What the person calls the device.
    device = models.TextField()
    language = models.TextField()
    # 1 if a push may carry the text of a message.
    shows_text = models.SmallIntegerField()
    created_at = models.TextField()
    # When the browser said last that it is still so.
    confirmed_at = models.TextField()
    # How often in a row it could not be reached, and until when nothing is sent there.
    failures = models.IntegerField(default=0, db_default=0)
    paused_until = models.TextField(default="", db_default="")

    class Meta:
        db_table = "push_subscriptions"
        indexes: ClassVar = [
            models.Index(fields=["user_id", "created_at"], name="subscriptions_of_person"),
            models.Index(fields=["session_id"], name="subscriptions_of_session"),
            models.Index(fields=["confirmed_at"], name="subscriptions_age"),
        ]

    def __str__(self) -> str:
        return self.id


class StoredDelivery(models.Model):
    """That a notice goes to one endpoint of a channel, and what became of that."""

    # In the order in which they became due.
    id = models.BigAutoField(primary_key=True)
    notice_id = models.TextField()
    user_id = models.TextField()
    channel = models.TextField()
    # For a push the id of the subscription, and the host on which it is; for a mail the person, and no host.
    endpoint = models.TextField()
    host = models.TextField()
    # The mail that it is in, from before that is sent on: if it has to be sent again, it is the same mail.
    bundle = models.TextField(null=True)
    state = models.TextField()
    # Why it failed or was suppressed, where it was.
    reason = models.TextField(null=True)
    attempts = models.IntegerField(default=0, db_default=0)
    # The next try; while somebody tries, when their lease ends.
    due_at = models.TextField()
    # Who tries: a name that no other try has.
    claim = models.TextField(default="", db_default="")
    # From then on nobody wants to be told any more.
    expires_at = models.TextField()
    # What went wrong last.
    error = models.TextField(default="", db_default="")
    recorded_at = models.TextField()
    # Null while it waits.
    ended_at = models.TextField(null=True)

    class Meta:
        db_table = "deliveries"
        constraints: ClassVar = [
            # So a notice that is owed again is not sent again.
            models.UniqueConstraint(fields=["notice_id", "channel", "endpoint"], name="deliveries_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "due_at", "id"],
                name="deliveries_due_by_channel",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.Index(fields=["endpoint"], name="deliveries_waiting", condition=models.Q(ended_at__isnull=True)),
            models.Index(
                fields=["endpoint", "ended_at"],
                name="deliveries_bundled",
                condition=models.Q(bundle__isnull=False),
            ),
            models.Index(fields=["recorded_at"], name="deliveries_age"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.endpoint}"
