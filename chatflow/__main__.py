"""Lets `python -m chatflow` do what `chatflow` does."""

from chatflow.command_line import main

main()
