"""Names the blocks to Django."""

from django.apps import AppConfig


class Blocks(AppConfig):
    name = "user_service.blocks"
    label = "user_blocks"
    default_auto_field = "django.db.models.BigAutoField"
