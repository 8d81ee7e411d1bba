/* The map: MapLibre GL, created once, repainted by feature-state.

   Geometry is fetched once by URL; what changes is a class per feature and year, so playing the
   years or changing one needs no server. Labels are HTML in the page's typeface. */

window.atlasMap = (() => {
  "use strict";
  const AREAS = ["district", "neighbourhood", "administrative", "hex7", "hex8", "hex9"];
  const ZERO = 200;
  const OUTSIDE = 201;
  // A far view shows a quarter of the points, by their fixed rank; from zoom 13 on, all.
  const FAR_SHARE = 0.25;
  const NEIGHBOURHOOD_LABELS_FROM = 12.2;
  const NETWORK_LABELS_FROM = 11;
  const PADDING = 20;
  const TRAVEL_MS = 1400; // from scene to scene: slow enough to follow

  let map = null;
  let options = null;
  let shown = null;
  let view = null;
  let look = null;
  let hovered = null;
  let labels = null;
  let labelled = null;
  let tooltip = null;
  let fitted = "";
  let turns = 0;
  let styled = null;
  let net = null;
  let walked = null;
  const collections = new Map();
  const painted = new Map();
  const fetched = new Map();
  const sizes = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function create(containerId, given) {
    if (map) return true;
    options = given;
    const container = document.getElementById(containerId);
    const style = given.basemapStyle ?? { version: 8, sources: {}, layers: [] };
    try {
      map = new window.maplibregl.Map({
        container, style, bounds: given.bounds, fitBoundsOptions: { padding: PADDING }, minZoom: 8, maxZoom: 17,
        maxBounds: [[126.2, 37.1], [127.8, 38.0]], dragRotate: false, pitchWithRotate: false, touchPitch: false,
        renderWorldCopies: false, fadeDuration: 0, attributionControl: false,
      });
    } catch {
      given.onEvent({ kind: "nowebgl" });
      return false;
    }
    styled = new Promise((done) => map.once("style.load", done));
    map.touchZoomRotate.disableRotation();
    map.addControl(new window.maplibregl.ScaleControl({ maxWidth: 90 }), "bottom-right");
    labels = element("div", "map-labels", container);
    tooltip = element("div", "map-tooltip", container);
    tooltip.hidden = true;
    listen();
    return true;
  }

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
    map.on("resize", () => {
      if (!view || view.at) return;
      fitChosen(0);
      chooseLabels();
    });
    map.on("moveend", (event) => {
      chooseLabels();
      if (!event.originalEvent && !event.pressed) return;
      const { lat, lng } = map.getCenter();
      options.onEvent({ kind: "moved", at: `${lat.toFixed(5)},${lng.toFixed(5)},${map.getZoom().toFixed(2)}` });
    });
  }

  /* Once: MapLibre calls a style that takes in a new source "not loaded". */
  const ready = () => styled;

  /* Geometry comes while the map is still being made. */
  function fetchOnce(url) {
    if (!fetched.has(url)) {
      const coming = fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        return answer.json();
      });
      coming.catch(() => fetched.delete(url));
      fetched.set(url, coming);
    }
    return fetched.get(url);
  }

  async function addSource(name, url) {
    const data = await fetchOnce(url);
    if (collections.has(name)) return;
    collections.set(name, data.features);
    painted.set(name, new Array(data.features.length));
    if (name === "sites") return;
    // A tile draws its margin too, and a circle that lies outside may reach into it.
    const buffer = name === "points" ? 32 : 4;
    map.addSource(name, { type: "geojson", data, tolerance: 0.4, maxzoom: 14, buffer });
  }

  /* Layers in the order in which they lie on each other. */
  const ORDER = [...[...AREAS].reverse().map((level) => `${level}-fill`), "surface-fill", "surface-line",
    ...[...AREAS].reverse().map((level) => `${level}-line`), "overlay-fill", "overlay-outline", "overlay-line", "points", "overlay-mark", "chosen-line", "network", "hovered-line"];

  function addLayer(layer) {
    if (map.getLayer(layer.id)) return;
    const above = ORDER.slice(ORDER.indexOf(layer.id) + 1).find((id) => map.getLayer(id));
    map.addLayer(layer, above);
  }

  /* Lines do not depend on feature-state: what does is written to the GPU anew at each change. */
  function addAreaLayers(level) {
    addLayer({ id: `${level}-fill`, type: "fill", source: level, paint: { "fill-antialias": false } });
    // Small hexagons' edges would cover the city with a grey net.
    addLayer({ id: `${level}-line`, type: "line", source: `${level}-edges`, minzoom: level === "hex9" ? 11.5 : 0, paint: { "line-width": level === "district" ? 1.1 : 0.5 } });
  }

  /* One area told apart: the one under the pointer, the one that the panel speaks of. */
  function outline(name, found) {
    const data = found ? { type: "Feature", properties: {}, geometry: found.geometry } : { type: "FeatureCollection", features: [] };
    if (map.getSource(name)) return map.getSource(name).setData(data);
    if (!found) return undefined;
    map.addSource(name, { type: "geojson", data, tolerance: 0.2 });
    addLayer({ id: `${name}-line`, type: "line", source: name, paint: { "line-width": 2.5, "line-color": colour(`--map-${name}`) } });
    return undefined;
  }

  function palette(value) {
    const pairs = shown.colours[view.theme].flatMap((paint, step) => [step, paint]);
    return ["match", value, ...pairs, OUTSIDE, colour("--map-outside"), colour("--map-zero")];
  }

  /* Legend and map take the colours of the classes from the same list. */
  const dressLegend = (payload, theme) => window.atlasSaid.dress(document.documentElement, payload.colours[theme], payload.network?.colours[theme]);

  function dress(level) {
    const paints = shown.colours[view.theme];
    const wanted = `${view.theme}|${paints}|${shown.level}|${Boolean(shown.overlay)}|${Boolean(map.getLayer("overlay-fill"))}|${plain()}|${shown.network ? shown.key : ""}`;
    if (look === wanted) return;
    look = wanted;
    dressLegend(shown, view.theme);
    if (map.getLayer("overlay-fill")) {
      const paint = palette(["get", "paint"]);
      map.setPaintProperty("overlay-fill", "fill-color", paint);
      map.setPaintProperty("overlay-outline", "line-color", paint);
      map.setPaintProperty("overlay-line", "line-color", paint);
      map.setPaintProperty("overlay-mark", "circle-color", paint);
      map.setPaintProperty("overlay-mark", "circle-stroke-color", colour("--map-halo"));
      for (const name of OVERLAYS) map.setLayoutProperty(name, "visibility", shown.overlay ? "visible" : "none");
    }
    const surface = shown.level === "surface";
    if (map.getLayer("surface-fill")) {
      map.setPaintProperty("surface-fill", "fill-color", palette(["-", ["get", "class"], 1]));
      map.setPaintProperty("surface-line", "line-color", colour("--map-halo"));
      for (const name of ["surface-fill", "surface-line"]) map.setLayoutProperty(name, "visibility", surface ? "visible" : "none");
    }
    for (const name of AREAS.filter((area) => map.getLayer(`${area}-fill`))) {
      map.setPaintProperty(`${name}-fill`, "fill-color", palette(["number", ["feature-state", "c"], ZERO]));
      map.setLayoutProperty(`${name}-fill`, "visibility", name === level && !plain() ? "visible" : "none");
      map.setPaintProperty(`${name}-line`, "line-color", colour(name === "district" ? "--map-line-strong" : "--map-line"));
      map.setLayoutProperty(`${name}-line`, "visibility", (name === level || name === "district") && !plain() ? "visible" : "none");
    }
    for (const name of ["hovered", "chosen"].filter((one) => map.getLayer(`${one}-line`))) {
      map.setPaintProperty(`${name}-line`, "line-color", colour(`--map-${name}`));
    }
    if (map.getLayer("points")) {
      map.setPaintProperty("points", "circle-color", colour("--map-point"));
      map.setPaintProperty("points", "circle-stroke-color", colour("--map-halo"));
    }
  }

  /* Show a year of a payload; resolves once the frame that shows it has been drawn. */
  async function show(payload, next) {
    turns += 1;
    const turn = turns;
    const { geometry } = payload;
    // Areas without boundaries, and a surface, lie on the empty districts.
    const level = geometry[payload.level] ? payload.level : "district";
    const wanted = [...new Set(["district", "district-edges", level, `${level}-edges`, "sites"])];
    if (payload.points) wanted.push("points");
    if (!wanted.every((name) => collections.has(name))) {
      wanted.forEach((name) => fetchOnce(geometry[name]));
      await ready();
      await Promise.all(wanted.map((name) => addSource(name, geometry[name])));
      if (turn !== turns) return;
    }
    if (payload.surfaces) {
      const bands = await fetchOnce(payload.surfaces[payload.years.indexOf(next.year)]);
      await ready();
      if (turn !== turns) return;
      layBands(bands, payload.surfaces);
    }
    if (payload.overlay) {
      await ready();
      if (turn !== turns) return;
      layOver(payload);
    }
    layNetwork(payload, next);
    if (shown && (shown.level !== payload.level || shown.overlay || payload.overlay)) hover(null);
    shown = payload;
    view = next;
    AREAS.filter((name) => collections.has(name)).forEach(addAreaLayers);
    addPointLayer();
    dress(level);
    paintAreas(level);
    paintPoints();
    paintOverlay();
    if (shown.network) paintNetwork();
    outline("chosen", chosenShape(level));
    follow();
    const labelsAsked = [view.lang, view.sites, level, shown.shown, Boolean(shown.points), shown.overlay ? `${shown.key}|${view.year}` : "", plain(), laid().length].join("|");
    if (labelsAsked !== labelled) chooseLabels();
    labelled = labelsAsked;
    if (hovered) tell(hovered);
    map.getCanvas().setAttribute("aria-label", view.words.label);
    const above = payload.surfaces ? ["surface"] : payload.overlay ? ["overlay"] : [];
    await drawn([...wanted.filter((name) => name !== "sites"), ...above]);
    if (turn !== turns) return;
    map.getContainer().dataset.shown = `${payload.key}|${view.year}`;
    performance.mark("atlas-map-painted");
  }

  /* The bands of a year's surface; the other years come while this one is looked at. */
  function layBands(data, others) {
    // A question's surfaces are large: those of the last one go.
    for (const url of fetched.keys()) if (url.startsWith("/api/") && !others.includes(url)) fetched.delete(url);
    others.forEach(fetchOnce);
    data.features.forEach((found, id) => Object.assign(found, { id }));
    collections.set("surface", data.features);
    if (map.getSource("surface")) return map.getSource("surface").setData(data);
    map.addSource("surface", { type: "geojson", data, tolerance: 0.3, maxzoom: 14, buffer: 4 });
    addLayer({ id: "surface-fill", type: "fill", source: "surface", paint: { "fill-antialias": false } });
    addLayer({ id: "surface-line", type: "line", source: "surface", paint: { "line-width": 0.6, "line-opacity": 0.6 } });
    return undefined;
  }

  /* Shapes over the map: those of all years are laid at once, those of the year are told apart. */
  const OVERLAYS = ["overlay-fill", "overlay-outline", "overlay-line", "overlay-mark"];

  function layOver({ overlay }) {
    if (collections.get("overlay") === overlay.features) return undefined;
    collections.set("overlay", overlay.features);
    painted.set("overlay", new Array(overlay.features.length).fill(false));
    if (map.getSource("overlay")) {
      map.removeFeatureState({ source: "overlay" });
      return map.getSource("overlay").setData(overlay);
    }
    map.addSource("overlay", { type: "geojson", data: overlay, tolerance: 0.3, maxzoom: 14, buffer: 16 });
    const kind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
    const on = (opacity) => ["case", ["boolean", ["feature-state", "on"], false], opacity, 0];
    const layer = (id, type, kinds, paint) => addLayer({ id, type, source: "overlay", filter: kind(...kinds), paint });
    layer("overlay-fill", "fill", ["area"], { "fill-opacity": on(0.42), "fill-antialias": false });
    layer("overlay-outline", "line", ["area", "outline"], { "line-width": 2, "line-opacity": on(1) });
    layer("overlay-line", "line", ["line"], { "line-width": 3, "line-opacity": on(1) });
    layer("overlay-mark", "circle", ["mark"], {
      "circle-radius": 6, "circle-stroke-width": 1.5, "circle-opacity": on(1), "circle-stroke-opacity": on(1),
    });
    return undefined;
  }

  /* The shapes in view: of a network the ground of its groups, once the reveal has come to them. */
  function laid() {
    if (!shown.overlay || (shown.network && (!plain() || view.step !== null))) return [];
    return collections.get("overlay").slice(...shown.spans[yearIndex()]);
  }

  function paintOverlay() {
    if (!shown.overlay) return;
    const there = new Set(laid().map((found) => found.id));
    painted.get("overlay").forEach((before, id, all) => {
      const on = there.has(id);
      if (before === on) return;
      all[id] = on;
      map.setFeatureState({ source: "overlay", id }, { on });
    });
  }

  /* Whether a network stands by its ties, on a ground without a map. */
  const plain = () => Boolean(shown?.network) && view.arrangement === "network";

  function layNetwork(payload, next) {
    if (!payload.network) {
      net?.clear();
      return;
    }
    if (!net) {
      net = window.atlasNetwork.create(map, colour, still);
      addLayer(net.layer);
    }
    const middles = new Map(collections.get("neighbourhood").map(({ properties: { code, lon, lat } }) => [code, [lon, lat]]));
    net.lay(payload.network, payload.bounds.network, middles);
    // What was looked at before decides whether there is anything to walk from.
    walked = net.arrange(next.arrangement, { at: shown?.network !== payload.network });
  }

  function paintNetwork() {
    net.paint({ ...view, colours: shown.colours });
    walked.then(() => (shown?.network ? chooseLabels() : null));
  }

  function chosenShape(level) {
    if (shown.network && plain()) return laid().find((found) => found.properties.code === `k${view.community}`);
    if (shown.overlay && view.cluster) return laid().find((found) => found.properties.code === `c${view.cluster}`);
    return collections.get(level).find((found) => found.properties.code === view.area);
  }

  /* A frame with every tile of what is shown. */
  const drawn = (sources) => new Promise((done) => {
    const check = () => {
      if (!sources.every((name) => map.isSourceLoaded(name))) return;
      map.off("render", check);
      done();
    };
    map.on("render", check);
    map.triggerRepaint();
  });

  const classOf = (mark) => (mark === "." ? ZERO : mark === "-" ? OUTSIDE : window.atlasSaid.classOf(mark));
  const yearIndex = () => shown.years.indexOf(view.year);

  function paintAreas(level) {
    const marks = level === shown.level ? shown.classes[yearIndex()] : "-".repeat(collections.get(level).length);
    const before = painted.get(level);
    for (let id = 0; id < marks.length; id += 1) {
      if (before[id] === marks[id]) continue;
      before[id] = marks[id];
      map.setFeatureState({ source: level, id }, { c: classOf(marks[id]) });
    }
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
    if (!map.getLayer("points")) return;
    map.setLayoutProperty("points", "visibility", shown.points ? "visible" : "none");
    if (!shown.points) return;
    const before = painted.get("points");
    const digits = shown.points.length / before.length;
    const bit = 2 ** yearIndex();
    for (let id = 0; id < before.length; id += 1) {
      const on = (Math.floor(parseInt(shown.points.slice(id * digits, (id + 1) * digits), 16) / bit) & 1) === 1;
      if (before[id] === on) continue;
      before[id] = on;
      map.setFeatureState({ source: "points", id }, { on });
    }
  }

  /* The viewport stays where the reader put it; it moves when other districts were chosen. */
  function follow() {
    const wanted = view.at ?? `${shown.shown ?? ""}${bounds() ?? ""}${lookedInto()?.properties.code ?? ""}`;
    if (wanted === fitted) return;
    const begun = fitted !== "";
    const first = !begun && !wanted;
    fitted = wanted;
    if (view.at) {
      const [lat, lng, zoom] = view.at.split(",").map(Number);
      const here = map.getCenter();
      const near = Math.abs(here.lat - lat) < 1e-4 && Math.abs(here.lng - lng) < 1e-4;
      if (near && Math.abs(map.getZoom() - zoom) <= 0.02) return;
      if (view.travels && begun && !still()) map.easeTo({ center: [lng, lat], zoom, duration: TRAVEL_MS });
      else map.jumpTo({ center: [lng, lat], zoom });
      return;
    }
    if (first) return;
    fitChosen(still() || !begun ? 0 : view.travels ? TRAVEL_MS : 500);
  }

  function fitChosen(duration) {
    const group = lookedInto();
    const wanted = group ? boundsAround([group]) : bounds() ?? (shown.shown ? boundsOf(shown.shown) : options.bounds);
    map.fitBounds(wanted, { padding: group ? PADDING * 3 : PADDING, duration });
  }

  /* Of a network: of its drawing, or of the place that it is of. */
  const bounds = () => shown.bounds?.[view.arrangement];

  /* The interest group that the view goes near to. */
  const lookedInto = () => (shown.network && plain() && view.community !== null ? laid().find((found) => found.properties.code === `k${view.community}`) : undefined);

  const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const boundsOf = (codes) => boundsAround(collections.get("district").filter((f) => codes.includes(f.properties.code)));

  function boundsAround(features) {
    const bounds = new window.maplibregl.LngLatBounds();
    features.forEach((f) => f.geometry.coordinates.flat(f.geometry.type === "Polygon" ? 1 : 2).forEach((c) => bounds.extend(c)));
    return bounds;
  }

  function feature(event) {
    if (!shown || !map.getLayer(`${shown.level}-fill`)) return null;
    const node = shown.network ? net.under(event.point) : null;
    if (node !== null) return { source: "network", id: node, properties: net.node(node) };
    const areas = shown.network ? [plain() ? "overlay-fill" : `${shown.level}-fill`] : shown.overlay ? ["overlay-mark", "overlay-fill"] : [`${shown.level}-fill`];
    const layers = [shown.points && map.getLayer("points") ? "points" : null, ...areas].filter(Boolean);
    const found = map.queryRenderedFeatures(event.point, { layers });
    return found.find((f) => !["points", "overlay"].includes(f.source) || painted.get(f.source)[f.id]) ?? null;
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
    if (hovered?.id === found?.id && hovered?.source === found?.source) return;
    hovered = found;
    outline("hovered", found && AREAS.includes(found.source) ? collections.get(found.source)[found.id] : null);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    tooltip.hidden = !found;
  }

  /* What a place says of itself: the same numbers as the table's row. */
  function tell(found) {
    const { fill, number } = window.atlasSaid;
    const { words } = view;
    const { properties, id } = found;
    tooltip.replaceChildren();
    if (found.source === "points") {
      element("strong", "", tooltip, properties.name);
      if (properties.category) element("span", "", tooltip, properties.category);
      return;
    }
    if (found.source === "network") {
      element("strong", "", tooltip, properties.name);
      element("span", "", tooltip, properties.line);
      return;
    }
    if (found.source === "overlay") {
      const whole = collections.get("overlay")[id].properties;
      [whole.name, ...whole.lines].forEach((line, place) => element(place ? "span" : "strong", "", tooltip, line));
      return;
    }
    if (found.source === "surface") {
      element("strong", "", tooltip, fill(words.band, { low: number(properties.low), high: number(properties.high) }));
      return;
    }
    const name = properties[`name_${view.lang}`];
    element("strong", "", tooltip, shown.level.startsWith("hex") ? fill(words.hex, { name }) : name);
    if (!shown.network) window.atlasSaid.lines(shown, yearIndex(), id, view.measure, words).forEach((line) => element("span", "", tooltip, line));
    tooltip.dataset.code = properties.code;
  }

  function click(event) {
    const found = feature(event);
    if (!found) return;
    if (found.source === "network") return options.onEvent({ kind: "node", code: found.properties.id });
    if (found.source === "overlay") {
      const { code } = collections.get("overlay")[found.id].properties;
      if (code) options.onEvent({ kind: "click", level: "overlay", code });
      return;
    }
    if (!AREAS.includes(found.source)) return;
    const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
    options.onEvent({
      kind: "click", level: found.source, code: found.properties.code,
      district: found.properties.district_code, additive: ctrlKey || metaKey || shiftKey,
    });
  }

  /* Labels: districts first, then sites beside their marks, then neighbourhoods of the chosen
     districts or from near. None overlap; a label that finds no free place is left out. */
  function chooseLabels() {
    if (!view || !collections.has("district")) return;
    labels.replaceChildren();
    const bare = plain();
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const inner = shown.overlay || (shown.level !== "district" && shown.shown);
    const sites = view.sites && !bare ? collections.get("sites") : [];
    const taken = [];
    const free = (box) => box.x >= box.w && box.x <= width - box.w && box.y >= box.h && box.y <= height - box.h &&
      !taken.some((o) => Math.abs(o.x - box.x) < o.w + box.w && Math.abs(o.y - box.y) < o.h + box.h);
    const place = (found, kind, text, shifts) => {
      const { lon, lat } = found.properties;
      const at = map.project([lon, lat]);
      if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) return;
      const made = element("span", `map-label ${kind}`, labels, text);
      const size = sizeOf(made, kind, text);
      const box = shifts(size).map(([dx, dy]) => ({ x: at.x + dx, y: at.y + dy, dx, dy, ...size })).find(free);
      if (!box) return made.remove();
      taken.push(box);
      made.at = { lon, lat, dx: box.dx, dy: box.dy };
      return undefined;
    };
    const name = (found) => found.properties[`name_${view.lang}`];
    const there = () => [[0, 0]];
    const near = ({ h }) => [[0, 0], [0, -h], [0, h]];
    const beside = ({ w, h }, r = 8) => [[w + r, 0], [-w - r, 0], [0, h + r], [0, -h - r]];
    sites.forEach((found) => place(found, "mark", "", there));
    const named = laid().filter((found) => found.properties.label);
    named.forEach((found) => place(found, "overlay", found.properties.label, near));
    if (shown.network) {
      // A name may lie over ties, but not over other circles.
      const { names, circles } = net.named(view);
      circles.forEach(({ lon, lat, radius }) => taken.push({ ...map.project([lon, lat]), w: radius, h: radius }));
      names.forEach(({ lon, lat, radius, label, kind }) => place({ properties: { lon, lat } }, `node ${kind}`, label, (size) => beside(size, radius + 4)));
    }
    if (bare) return placeLabels();
    collections.get("district").forEach((found) => place(found, inner ? "district quiet" : "district", name(found), near));
    sites.forEach((found) => place(found, "site", name(found), beside));
    // Points gather where a name would stand.
    const above = ({ h }) => [[0, shown.points ? -h - 16 : 0]];
    const inside = ["neighbourhood", "administrative"].includes(shown.level) ? shown.level : "neighbourhood";
    (collections.get(inside) ?? []).filter(closeEnough).forEach((found) => place(found, "neighbourhood", name(found), above));
    return placeLabels();
  }

  /* Half the width and height that a label takes; measured once. */
  function sizeOf(made, kind, text) {
    const key = `${kind}|${text}|${getComputedStyle(labels).fontSize}`;
    if (!sizes.has(key)) sizes.set(key, { w: made.offsetWidth / 2 + 3, h: made.offsetHeight / 2 + 1 });
    return sizes.get(key);
  }

  function closeEnough(found) {
    if (shown.level === "district") return false;
    if (shown.shown) return shown.shown.includes(found.properties.district_code);
    if (shown.network) return map.getZoom() >= NETWORK_LABELS_FROM;
    return map.getZoom() >= NEIGHBOURHOOD_LABELS_FROM;
  }

  function placeLabels() {
    for (const label of labels.children) {
      const { lon, lat, dx, dy } = label.at;
      const at = map.project([lon, lat]);
      label.style.transform = `translate(${at.x + dx}px, ${at.y + dy}px) translate(-50%, -50%)`;
    }
  }

  /* Where an area, or a node of a network, is on the screen. */
  function locate(code) {
    const found = collections.get(shown.level).find((f) => f.properties.code === code);
    const at = map.project(found ? [found.properties.lon, found.properties.lat] : net.place(net.index(code)));
    const box = map.getContainer().getBoundingClientRect();
    return { x: box.left + at.x, y: box.top + at.y };
  }

  /* In, out, or (0) to all that is chosen. */
  function zoom(step) {
    if (step !== 0) return map.zoomTo(map.getZoom() + step, { duration: still() ? 0 : 200 }, { pressed: true });
    fitted = null;
    return map.stop();
  }

  const resize = () => map?.resize();

  return { create, dressLegend, show, locate, resize, zoom };
})();
