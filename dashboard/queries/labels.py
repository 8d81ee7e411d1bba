"""The status of an application as its label, year × programme × outcome, and the orders of these.

Labels stay as an atlas brings them; two of the printed ones do not say everything: 13년 심사중
names no programme, and what 12년 찾마감 stands for is not known.
"""

from __future__ import annotations

import pandas as pd

from dashboard.tables import LABEL_COLUMNS
from geo.schema import Outcome

WORDS = {
    Outcome.SELECTED: "선정",
    Outcome.REJECTED: "탈락",
    Outcome.UNDER_REVIEW: "심사중",
    Outcome.OTHER: "기타",
    Outcome.UNKNOWN: "미상",
}
"""Of a label that the atlas does not bring."""
PROGRAMMES = ("씨앗", "실국")
"""In the order in which the legend has them; others follow."""
OUTCOMES = (
    Outcome.REJECTED, Outcome.SELECTED, Outcome.UNDER_REVIEW, Outcome.OTHER, Outcome.UNKNOWN,
)  # fmt: skip


def label(applications: pd.DataFrame) -> pd.Series[str]:
    """The label of each application: its own, or one composed as the printed ones are."""
    # Of no applications at all the parts would be numbers.
    year = (applications["year"] % 100).map("{:02d}년 ".format).astype("str")
    programme = applications["programme"].astype("str").fillna("")
    return applications["label"].fillna(
        year + programme + applications["outcome"].map(WORDS).astype("str")
    )


def labels(applications: pd.DataFrame) -> pd.DataFrame:
    """Labels with LABEL_COLUMNS in the order of the printed legend.

    Those of decided applications by programme, year and outcome, rejected first; then those
    under review, then what is neither.
    """
    told = applications.assign(label=label(applications))
    counted = told["label"].value_counts()
    first = told.drop_duplicates("label")[["label", "year", "programme", "outcome"]]
    found = first.assign(applications=first["label"].map(counted)).sort_values("label")
    ordered = _sorted(found, "decided", "programme", "year", "outcome")
    return ordered[list(LABEL_COLUMNS)].reset_index(drop=True)


def in_time(found: pd.DataFrame) -> list[str]:
    """Labels as a reveal adds them: year by year, the rejected first, then by programme."""
    return _sorted(found, "year", "outcome", "programme")["label"].tolist()


def _sorted(found: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Rows by ``decided``, ``programme``, ``year`` or ``outcome``, in the order given."""
    others = sorted(set(found["programme"].dropna()) - set(PROGRAMMES))
    outcome = found["outcome"].map({name: place for place, name in enumerate(OUTCOMES)})
    keys = pd.DataFrame(
        {
            "decided": outcome.where(outcome > 1, 0),
            "programme": found["programme"].map(
                {name: place for place, name in enumerate((*PROGRAMMES, *others))}
            ),
            "year": found["year"],
            "outcome": outcome,
        }
    )
    return found.loc[keys.sort_values(list(by), kind="stable").index]
