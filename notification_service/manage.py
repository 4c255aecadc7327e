"""Django's commands for the notices: `python -m notification_service.manage --help`."""

from chatflow_django.managing import manage

if __name__ == "__main__":
    manage("notification_service", settings_module="notification_service.settings")
