"""Commands of `manage.py` for accounts, where Django's own would go past the services."""
