"""Django's settings, all derived from ChatFlow's own."""

import secrets

from chatflow.process.settings import Settings, load_settings
from chatflow_django.database import django_database

CHATFLOW: Settings = load_settings()

# The entry point demands a real one; a random one lets type checkers and makemigrations import this file.
SECRET_KEY = CHATFLOW.django_secret_key.get_secret_value() if CHATFLOW.django_secret_key else secrets.token_urlsafe(48)
DEBUG = False
# The gateway faces the outside; only our own processes can reach this port.
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "chatflow_django",
    "user_service.accounts.apps.Accounts",
    "user_service.sessions.apps.Sessions",
    "user_service.facts.apps.Facts",
    "user_service.blocks.apps.Blocks",
    "user_service.emails.apps.Emails",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    # Those of the admin, which may be off: what it leaves behind is cleared here.
    "django.contrib.sessions",
]
AUTH_USER_MODEL = "user_accounts.User"
AUTHENTICATION_BACKENDS = ["user_service.accounts.backend.AccountsBackend"]
PASSWORD_HASHERS = ["user_service.accounts.hashers.Argon2id"]
# Usernames are unique by their key: no two accounts have names that differ only in case, width or composition.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The first sets Content-Length, the second tells browsers not to guess types.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "user_service.urls"
APPEND_SLASH = False
DATABASES = {"default": django_database(CHATFLOW.user_database, setting="CHATFLOW_USER_DATABASE_URL")}
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
# chatflow.process.telemetry configures logs once for all.
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["user_service.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["user_service.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["chatflow_django.answers.StructRenderer"],
    "DEFAULT_PARSER_CLASSES": ["user_service.requests.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chatflow_django.negotiation.AlwaysJSON",
    "EXCEPTION_HANDLER": "chatflow_django.answers.answer_error",
    # Otherwise an OPTIONS request would be answered with our docstrings.
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
