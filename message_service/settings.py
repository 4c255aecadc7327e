"""Django's settings, all derived from ChatFlow's own; Django keeps no data for us."""

import secrets

from chatflow.process.settings import Settings, load_settings

CHATFLOW: Settings = load_settings()

# The entry point demands a real key; a random one lets type checkers import this file.
SECRET_KEY = CHATFLOW.django_secret_key.get_secret_value() if CHATFLOW.django_secret_key else secrets.token_urlsafe(48)
DEBUG = False
# The gateway faces the outside; only our own processes can reach this port.
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "message_service.api.deadlines.bound_requests",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.security.SecurityMiddleware",
]
ROOT_URLCONF = "message_service.urls"
APPEND_SLASH = False
DATABASES: dict[str, dict[str, str]] = {}
# An append of a thousand messages of the greatest length; no bodies come from outside.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
# chatflow.process.telemetry configures logs once for all.
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["message_service.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["message_service.api.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["chatflow_django.answers.StructRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chatflow_django.negotiation.AlwaysJSON",
    "EXCEPTION_HANDLER": "chatflow_django.answers.answer_error",
    # Otherwise an OPTIONS request would be answered with our docstrings.
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
