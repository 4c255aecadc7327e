"""Sessions: one per signed-in device, the refresh token that keeps it, and what ends it."""
