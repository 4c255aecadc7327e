"""Sessions: one per signed-in device, with the refresh token that keeps it and the revocation that ends it."""
