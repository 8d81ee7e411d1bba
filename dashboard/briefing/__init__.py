"""Scenes, and what a briefing becomes: slides, pages, a file that plays by itself, a frame."""
