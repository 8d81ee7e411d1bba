"""Small builders; no data."""

from typing import Any

HIDDEN: dict[str, Any] = {"aria-hidden": "true"}
"""For eyes only: what it shows is said elsewhere."""
CURRENT: dict[str, Any] = {"aria-current": "true"}
"""The one of several that is in view."""
