"""Accounts: people's names and passwords, and how they are found."""
