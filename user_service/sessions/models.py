"""How sessions and their revocations are stored."""

from typing import ClassVar

from django.db import models

from chatflow.auth.principal import Principal
from user_service.accounts.models import User

USER_AGENT_AT_MOST = 200


class Session(models.Model):
    """A signed-in device. It stays until no token of its can be alive, ended or not: this table is the truth."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=USER_AGENT_AT_MOST)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    # The refresh token's end, moved on by each use.
    expires_at = models.DateTimeField()
    # The end of the last access token that was issued.
    access_until = models.DateTimeField()

    token_hash = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32, null=True)
    rotated_at = models.DateTimeField()

    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=20, default="")
    # For verifiers from before account facts, and written by programs of then: the same position as that of the fact.
    revoked_position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "sessions"
        ordering: ClassVar = ["-last_used_at"]
        # How those are found that can be forgotten.
        indexes: ClassVar = [
            models.Index(fields=["access_until"], name="sessions_ended", condition=models.Q(revoked_at__isnull=False)),
            models.Index(fields=["expires_at"], name="sessions_expired", condition=models.Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def principal(self) -> Principal:
        """Who acts by it; whoever signs in by name and password may do all that their role allows."""
        return Principal(str(self.user_id), kind=self.user.kind, role=self.user.account_role, session_id=str(self.id))
