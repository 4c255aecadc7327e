"""Facts about accounts that other services have to know within a second or two, and the feed that tells them."""
