"""What Django is told, all of it derived from ChatFlow's own settings; it keeps no data for us."""

import secrets

from chatflow.process.settings import Settings, load_settings

CHATFLOW: Settings = load_settings()

# The entry point demands a real one; a random one lets type checkers import this file.
SECRET_KEY = CHATFLOW.django_secret_key.get_secret_value() if CHATFLOW.django_secret_key else secrets.token_urlsafe(48)
DEBUG = False
# The gateway answers to the outside; whoever reaches this port is one of our own processes.
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
# An append of a thousand messages of the greatest length; the outside sends us no bodies.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
# Logs are configured once, by chatflow.telemetry.
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["message_service.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["message_service.api.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["chatflow_django.answers.StructRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chatflow_django.negotiation.AlwaysJSON",
    "EXCEPTION_HANDLER": "chatflow_django.answers.answer_error",
    # An OPTIONS request would be answered with our docstrings.
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
