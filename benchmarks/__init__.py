"""Measurements of the running product from outside, as ratios and CPU-seconds, since machines differ and are noisy."""
