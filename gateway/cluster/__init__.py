"""Several gateways as one: who the others are, and requests passed on to them."""
