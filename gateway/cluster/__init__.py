"""Makes several gateways act as one: it knows the other gateways, and passes requests on to them."""
