"""What user_service tells all other services of accounts: who was signed out, deactivated, given a role or blocked."""
