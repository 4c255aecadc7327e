"""Commands of `manage.py` that end sessions, where Django's own would go past the services."""
