"""Small builders; no data."""

from typing import Any

HIDDEN: dict[str, Any] = {"aria-hidden": "true"}
"""For eyes only: what it shows is said elsewhere."""
