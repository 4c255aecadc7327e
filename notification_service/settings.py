"""What Django is told, all of it derived from ChatFlow's own settings; of Django this service has only the ORM."""

from chatflow.process.settings import Settings, load_settings
from notification_service.stores.opening import notification_database

CHATFLOW: Settings = load_settings()

DEBUG = False
INSTALLED_APPS = ["chatflow_django", "notification_service.stores.apps.Notifications"]
DATABASES = {"default": notification_database(CHATFLOW.notification_database)}
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
# chatflow.process.telemetry configures logs once for all.
LOGGING_CONFIG = None
