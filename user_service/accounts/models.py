"""How an account is stored."""

from typing import ClassVar, Protocol, cast

import msgspec
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chatflow.errors import Invalid
from chatflow.instants import write_instant
from chatflow.protocol.objects import AccountKind, AccountRole, PersonStatus, Profile
from chatflow.protocol.objects import User as PublicUser
from user_service.accounts import names, profile_fields
from user_service.accounts.hashers import PasswordHash

# The roles of those who administer the installation.
STAFF = ("owner", "admin")


class MakeAccount(Protocol):
    """Makes an account, or raises Invalid or Conflict; without a role it gets that of a newcomer."""

    def __call__(self, username: str, password: str, *, email: str | None, role: AccountRole | None) -> "User": ...


class UserObjects(BaseUserManager["User"]):
    """What Django calls the model's manager: it finds and makes users by the same rules as everything else here."""

    # Given when Django starts (`apps.py`): what makes accounts knows this model, and not the other way round.
    make_account: ClassVar[MakeAccount]

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find somebody however their name is written."""
        return self.get(username_key=names.comparable(username or ""))

    def create_user(self, username: str, password: str | None = None, *, email: str | None = None) -> "User":
        """Make an account, or raise Invalid or Conflict."""
        return self.make_account(username, given(password), email=email, role=None)

    def create_superuser(self, username: str, password: str | None = None, *, email: str | None = None) -> "User":
        """Make an account that owns the installation, or raise Invalid or Conflict."""
        return self.make_account(username, given(password), email=email, role="owner")


def given(password: str | None) -> str:
    if password is None:
        raise Invalid("password: missing; with --noinput it is read from DJANGO_SUPERUSER_PASSWORD.")
    return password


class User(AbstractBaseUser, PermissionsMixin):
    """A person or a bot, and Django's user. Names are compared and found by the columns that end in `_key`."""

    id = models.UUIDField(primary_key=True, editable=False)
    username = models.CharField(max_length=names.USERNAME_AT_MOST)
    username_key = models.CharField(max_length=names.KEY_AT_MOST, unique=True)
    # Equal for names that look alike. It is null for an account older than this rule that looks like a still older one.
    look_key = models.CharField(max_length=names.KEY_AT_MOST, unique=True, null=True)
    display_name = models.CharField(max_length=names.DISPLAY_NAME_AT_MOST)
    display_key = models.CharField(max_length=names.KEY_AT_MOST, db_index=True)
    # "김민지" is also found by "ㄱㅁㅈ".
    initials_key = models.CharField(max_length=names.KEY_AT_MOST, db_index=True)
    # The text of the status, beside its emoji, and the time at which it is over.
    status = models.CharField(max_length=names.STATUS_AT_MOST, null=True)
    status_emoji = models.CharField(max_length=profile_fields.EMOJI_AT_MOST, null=True)
    status_until = models.DateTimeField(null=True)
    title = models.CharField(max_length=names.TITLE_AT_MOST, null=True)
    # Only the person themselves is shown these two.
    locale = models.CharField(max_length=profile_fields.LOCALE_AT_MOST, null=True)
    time_zone = models.CharField(max_length=profile_fields.TIME_ZONE_AT_MOST, null=True)
    avatar = models.CharField(max_length=200, null=True)
    # Confirmed where the two below say so, or else from before addresses were.
    email = models.EmailField(null=True)
    # The form in which it is compared: no two accounts have confirmed the same.
    email_key = models.CharField(max_length=254, null=True)
    email_confirmed_at = models.DateTimeField(null=True)
    # Programs from before Django's user know the column by this name.
    password = PasswordHash(max_length=200, db_column="password_hash")
    # Counts changes of the password, but not new hashes of the same one: so whoever has compared a password can tell
    # whether it was changed since.
    password_version = models.PositiveIntegerField(default=0, db_default=0)
    # Counts what signs somebody out everywhere, and changes of the role. A session of Django's admin ends with it.
    sign_outs = models.PositiveIntegerField(default=0, db_default=0)
    bot = models.BooleanField(default=False)
    # In the installation. The database has the default too, because programs from before roles write rows without it.
    role = models.CharField(max_length=10, default="member", db_default="member")
    deactivated = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = UserObjects()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "users"
        ordering: ClassVar = ["username_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email_key"], name="users_email_once", condition=models.Q(email_key__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override] # Django has an attribute here
        return not self.deactivated

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets them in. This and `is_superuser` follow from the role and have no columns."""
        return not self.bot and self.role in STAFF

    @property
    def is_superuser(self) -> bool:  # type: ignore[override] # takes the place of Django's column
        return not self.bot and self.role == "owner"

    def get_session_auth_hash(self) -> str:
        """Return what a session of Django's admin is good for: this password, until the next sign-out everywhere."""
        salt = "user_service.accounts.models.User.get_session_auth_hash"
        return salted_hmac(salt, f"{self.sign_outs} {self.password}", algorithm="sha256").hexdigest()

    @property
    def kind(self) -> AccountKind:
        return "bot" if self.bot else "person"

    @property
    def account_role(self) -> AccountRole:
        """The role, as one of those that exist."""
        return cast(AccountRole, self.role)

    @property
    def status_now(self) -> PersonStatus | None:
        """The status, unless it is over: that is decided whenever somebody reads it."""
        is_over = self.status_until is not None and self.status_until <= timezone.now()
        if is_over or not (self.status or self.status_emoji):
            return None
        until = None if self.status_until is None else write_instant(self.status_until.timestamp())
        return PersonStatus(emoji=self.status_emoji, text=self.status, until=until)

    @property
    def own(self) -> Profile:
        """What the person themselves is shown: the public profile, and what is nobody else's business."""
        return Profile(**msgspec.structs.asdict(self.public), locale=self.locale, time_zone=self.time_zone)

    @property
    def public(self) -> PublicUser:
        """What everybody may know of this person."""
        return PublicUser(
            id=str(self.id),
            username=self.username,
            display_name=self.display_name,
            avatar=self.avatar,
            status=self.status_now,
            title=self.title,
            bot=self.bot,
            deactivated=self.deactivated,
            kind=self.kind,
            role=self.account_role,
        )


class Installation(models.Model):
    """One row about all accounts together; whoever decides who owns the installation locks it until they commit."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    # Whether there was ever an account: only the very first one becomes an owner by itself.
    has_accounts = models.BooleanField(default=False)

    class Meta:
        db_table = "installation"

    def __str__(self) -> str:
        return "with accounts" if self.has_accounts else "empty"
