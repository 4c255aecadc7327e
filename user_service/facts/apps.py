"""Names the facts to Django."""

from django.apps import AppConfig


class Facts(AppConfig):
    name = "user_service.facts"
    label = "user_facts"
    default_auto_field = "django.db.models.BigAutoField"
