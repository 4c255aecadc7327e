"""Django's settings for the type checker, which knows one project: the apps of both services that have models."""

from notification_service.settings import INSTALLED_APPS as NOTIFICATION_APPS
from user_service.settings import *  # noqa: F403
from user_service.settings import INSTALLED_APPS as USER_APPS

INSTALLED_APPS = [*dict.fromkeys([*USER_APPS, *NOTIFICATION_APPS])]
