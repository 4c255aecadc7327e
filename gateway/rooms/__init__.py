"""Which rooms somebody is in, and the way into them."""
