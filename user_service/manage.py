"""Django's commands for the accounts: `python -m user_service.manage --help`."""

from chatflow_django.managing import manage

if __name__ == "__main__":
    manage("user_service", settings_module="user_service.settings")
