/* The map: MapLibre GL, created once, repainted by feature-state.

   Geometry is fetched once by URL; what changes is a class per feature and year, so playing the
   years or changing one needs no server. Labels are HTML in the page's typeface. */

window.atlasMap = (() => {
  "use strict";
  const AREAS = ["district", "neighbourhood", "hex8"];
  const SEQUENTIAL = [0, 1, 2, 3, 4, 5, 6].map((step) => `--map-${step}`);
  const DIVERGING = ["minus-3", "minus-2", "minus-1", "plus-1", "plus-2", "plus-3"].map((s) => `--map-${s}`);
  const ZERO = 90;
  const OUTSIDE = 91;
  // A far view shows a quarter of the points, by their fixed rank; from zoom 13 on, all.
  const FAR_SHARE = 0.25;
  const NEIGHBOURHOOD_LABELS_FROM = 12.2;

  let map = null;
  let options = null;
  let shown = null;
  let view = null;
  let theme = null;
  let hovered = null;
  let labels = null;
  let tooltip = null;
  let fitted = "";
  const collections = new Map();
  const painted = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function create(containerId, given) {
    if (map) return true;
    options = given;
    const container = document.getElementById(containerId);
    const style = given.basemapStyle ?? {
      version: 8,
      sources: {},
      layers: [{ id: "background", type: "background", paint: { "background-color": colour("--map-background") } }],
    };
    try {
      map = new window.maplibregl.Map({
        container, style, bounds: given.bounds, fitBoundsOptions: { padding: padding(container) }, minZoom: 8, maxZoom: 17,
        maxBounds: [[126.2, 37.1], [127.8, 38.0]], dragRotate: false, pitchWithRotate: false, touchPitch: false,
        renderWorldCopies: false, fadeDuration: 0, attributionControl: false,
      });
    } catch {
      given.onEvent({ kind: "nowebgl" });
      return false;
    }
    map.touchZoomRotate.disableRotation();
    map.addControl(new window.maplibregl.ScaleControl({ maxWidth: 90 }), "bottom-right");
    labels = element("div", "map-labels", container);
    tooltip = element("div", "map-tooltip", container);
    tooltip.hidden = true;
    listen();
    return true;
  }

  // The legend stands at the left of a wide map.
  const padding = (container) => ({ top: 24, bottom: 24, right: 24, left: container.clientWidth > 640 ? 150 : 16 });

  function element(tag, className, parent, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function listen() {
    map.on("mousemove", point);
    map.on("mouseout", () => hover(null));
    map.on("click", click);
    map.on("move", placeLabels);
    map.on("moveend", (event) => {
      chooseLabels();
      if (!event.originalEvent) return;
      const { lat, lng } = map.getCenter();
      options.onEvent({ kind: "moved", at: `${lat.toFixed(5)},${lng.toFixed(5)},${map.getZoom().toFixed(2)}` });
    });
  }

  const ready = () => new Promise((done) => (map.isStyleLoaded() ? done() : map.once("load", done)));

  const underWay = new Map();

  function addSource(name, url) {
    if (!underWay.has(name)) underWay.set(name, fetchSource(name, url));
    return underWay.get(name);
  }

  async function fetchSource(name, url) {
    const data = await (await fetch(url)).json();
    collections.set(name, data.features);
    painted.set(name, new Array(data.features.length));
    map.addSource(name, { type: "geojson", data, tolerance: 0.2, maxzoom: 14 });
  }

  /* Layers in the order in which they lie on each other. */
  const ORDER = ["hex8-fill", "neighbourhood-fill", "district-fill", "hex8-line", "neighbourhood-line",
    "district-line", "chosen-line", "points"];

  function addLayer(layer) {
    if (map.getLayer(layer.id)) return;
    const above = ORDER.slice(ORDER.indexOf(layer.id) + 1).find((id) => map.getLayer(id));
    map.addLayer(layer, above);
  }

  function addAreaLayers(level) {
    addLayer({ id: `${level}-fill`, type: "fill", source: level, paint: { "fill-antialias": true } });
    addLayer({
      id: `${level}-line`, type: "line", source: level,
      paint: { "line-width": ["case", ["boolean", ["feature-state", "hover"], false], 2.5, level === "district" ? 1.1 : 0.5] },
    });
  }

  function palette(diverging) {
    const names = diverging ? DIVERGING : SEQUENTIAL;
    const pairs = names.flatMap((name, step) => [step, colour(name)]);
    return ["match", ["number", ["feature-state", "c"], ZERO], ...pairs, OUTSIDE, colour("--map-outside"), colour("--map-zero")];
  }

  function dress(level) {
    const look = `${view.theme}|${shown.diverging}|${level}`;
    if (look === theme) return;
    theme = look;
    if (map.getLayer("background")) map.setPaintProperty("background", "background-color", colour("--map-background"));
    for (const name of AREAS.filter((area) => map.getLayer(`${area}-fill`))) {
      map.setPaintProperty(`${name}-fill`, "fill-color", palette(shown.diverging));
      map.setLayoutProperty(`${name}-fill`, "visibility", name === level ? "visible" : "none");
      const line = name === "district" ? "--map-line-strong" : "--map-line";
      map.setPaintProperty(`${name}-line`, "line-color",
        ["case", ["boolean", ["feature-state", "hover"], false], colour("--map-hover"), colour(line)]);
      map.setLayoutProperty(`${name}-line`, "visibility", name === level || name === "district" ? "visible" : "none");
    }
    if (map.getLayer("points")) {
      map.setPaintProperty("points", "circle-color", colour("--map-point"));
      map.setPaintProperty("points", "circle-stroke-color", colour("--map-halo"));
    }
  }

  /* Show a year of a payload; resolves once the frame that shows it has been drawn. */
  async function show(payload, next) {
    await ready();
    const { level } = payload;
    await Promise.all([
      addSource("district", payload.geometry.district),
      addSource(level, payload.geometry[level]),
      addSource("site", payload.geometry.sites),
      payload.points ? addSource("points", payload.geometry.points) : null,
    ]);
    shown = payload;
    view = next;
    AREAS.filter((name) => collections.has(name)).forEach(addAreaLayers);
    addPointLayer();
    dress(level);
    const changed = paintAreas(level) + paintPoints();
    follow();
    chooseLabels();
    if (hovered) tell(hovered.feature);
    await drawn(changed);
    const container = map.getContainer();
    container.dataset.shown = `${payload.key}|${view.year}`;
    performance.mark("atlas-map-painted");
  }

  const drawn = () => new Promise((done) => {
    map.once("render", () => done());
    map.triggerRepaint();
  });

  const classOf = (mark) => (mark === "." ? ZERO : mark === "-" ? OUTSIDE : Number(mark));
  const yearIndex = () => shown.years.indexOf(view.year);

  function paintAreas(level) {
    const marks = shown.classes[yearIndex()];
    const before = painted.get(level);
    let changed = 0;
    for (let id = 0; id < marks.length; id += 1) {
      if (before[id] === marks[id]) continue;
      before[id] = marks[id];
      map.setFeatureState({ source: level, id }, { c: classOf(marks[id]) });
      changed += 1;
    }
    return changed;
  }

  function addPointLayer() {
    if (!collections.has("points")) return;
    addLayer({
      id: "points", type: "circle", source: "points",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 12, 3, 15, 6],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 10, 0.2, 14, 1],
        "circle-opacity": ["case", ["boolean", ["feature-state", "on"], false], 0.9, 0],
        "circle-stroke-opacity": ["case", ["boolean", ["feature-state", "on"], false], 0.9, 0],
        "circle-color": colour("--map-point"), "circle-stroke-color": colour("--map-halo"),
      },
      filter: ["<=", ["get", "rank"], ["interpolate", ["linear"], ["zoom"], 10, FAR_SHARE, 13, 1]],
    });
  }

  function paintPoints() {
    if (!map.getLayer("points")) return 0;
    map.setLayoutProperty("points", "visibility", shown.points ? "visible" : "none");
    if (!shown.points) return 0;
    const before = painted.get("points");
    const digits = shown.points.length / before.length;
    const bit = 2 ** yearIndex();
    let changed = 0;
    for (let id = 0; id < before.length; id += 1) {
      const on = (Math.floor(parseInt(shown.points.slice(id * digits, (id + 1) * digits), 16) / bit) & 1) === 1;
      if (before[id] === on) continue;
      before[id] = on;
      map.setFeatureState({ source: "points", id }, { on });
      changed += 1;
    }
    return changed;
  }

  /* The viewport stays where the reader put it; it moves when other districts were chosen. */
  function follow() {
    const codes = shown.shown ?? [];
    const wanted = view.at ?? codes.join(",");
    if (wanted === fitted) return;
    const first = fitted === "" && !wanted;
    fitted = wanted;
    if (view.at) {
      const [lat, lng, zoom] = view.at.split(",").map(Number);
      const here = map.getCenter();
      const near = Math.abs(here.lat - lat) < 1e-4 && Math.abs(here.lng - lng) < 1e-4;
      if (!near || Math.abs(map.getZoom() - zoom) > 0.02) map.jumpTo({ center: [lng, lat], zoom });
      return;
    }
    if (first) return;
    const bounds = codes.length ? boundsOf(codes) : options.bounds;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.fitBounds(bounds, { padding: padding(map.getContainer()), duration: still ? 0 : 500 });
  }

  function boundsOf(codes) {
    const bounds = new window.maplibregl.LngLatBounds();
    collections.get("district").filter((f) => codes.includes(f.properties.code))
      .forEach((f) => f.geometry.coordinates.flat(f.geometry.type === "Polygon" ? 1 : 2).forEach((c) => bounds.extend(c)));
    return bounds;
  }

  function feature(event) {
    if (!shown || !map.getLayer(`${shown.level}-fill`)) return null;
    const layers = [shown.points && map.getLayer("points") ? "points" : null, `${shown.level}-fill`].filter(Boolean);
    const found = map.queryRenderedFeatures(event.point, { layers });
    return found.find((f) => f.layer.id !== "points" || painted.get("points")[f.id]) ?? null;
  }

  function point(event) {
    const found = feature(event);
    hover(found);
    if (!found) return;
    tell(found);
    const box = map.getContainer().getBoundingClientRect();
    const left = event.point.x + 14 + tooltip.offsetWidth > box.width ? event.point.x - 14 - tooltip.offsetWidth : event.point.x + 14;
    const top = Math.min(event.point.y + 14, box.height - tooltip.offsetHeight - 8);
    tooltip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  function hover(found) {
    if (hovered?.feature.id === found?.id && hovered?.feature.source === found?.source) return;
    if (hovered && hovered.feature.source !== "points") {
      map.setFeatureState({ source: hovered.feature.source, id: hovered.feature.id }, { hover: false });
    }
    hovered = found ? { feature: found } : null;
    if (found && found.source !== "points") map.setFeatureState({ source: found.source, id: found.id }, { hover: true });
    map.getCanvas().style.cursor = found ? "pointer" : "";
    tooltip.hidden = !found;
  }

  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const number = (value) => new Intl.NumberFormat(view.lang, { maximumFractionDigits: 2 }).format(value);
  function signed(value) {
    if (value === 0) return "±0";
    return (value > 0 ? "+" : "−") + number(Math.abs(value));
  }

  /* What a place says of itself: the same numbers as the table's row. */
  function tell(found) {
    const { words } = view;
    const { properties, id } = found;
    tooltip.replaceChildren();
    if (found.source === "points") {
      element("strong", "", tooltip, properties.name);
      if (properties.category) element("span", "", tooltip, properties.category);
      return;
    }
    const name = properties[`name_${view.lang}`];
    element("strong", "", tooltip, shown.level === "hex8" ? fill(words.hex, { name }) : name);
    lines(id, words).forEach((line) => element("span", "", tooltip, line));
    tooltip.dataset.code = properties.code;
  }

  function lines(id, words) {
    const year = yearIndex();
    const value = shown.values[year][id];
    if (value === null || value === undefined) return [words.outside];
    const groups = (shown.groups ?? shown.values)[year][id];
    const all = shown.values[year].filter((other) => other !== null);
    const rank = 1 + all.filter((other) => other > value).length;
    const told = [];
    if (shown.diverging) told.push(fill(words.difference, { change: signed(value) }), fill(words.groups, { n: number(groups) }));
    else {
      if (shown.groups) told.push(fill(words[`value_${view.measure}`], { value: number(value) }));
      told.push(fill(words.groups, { n: number(groups) }));
    }
    told.push(fill(words.rank, { rank: number(rank), of: number(all.length) }));
    if (year > 0 && !shown.diverging) {
      const before = shown.values[year - 1][id];
      told.push(fill(words.change, { change: signed(Math.round((value - before) * 100) / 100) }));
    }
    return told;
  }

  function click(event) {
    const found = feature(event);
    if (!found || found.source === "points") return;
    const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
    options.onEvent({
      kind: "click", level: found.source, code: found.properties.code,
      district: found.properties.district_code, additive: ctrlKey || metaKey || shiftKey,
    });
  }

  /* Labels: districts first, then neighbourhoods of the chosen ones or from near; none overlap. */
  function chooseLabels() {
    if (!view || !collections.has("district")) return;
    labels.replaceChildren();
    const taken = [];
    const inner = shown.level !== "district";
    const wanted = [
      ...(view.sites ? collections.get("site").map((f) => [f, "site"]) : []),
      ...collections.get("district").map((f) => [f, inner && shown.shown ? "district quiet" : "district"]),
      ...(collections.get("neighbourhood") ?? []).filter(closeEnough).map((f) => [f, "neighbourhood"]),
    ];
    for (const [found, kind] of wanted) {
      const { lon, lat, [`name_${view.lang}`]: name } = found.properties;
      const at = map.project([lon, lat]);
      const size = map.getContainer();
      if (at.x < 0 || at.y < 0 || at.x > size.clientWidth || at.y > size.clientHeight) continue;
      const made = element("span", `map-label ${kind}`, labels, name);
      const box = { w: made.offsetWidth / 2 + 3, h: made.offsetHeight / 2 + 1 };
      if (taken.some((o) => Math.abs(o.x - at.x) < o.w + box.w && Math.abs(o.y - at.y) < o.h + box.h)) {
        made.remove();
        continue;
      }
      taken.push({ x: at.x, y: at.y, ...box });
      made.dataset.lon = lon;
      made.dataset.lat = lat;
    }
    placeLabels();
  }

  function closeEnough(found) {
    if (shown.level === "district") return false;
    if (shown.shown) return shown.shown.includes(found.properties.district_code);
    return map.getZoom() >= NEIGHBOURHOOD_LABELS_FROM;
  }

  function placeLabels() {
    for (const label of labels.children) {
      const at = map.project([Number(label.dataset.lon), Number(label.dataset.lat)]);
      label.style.transform = `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)`;
    }
  }

  /* For tests and for keyboard users' shortcuts: where an area is on screen. */
  function locate(code) {
    const found = collections.get(shown.level).find((f) => f.properties.code === code);
    const at = map.project([found.properties.lon, found.properties.lat]);
    const box = map.getContainer().getBoundingClientRect();
    return { x: box.left + at.x, y: box.top + at.y };
  }

  function zoom(step) {
    if (step === 0) map.fitBounds(options.bounds, { padding: padding(map.getContainer()) });
    else map.zoomTo(map.getZoom() + step);
  }

  return { create, show, locate, zoom };
})();
