"""Accounts, sessions and tokens: who somebody is, and whether they still are."""
