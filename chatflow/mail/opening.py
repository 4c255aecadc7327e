"""Opens the mailer that the settings name."""

from chatflow.mail.port import Mailer
from chatflow.process.mail_addresses import CONSOLE_URL, mail_server_of, sender_of
from chatflow.process.settings import Settings, SettingsError


def open_mailer(settings: Settings) -> Mailer:
    """Return the mailer that the settings name; raises SettingsError where a mail server has no sender to be told."""
    server = mail_server_of(settings.mail_url or CONSOLE_URL)
    if server is None:
        from chatflow.mail.console import ConsoleMailer

        return ConsoleMailer(settings.data_dir / "mail", sender=sender_of(settings.mail_from or "chatflow@localhost"))
    if not settings.mail_from:
        raise SettingsError("CHATFLOW_MAIL_FROM: not set, and CHATFLOW_MAIL_URL names a mail server")
    from chatflow.mail.smtp import SmtpMailer

    return SmtpMailer(server, sender=sender_of(settings.mail_from))
