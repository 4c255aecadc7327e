"""Names the sessions to Django; `sessions` alone would be taken by Django's own."""

from django.apps import AppConfig


class Sessions(AppConfig):
    name = "user_service.sessions"
    label = "user_sessions"
    verbose_name = "Sessions"
