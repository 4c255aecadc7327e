"""E-mail: what a person has not read, in one mail for all of it, to an address that they confirmed."""
