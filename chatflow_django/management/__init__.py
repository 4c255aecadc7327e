"""Commands of `manage.py` that the Django services share."""
