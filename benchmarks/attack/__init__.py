"""Attacks on what the atlas promises, over the whole sample."""
