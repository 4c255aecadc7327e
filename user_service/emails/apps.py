"""Names the e-mail addresses to Django."""

from django.apps import AppConfig


class Emails(AppConfig):
    name = "user_service.emails"
    label = "user_emails"
