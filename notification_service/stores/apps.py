"""Names the models to Django."""

from django.apps import AppConfig


class Notifications(AppConfig):
    name = "notification_service.stores"
    label = "notifications"
