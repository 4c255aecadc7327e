"""The feed of facts: pages of what became true of accounts, for the services that follow it."""
