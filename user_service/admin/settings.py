"""Django's settings for the admin: those of user_service, and what only pages for browsers need."""

from pathlib import Path
from urllib.parse import urlsplit

from user_service.settings import *  # noqa: F403 - this is how settings inherit
from user_service.settings import CHATFLOW, INSTALLED_APPS

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "django.contrib.messages",
    "django.contrib.admin.apps.SimpleAdminConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "user_service.admin.headers.strict_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "user_service.admin.urls"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before Django's own, so that ours take their place.
        "DIRS": [Path(__file__).with_name("templates")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"

# Another name that somebody makes lead here is refused, as at the gateway. A tunnel or a proxy is asked by these.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(urlsplit(url).hostname or "" for url in CHATFLOW.public_url)]

# A browser keeps cookies by host and not by port, so names of their own keep them apart from the app's.
SESSION_COOKIE_NAME = "chatflow_admin"
SESSION_COOKIE_SECURE = CHATFLOW.cookie_secure
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The token is kept in the session and not in a cookie.
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
