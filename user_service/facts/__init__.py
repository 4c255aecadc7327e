"""Facts about accounts that other services have to know within a second or two, recorded with what makes them true."""
