"""Every setting of every ChatFlow process: one typed table, read from CHATFLOW_* variables and secret files."""

import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chatflow.process.inner_addresses import inner_address_of
from chatflow.process.mail_addresses import mail_server_of, sender_of
from chatflow.process.public_urls import origin_of
from chatflow.process.secret_texts import SECRET_LENGTH_AT_LEAST, Secret, is_placeholder, mask_password

PREFIX = "CHATFLOW_"

Port = Annotated[int, Meta(ge=0, le=65535)]
Processes = Annotated[int, Meta(ge=1, le=64)]
Count = Annotated[int, Meta(ge=0)]
Some = Annotated[int, Meta(ge=1)]

# The limits that a load generator, or a test of something else, switches off by 0.
LIMITS = (
    "sends_per_second",
    "commands_per_second",
    "reads_per_second",
    "signals_per_second",
    "packets_per_second",
    "connections_per_person",
    "connections_per_address",
    "rest_calls_per_second",
    "logins_per_minute",
    "tries_per_account",
    "registrations_per_hour",
    "added_per_hour",
    "channels_per_hour",
)


# What a text, or each text of a list, has to be, unless it is empty; the check raises ValueError.
CHECKS: dict[str, Callable[[str], object]] = {
    "public_url": origin_of,
    "outbound_allowed": inner_address_of,
    "mail_url": mail_server_of,
    "mail_from": sender_of,
}


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that an operator can set. The defaults run the whole system on one machine."""

    # Where this process listens and keeps things.
    host: str = "127.0.0.1"
    port: Port = 8080
    data_dir: Path = Path("var")
    secrets_dir: Path | None = None
    # Where a gateway answers other gateways and the metrics scraper, never the public; port 0 picks a free one.
    inner_host: str = "127.0.0.1"
    inner_port: Port = 0
    # Must differ from the name of any other process of its kind; a container's host name does.
    process_name: str = msgspec.field(default_factory=socket.gethostname)
    lifeline_fd: int | None = None

    # The servers it uses; the URL's scheme picks the adapter.
    redis_url: str = ""
    user_database_url: str = ""
    notification_database_url: str = ""
    message_store_url: str = ""
    job_queue_url: str = "log:"
    # How mail leaves: `smtp://user:password@host:port`, `smtps://…`, or `console:`, which writes it to the data folder.
    mail_url: str = "console:"
    # Whom it comes from, `chat@example.com` or `Chat <chat@example.com>`; a mail server has to be told.
    mail_from: str = ""

    # Where the other services listen.
    user_service_url: str = "http://127.0.0.1:8081"
    message_service_url: str = "http://127.0.0.1:8082"
    notification_service_url: str = "http://127.0.0.1:8083"

    # Secrets: the supervisor generates them; elsewhere the operator must set them.
    service_secret: Secret | None = None
    django_secret_key: Secret | None = None
    token_key_file: Path | None = None
    push_key_file: Path | None = None

    # Where people reach it, comma-separated; the first is used in links. No other host names are served, except IP
    # addresses and localhost.
    public_url: list[str] = []

    # Inner addresses that may be dialled although a person named them, as for push: networks, or `host:port`.
    outbound_allowed: list[str] = []

    # Identity.
    access_token_seconds: Annotated[int, Meta(ge=10)] = 900
    refresh_token_days: Some = 30
    # comma-separated in the environment; empty means: the address that the request was sent to
    allowed_origins: list[str] = []
    trusted_proxies: Count = 0
    cookie_secure: bool = False

    # Limits; 0 is none. A limit per second is for one person on one gateway; ten seconds' worth may come at once.
    # A person may paste a long list line by line, or come back with some hundred unsent messages.
    sends_per_second: Count = 50
    # A script sets up or empties a team's rooms: some hundred in a row, then hardly any.
    commands_per_second: Count = 20
    # A client that was away may ask about each of 500 rooms in a separate call.
    reads_per_second: Count = 50
    # Typing, focus, read positions: a busy device sends a few a second.
    signals_per_second: Count = 30
    # All packets of one socket, including heartbeats. A script that waits for its answers sends some hundred; a client
    # that was away sends all that it had kept at once.
    packets_per_second: Count = 500
    # All tabs, phones and scripts of a person, on one gateway.
    connections_per_person: Count = 50
    # An office or a school behind one address, on one gateway.
    connections_per_address: Count = 1000
    # Per address and gateway, ten seconds' worth at once: a thousand people in an office open the app within a
    # minute, with ten calls each. Somebody who scrolls back through a year takes some twenty pages a second at most.
    rest_calls_per_second: Count = 200
    # Per address: each costs 25 ms of a processor. A class signs in at the same time, bots at each start.
    logins_per_minute: Count = 120
    # Wrong passwords for one account from one address in a quarter of an hour; others' tries do not count against it.
    tries_per_account: Count = 10
    # New accounts from one address: a class or an office on its first day.
    registrations_per_hour: Count = 200
    # Rooms that others add a person to: a new colleague is added to some twenty on the first day.
    added_per_hour: Count = 30
    # Channels that a person opens to everybody, on one gateway: each keeps its name from all others. A team sets up its
    # rooms in one go.
    channels_per_hour: Count = 100
    # A REST call carries a message or a profile, hardly a tenth of this; a file may be as large as nginx lets through.
    body_bytes: Some = 1024 * 1024
    upload_bytes: Some = 64 * 1024 * 1024
    # A client that takes nothing of an answer for so long is cut off: it sleeps, or wants to keep us busy. A poor
    # network recovers sooner, and a slow reader takes something in each such time.
    stalled_seconds: Annotated[float, Meta(ge=0)] = 30.0
    # How many one call may ask for; the protocol allows no more than 500 of either.
    rooms_per_sync: Annotated[int, Meta(ge=1, le=500)] = 500
    people_per_watch: Annotated[int, Meta(ge=1, le=500)] = 500

    # Rules of rooms.
    edit_window_seconds: Count = 24 * 3600
    # Messages that retention will take are announced for this long first, and a clock that jumped must stand this long.
    # Whatever else is deleted by age waits for a clock as long, but for six hours at most.
    retention_grace_seconds: Count = 24 * 3600

    # Logs and metrics.
    log_level: str = "info"
    log_format: str = "json"
    otlp_endpoint: str = ""

    # The supervisor (`chatflow up`).
    workers: Processes = 1
    gateways: Processes = 1
    demo: bool = False
    # Django's admin, on an inner port of this machine alone; port 0 picks a free one.
    admin: bool = False
    admin_port: Port = 8090
    ui_dir: Path = Path("chat_ui/dist")

    def require(self, *names: str) -> None:
        """Refuse to start without these settings: there is no safe default for them."""
        missing = [f"{PREFIX}{name.upper()}" for name in names if not getattr(self, name)]
        if missing:
            raise SettingsError(f"not set: {', '.join(missing)}")

    @property
    def public_origins(self) -> list[str]:
        return [origin_of(url) for url in self.public_url]

    @property
    def link_origin(self) -> str:
        """Where the links of mails lead: never where a request says that it came to."""
        return next(iter(self.public_origins), "http://localhost:8080")

    @property
    def redis(self) -> str:
        return self.redis_url or "redis://127.0.0.1:6379/0"

    @property
    def user_database(self) -> str:
        return self.user_database_url or f"sqlite:///{self.data_dir.absolute()}/users.db"

    @property
    def notification_database(self) -> str:
        return self.notification_database_url or f"sqlite:///{self.data_dir.absolute()}/notifications.db"

    @property
    def message_store(self) -> str:
        return self.message_store_url or f"sqlite:///{self.data_dir.absolute()}/messages.db"

    @property
    def token_key(self) -> Path:
        return self.token_key_file or self.data_dir / "secrets" / "token.pem"

    @property
    def push_key(self) -> Path:
        return self.push_key_file or self.data_dir / "secrets" / "push.pem"


class SettingsError(Exception):
    """The settings cannot be used; the message says which and why, on one line."""


def load_settings() -> Settings:
    """Read this process's settings; an unknown CHATFLOW_* variable is an error, so that no typo is ignored."""
    unknown = sorted(unknown_variables(os.environ))
    if unknown:
        raise SettingsError(f"unknown settings: {', '.join(unknown)}")
    variables = {name.upper(): text for name, text in os.environ.items()}
    return read_settings(read_secret_files(variables.get(f"{PREFIX}SECRETS_DIR")) | variables)


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Return the settings in these variables; the SettingsError names all that cannot be used."""
    values: dict[str, Any] = {}
    problems = []
    for field in msgspec.structs.fields(Settings):
        variable = f"{PREFIX}{field.name}".upper()
        if variable not in variables:
            continue
        try:
            values[field.name] = parse(variables[variable], field.type)
            check_value(field.name, values[field.name])
        except ValueError as error:
            # This says what was expected and never what was found, which may be a secret.
            problems.append(f"{variable}: {error}")
    if problems:
        raise SettingsError("; ".join(problems))
    return Settings(**values)


def check_value(name: str, value: Any) -> None:
    """Raise ValueError if it is not what the setting has to be."""
    if check := CHECKS.get(name):
        texts = value if isinstance(value, list) else [value]
        for text in filter(None, texts):
            check(text)


def read_secret_files(folder: str | None) -> dict[str, str]:
    """Return settings from a folder's files that are named after them, as container engines mount secrets."""
    if not folder or not Path(folder).is_dir():
        return {}
    files = (path for path in Path(folder).iterdir() if path.name.upper().startswith(PREFIX) and path.is_file())
    return {path.name.upper(): path.read_text().strip() for path in files}


def parse(text: str, wanted: Any) -> Any:
    """Return the value that a text stands for, or raise msgspec.ValidationError."""
    words = [word.strip() for word in text.split(",") if word.strip()] if wanted == list[str] else text
    return msgspec.convert(words, wanted, strict=False, dec_hook=make)


def make(wanted: type, text: str) -> Any:
    if wanted is Secret and is_placeholder(text):
        raise ValueError(f"it is a placeholder or shorter than {SECRET_LENGTH_AT_LEAST} characters")
    return wanted(text)


def load_settings_or_exit() -> Settings:
    """Load the settings, as every entry point does first: `--settings` prints them masked, errors end in one line."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"error: {error}")
    if "--settings" in sys.argv[1:]:
        sys.stdout.write("".join(f"{line}\n" for line in masked_lines(settings)))
        sys.exit(0)
    return settings


def masked_lines(settings: Settings) -> Iterable[str]:
    """Yield each effective setting as NAME=value, with secrets and passwords in URLs masked."""
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        shown = "" if value is None else mask_password(str(value))
        yield f"{PREFIX}{name.upper()}={shown}"


def unknown_variables(environment: Iterable[str]) -> set[str]:
    """Return the CHATFLOW_* names that are not settings."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}
    return {name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known}
