"""Texts that must not be seen: secrets, passwords within URLs, and what looks like a secret and is none."""

PLACEHOLDERS = ("changeme", "change-me", "secret", "password", "placeholder", "example", "todo", "xxx")
SECRET_LENGTH_AT_LEAST = 32
HIDDEN = "**********"


class Secret:
    """A secret text that is shown only where its value is explicitly asked for."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return HIDDEN


def mask_password(text: str) -> str:
    """Hide the password in a URL and nothing else."""
    scheme, separator, rest = text.partition("://")
    credentials, at, host = rest.rpartition("@")
    if not at:
        return text
    user = credentials.partition(":")[0]
    return f"{scheme}{separator}{user}:{HIDDEN}@{host}"


def is_placeholder(secret: str) -> bool:
    """Tell whether a secret is too short, or a placeholder that nobody has replaced."""
    lowered = secret.lower()
    return len(secret) < SECRET_LENGTH_AT_LEAST or any(lowered.startswith(word) for word in PLACEHOLDERS)
