"""How a password becomes a hash, and the form in which the database keeps the hash."""

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import models

# What Django writes before a hash, so that it knows the hasher.
ALGORITHM = "argon2"
# How a hash of argon2 begins in the form that all programs share ("PHC string").
STANDARD_START = "$argon2"


class Argon2id(Argon2PasswordHasher):
    """Django's hasher with 19 MiB and two passes: OWASP's first choice where memory is scarce. It takes 25 ms here."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class PasswordHash(models.CharField):  # type: ignore[type-arg] # Django's own takes no arguments
    """A hash that the database keeps in the standard form, which programs from before it read and write too."""

    def from_db_value(self, value: str, *_: object) -> str:
        return ALGORITHM + value if value.startswith(STANDARD_START) else value

    def get_prep_value(self, value: Any) -> Any:
        encoded: Any = super().get_prep_value(value)
        is_ours = isinstance(encoded, str) and encoded.startswith(ALGORITHM + STANDARD_START)
        return encoded.removeprefix(ALGORITHM) if is_ours else encoded
