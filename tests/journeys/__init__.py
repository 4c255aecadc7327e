"""Journeys: whole stories from outside, with the real product, people with stock clients, and what they must see."""
