"""How mail leaves, as an operator writes it: the URL of a mail server or `console:`, and the sender of all mails."""

import re
from email.headerregistry import Address
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

CONSOLE_URL = "console:"
# Words with dots between them. What would have to be quoted is used by nobody, and is how headers are broken out of.
WORD = r"""[^\s.@<>()\[\],:;"\\\x00-\x1f\x7f-\x9f]+"""
LOCAL = re.compile(rf"{WORD}(\.{WORD})*")
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LOCAL_BYTES_AT_MOST = 64
NAMED = re.compile(r"(?P<name>[^<>\x00-\x1f]*?)\s*<(?P<address>[^<>]*)>")
SUBMISSION_PORT, RELAY_PORT, TLS_PORT = 587, 25, 465


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server. What is shown of it never has the password in it."""

    host: str
    port: int
    # From the first byte on, and not only once the server offers it.
    tls: bool
    username: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"{self.host}:{self.port}"


def mail_server_of(url: str) -> MailServer | None:
    """Return the server, or None for `console:`; raises ValueError, which repeats nothing of the URL."""
    if url == CONSOLE_URL:
        return None
    try:
        return read_server(urlsplit(url))
    except ValueError:
        # Python's own words would show a part of the password, where a character of it is not escaped.
        pass
    raise ValueError("it is neither console: nor smtp://user:password@host:port nor smtps://…, with % escapes in both")


def read_server(split: SplitResult) -> MailServer:
    has_more = split.path not in ("", "/") or split.query or split.fragment
    # A user alone would send no password, a password alone no user.
    is_half = bool(split.username) != bool(split.password)
    if split.scheme not in ("smtp", "smtps") or not split.hostname or has_more or is_half or split.port == 0:
        raise ValueError
    tls = split.scheme == "smtps"
    usual = TLS_PORT if tls else SUBMISSION_PORT if split.username else RELAY_PORT
    return MailServer(
        host=split.hostname,
        port=split.port or usual,
        tls=tls,
        username=unquote(split.username) if split.username else None,
        password=unquote(split.password) if split.password else None,
    )


def mail_address_of(text: str, *, display_name: str = "") -> Address:
    """Return an address with its domain in ASCII; raises ValueError if it is none, or more than one."""
    local, _, domain = text.rpartition("@")
    try:
        # What is no ASCII before the @ needs a server that can do SMTPUTF8; behind it there is another way to write it.
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not (LOCAL.fullmatch(local) and DOMAIN.fullmatch(ascii_domain)) or len(local.encode()) > LOCAL_BYTES_AT_MOST:
        raise ValueError("it is not an e-mail address")
    return Address(display_name, username=local, domain=ascii_domain)


def sender_of(text: str) -> Address:
    """Return the sender, given as `chat@example.com` or `Chat <chat@example.com>`; raises ValueError."""
    named = NAMED.fullmatch(text.strip())
    if named is None:
        return mail_address_of(text.strip())
    return mail_address_of(named["address"], display_name=named["name"].strip('"'))
