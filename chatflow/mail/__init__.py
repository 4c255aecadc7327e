"""E-mail to people: one port, and what stands behind it, a mail server or a folder."""
