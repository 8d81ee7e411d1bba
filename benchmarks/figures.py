"""A budget and what was measured against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """One line of the report; ``value`` and ``budget`` are in ``unit``, less is better."""

    what: str
    value: float
    budget: float
    unit: str
    runs: Sequence[float] = ()

    @property
    def met(self) -> bool:
        """Whether the budget holds."""
        return self.value <= self.budget

    def __str__(self) -> str:
        line = f"{'ok' if self.met else 'MISS':<5}{self.what:<52}"
        line += f"{self.value:>7.4g} of {self.budget:>4g} {self.unit:<2}"
        if not self.runs:
            return line
        return f"{line}  {len(self.runs)} runs, {min(self.runs):.4g} to {max(self.runs):.4g}"


def middle(what: str, runs: Sequence[float], budget: float, unit: str) -> Figure:
    """The median of several runs."""
    return Figure(what, median(runs), budget, unit, runs)


def nearly_worst(what: str, runs: Sequence[float], budget: float, unit: str) -> Figure:
    """The 95th percentile of several runs."""
    return Figure(what, quantiles(runs, n=20, method="inclusive")[-1], budget, unit, runs)
