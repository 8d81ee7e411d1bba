"""Scenes, and what a briefing becomes: slides, pages, a file that plays by itself, a frame."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""
ENDINGS = {"pdf": "pdf", "pptx": "pptx", "html": "html", "png": "zip"}
"""What a briefing can be made into -> how the file's name ends."""
