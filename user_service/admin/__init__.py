"""Django's admin for owners and admins, in a process of its own on an inner port; off by default."""
