"""Whole stories from outside: the real product, people with stock clients, and what they must see."""
