"""How an account is stored."""

from typing import ClassVar, cast

from django.db import models

from chatflow.protocol.objects import AccountKind, AccountRole
from chatflow.protocol.objects import User as PublicUser
from user_service.accounts import names


class User(models.Model):
    """A person or a bot. The keys are what names are compared and found by."""

    id = models.UUIDField(primary_key=True, editable=False)
    username = models.CharField(max_length=names.USERNAME_AT_MOST)
    username_key = models.CharField(max_length=names.KEY_AT_MOST, unique=True)
    # What names that look alike share; none where an account is older than this rule and looks like an older one.
    look_key = models.CharField(max_length=names.KEY_AT_MOST, unique=True, null=True)
    display_name = models.CharField(max_length=names.DISPLAY_NAME_AT_MOST)
    display_key = models.CharField(max_length=names.KEY_AT_MOST, db_index=True)
    # "김민지" is also found by "ㄱㅁㅈ".
    initials_key = models.CharField(max_length=names.KEY_AT_MOST, db_index=True)
    status = models.CharField(max_length=names.STATUS_AT_MOST, null=True)
    avatar = models.CharField(max_length=200, null=True)
    email = models.EmailField(null=True)
    password_hash = models.CharField(max_length=200)
    # Counts the changes, not the rehashes: whoever compared a password can tell whether it is still the one.
    password_version = models.PositiveIntegerField(default=0, db_default=0)
    bot = models.BooleanField(default=False)
    # In the installation. The database knows the default too, because a program of the version before names none.
    role = models.CharField(max_length=10, default="member", db_default="member")
    deactivated = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "users"
        ordering: ClassVar = ["username_key"]

    def __str__(self) -> str:
        return self.username

    @property
    def kind(self) -> AccountKind:
        return "bot" if self.bot else "person"

    @property
    def account_role(self) -> AccountRole:
        """The role, as one of those that there are."""
        return cast(AccountRole, self.role)

    @property
    def public(self) -> PublicUser:
        """What everybody may know of this person."""
        return PublicUser(
            id=str(self.id),
            username=self.username,
            display_name=self.display_name,
            avatar=self.avatar,
            status=self.status,
            bot=self.bot,
            deactivated=self.deactivated,
            kind=self.kind,
            role=self.account_role,
        )


class Installation(models.Model):
    """One row, about all accounts together: whoever decides who owns the installation holds it until they commit."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    # That there was ever an account, whatever became of it: only the very first is made an owner by itself.
    has_accounts = models.BooleanField(default=False)

    class Meta:
        db_table = "installation"

    def __str__(self) -> str:
        return "with accounts" if self.has_accounts else "empty"
