"""How it is stored whom somebody blocks."""

from typing import ClassVar

from django.db import models

from user_service.accounts.models import User


class Block(models.Model):
    """`user` blocks `blocked`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "blocks"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "blocked"], name="blocks_once")]
        # The latest ones first, page by page. The constraint's index finds one pair.
        indexes: ClassVar = [models.Index(fields=["user", "-id"], name="blocks_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.blocked_id}"
