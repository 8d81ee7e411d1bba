"""Callbacks: parse, ask, draw, return. `state_sync` alone writes the state."""
