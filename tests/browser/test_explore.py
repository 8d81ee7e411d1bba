"""A map of `geo` alone draws in a browser that has no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from geo.atlas import Atlas
from geo.boundaries import Boundaries, simplify
from geo.explore import explore
from geo.schema import CRS_SHOWN

COLOUR = """() => new Promise((tell) => {
  map.once("render", () => {
    const gl = map.getCanvas().getContext("webgl2"), pixel = new Uint8Array(4);
    const [x, y] = [gl.drawingBufferWidth / 2, gl.drawingBufferHeight / 2];
    gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    tell(Array.from(pixel));
  });
  map.triggerRepaint();
})"""


@pytest.mark.parametrize("where", ["file", "notebook"])
def test_a_map_needs_no_network(
    browser: Browser, sample: Atlas, tmp_path: Path, where: str
) -> None:
    """From a file as in a notebook's output it draws, names what the pointer meets, asks nobody."""
    areas = simplify(Boundaries(sample.districts, sample.neighbourhoods)).districts
    shown = explore(areas, "area_km2", bounds=[1_000], colours=["rgb(255, 0, 0)"])
    path = shown.save(tmp_path / "map.html")
    if where == "notebook":
        path.write_text(f'<meta charset="utf-8">{shown._repr_html_()}', encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 800, "height": 500})
    page = context.new_page()
    trouble: list[str] = []
    page.on("request", lambda request: trouble.append(request.url))
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(path.as_uri())
    inside = page.frames[-1]
    expect(inside.locator("html")).to_have_attribute("data-status", "drawn")
    assert inside.evaluate(COLOUR) == [255, 0, 0, 255]
    place = areas.set_index("name_ko").representative_point().to_crs(CRS_SHOWN)["용산구"]
    inside.locator("canvas").hover(
        position=inside.evaluate("(place) => map.project(place)", [place.x, place.y])
    )
    expect(inside.locator("#tip")).to_have_text("용산구: 21.92")
    context.close()
    assert [said for said in trouble if not said.startswith(("file:", "blob:"))] == []
