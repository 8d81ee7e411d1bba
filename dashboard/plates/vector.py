"""SVG as matplotlib writes it -> SVG as a page can take it in.

Its styles become attributes, since a page may forbid styles, and its one rule for everything
would reach the page around it. A title and a description say what is to be seen.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr, unescape

from dashboard.plates.picture import whole
from dashboard.plates.type import width

ROOT = re.compile(r"<svg\b[^>]*>", re.S)
STYLE = re.compile(r' style *="([^"]*)"')
SHEET = re.compile(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.S)
BACKGROUND = re.compile(r"<metadata>.*?</metadata>", re.S)
FAMILY = re.compile(r' ?font-family="[^"]*"')  # the root's is the page's
UPRIGHT = re.compile(r' ?transform="rotate\(-?0 [^"]*"')
FINE = re.compile(r"(\d\.\d\d)\d+")
WORDS = re.compile(r"<text ([^>]*)>([^<]*)</text>")
ID = re.compile(r' id="([^"]*)"')
USED = re.compile(r'#([^")]+)')
SIZE = re.compile(r'viewBox="([^"]*)"')


def finished(text: str, *, title: str, about: str, inside: str = "", data: str = "") -> str:
    """A file from one of matplotlib's.

    Args:
        text: as it was written.
        title: what it is called.
        about: what is to be seen, in words.
        inside: drawn over all of it.
        data: kept in it, for those who read the numbers back.
    """
    root = ROOT.search(text)
    if root is None:
        raise ValueError("matplotlib wrote no SVG element.")
    view = SIZE.search(root[0])
    body = text[root.end() : text.rindex("</svg>")]
    body = FINE.sub(r"\1", body)
    body = WORDS.sub(_as_wide, STYLE.sub(_attributes, BACKGROUND.sub("", SHEET.sub("", body))))
    used = set(USED.findall(body))
    body = ID.sub(lambda one: one[0] if one[1] in used else "", body)  # else twice in one page
    _, _, wide, high = map(float, (view[1] if view else "0 0 0 0").split())
    return whole(body + inside, wide, high, title=title, about=about, data=data)


def _attributes(found: re.Match[str]) -> str:
    """A style as attributes of the drawing."""
    given = (part.split(":", 1) for part in found[1].split(";") if ":" in part)
    return "".join(f" {name.strip()}={quoteattr(value.strip())}" for name, value in given)


def _as_wide(found: re.Match[str]) -> str:
    """Words as wide as they are in our typeface, which a reader may not have."""
    look = UPRIGHT.sub("", FAMILY.sub("", found[1])).replace('px"', '"')
    size = re.search(r'font-size="([\d.]+)', look)
    if size is None:
        raise ValueError(f"matplotlib wrote words without a size: {found[0]}")
    long = width(unescape(found[2]), float(size[1]), bold='"700"' in look)
    return f'<text textLength="{long:.1f}" lengthAdjust="spacingAndGlyphs" {look}>{found[2]}</text>'
