"""How it is stored which address waits for its person to confirm it, and which mails are still to be sent."""

from typing import ClassVar

from django.db import models

from user_service.accounts.models import User
from user_service.emails.addresses import ADDRESS_AT_MOST

CONFIRMATION = "confirmation"


class EmailConfirmation(models.Model):
    """An address that somebody gave and has not confirmed: one for each person, so that it needs no tidying."""

    # What the token in the link derives from.
    id = models.UUIDField(primary_key=True, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=ADDRESS_AT_MOST)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    # Whether a mail server said that there is no such address.
    is_refused = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "email_confirmations"

    def __str__(self) -> str:
        return str(self.id)


class OutgoingMail(models.Model):
    """A mail that is owed to somebody: one of its kind for each person, and what it says is written as it is sent."""

    # Its Message-ID too, the same on each try.
    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    # For a person who has not chosen a language: that of the browser that asked.
    language = models.CharField(max_length=2)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    # After this it would be of no use.
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "outgoing_mails"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="outgoing_mails_one_of_a_kind")]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="outgoing_mails_next"),
            models.Index(fields=["expires_at"], name="outgoing_mails_expired"),
        ]

    def __str__(self) -> str:
        return str(self.id)
