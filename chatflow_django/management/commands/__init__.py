"""The commands, each a file of its name, as Django finds them."""
