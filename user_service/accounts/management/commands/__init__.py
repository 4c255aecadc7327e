"""The commands for accounts, each a file of its name, as Django finds them."""
