"""Wakes the thread that sends mails."""

import threading

# Set after each commit that owes somebody a mail, in the process that made it.
WAKE = threading.Event()
