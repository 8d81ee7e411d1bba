/* Plays a briefing from one file, and one view in a frame. Numbers and words come with the page
   (JSON beside this script); nothing is fetched, kept or sent. All words become text, never markup. */

(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const { words, ground, scenes, cubes } = data;
  const { classOf, fill, number } = window.atlasSaid;
  const root = document.documentElement;
  const SVG = "http://www.w3.org/2000/svg";
  const TRAVEL_MS = 700;
  const FRAME_MS = 1100;
  const OVER = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const DOT_PX = 4;
  const LABEL_PX = 12;
  const PAPER = { width: 760, height: 520 };
  const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  let at = -1;
  let view = null; // the scene in sight: its article, how to change it, where its map stands

  /* Elements; what they are given is text. */
  function made(tag, className = "", inner = []) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...[inner].flat().filter((one) => one !== null && one !== undefined && one !== ""));
    return element;
  }

  function drawn(tag, given = {}, inner = []) {
    const element = document.createElementNS(SVG, tag);
    Object.entries(given).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...[inner].flat());
    return element;
  }

  /* Signs of the buttons, drawn: typefaces lack some of them. */
  const SIGNS = {
    list: "M3 5h14M3 10h14M3 15h14", back: "M12 4l-6 6 6 6", next: "M8 4l6 6-6 6",
    notes: "M4 3h12v10l-4 4h-8zM7 7h6M7 10h4", theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
    full: "M3 8v-5h5M12 3h5v5M17 12v5h-5M8 17h-5v-5", play: "M6 4l10 6-10 6z", pause: "M7 4v12M13 4v12",
  };
  const sign = (name) => drawn("svg", { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true" }, drawn("path", { d: SIGNS[name] }));

  function button(label, icon, press) {
    const element = made("button", "", icon ? sign(icon) : label);
    element.type = "button";
    element.title = label;
    element.setAttribute("aria-label", label);
    element.addEventListener("click", press);
    return element;
  }

  const lines = (tag, className, texts) => texts.map((text) => made(tag, className, text));

  /* What is shown: a scene as told, or what its reader chose from its cube. */
  const own = (scene) => ({ year: scene.year, ...(scene.cube === null ? {} : chosenOf(scene)) });
  const same = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);

  function chosenOf({ cube, chosen: [district, category, outcome] }) {
    const { districts, categories, outcomes } = cubes[cube];
    const place = (all, wanted) => all.findIndex((one) => one.join("|") === wanted.join("|"));
    return { district: place(districts, district), category: place(categories, category), outcome: place(outcomes, outcome) };
  }

  /* All years of what is chosen, an entry for each area of the level. */
  function frames(scene, choice) {
    if (scene.cube === null || scene.cube === undefined) return { ...scene, inside: scene.shown };
    const cube = cubes[scene.cube];
    const part = cube.parts[choice.category * cube.outcomes.length + choice.outcome][choice.district];
    const inside = cube.districts[choice.district];
    const there = ground.levels[cube.level].districts.map((code) => !inside.length || inside.includes(code));
    const spread = (given, nothing) => {
      let next = 0;
      return there.map((on) => (on ? given[next++] : nothing));
    };
    return {
      years: cube.years, n: part.n, colours: cube.colours[part.p], inside: inside.length ? inside : null,
      classes: part.c.map((marks) => spread(marks, "-").join("")),
      values: part.v.map((numbers) => spread(numbers.split(" ").map(Number), null)),
      labels: null, legend: cube.legends[part.l], measure: "count", compared: false,
    };
  }

  /* A legend of a choice: as the scene's, but for its classes. */
  function chosenLegend(scene, shown) {
    const ramp = scene.legend.swatches.some(([paint]) => paint === "ramp");
    const ends = [shown.legend[0], shown.legend[shown.legend.length - 1]];
    const steps = ramp && shown.legend.length ? [["ramp", ends.join(" – "), "", ""]] : shown.legend.map((label, place) => [String(place), label, "", ""]);
    return { ...scene.legend, swatches: [["zero", words.zero, "", ""], ...steps] };
  }

  /* What stands around the map: of the scene, of another year, or of a choice. */
  function saying(scene, choice, shown) {
    if (same(own(scene), choice)) return { ...scene, told: true };
    if (scene.byYear) return { ...scene, ...scene.byYear[choice.year], told: true };
    const { names } = cubes[scene.cube];
    const n = shown.n[shown.years.indexOf(choice.year)];
    const place = names.district[choice.district] || words.city;
    const values = { place, year: choice.year, n: number(n), count: scene.count };
    const finding = fill(n === 1 ? words.here_one : words.here, values);
    const filters = [names.category[choice.category], names.outcome[choice.outcome]].filter(Boolean).join(" · ");
    const details = [filters && fill(words.filtered, { filters }), n === 0 && words.empty, words.chosen, scene.points && !dotted(scene, choice) && words.no_points];
    return { finding, details: details.filter(Boolean), why: null, legend: chosenLegend(scene, shown), alt: finding, told: false };
  }

  /* Dots are of the scene's own groups, in every year. */
  const dotted = (scene, choice) => Boolean(scene.points) && same({ ...own(scene), year: choice.year }, choice);

  /* Colours of both themes come with the scene; the ones in use are variables of its article. */
  function dress(article, colours, labels) {
    const theme = root.dataset.mantineColorScheme;
    window.atlasSaid.dress(article, colours[theme], labels[theme]);
  }

  /* The map of areas: made once a scene, painted at each change. */
  function areaMap(scene, holder) {
    const level = ground.levels[scene.level];
    const districts = ground.levels.district;
    const areas = level.paths.map((d, id) => drawn("path", { d, class: "area", "data-id": id, tabindex: id ? -1 : 0, role: "img" }));
    const borders = scene.level === "district" ? [] : districts.paths.map((d) => drawn("path", { d, class: "border" }));
    const found = level.codes.indexOf(scene.area);
    const chosen = drawn("path", { class: "chosen", d: level.paths[found] ?? "M0 0" });
    const dots = drawn("path", { class: "dots", "stroke-width": DOT_PX });
    const hovered = drawn("path", { class: "hovered", d: "M0 0" });
    const labels = drawn("g", { class: "labels", "aria-hidden": "true" });
    const svg = drawn("svg", { class: "map", role: "group" }, [
      drawn("g", { class: `areas level-${scene.level}` }, areas), ...borders, dots, chosen, hovered, labels,
    ]);
    holder.prepend(svg);
    const map = { svg, areas, dots, hovered, labels, level, window: scene.window, scene, inside: scene.shown };
    map.look = (box) => {
      map.window = box;
      svg.setAttribute("viewBox", box.join(" "));
    };
    map.look(scene.window);
    return map;
  }

  function paint(map, scene, shown, choice) {
    const marks = shown.classes[shown.years.indexOf(choice.year)];
    map.areas.forEach((area, id) => {
      const mark = marks[id];
      if (area.dataset.mark === mark) return;
      area.dataset.mark = mark;
      area.style.setProperty("fill", mark === "." ? "var(--map-zero)" : mark === "-" ? "var(--map-outside)" : `var(--class-${classOf(mark)})`);
    });
    map.dots.setAttribute("d", dotted(scene, choice) ? dots(scene, choice.year) : "M0 0");
  }

  /* Groups of a year: two hexadecimal digits a point and eight years. */
  function dots({ points, years }, year) {
    const many = ground.points.length / 2;
    const digits = points.length / many;
    const bit = 2 ** years.indexOf(year);
    let path = "";
    for (let id = 0; id < many; id += 1) {
      const on = Math.floor(parseInt(points.slice(id * digits, (id + 1) * digits), 16) / bit) & 1;
      if (on) path += `M${ground.points[2 * id]} ${ground.points[2 * id + 1]}h0`;
    }
    return path || "M0 0";
  }

  /* Names that find room: districts first, then sites, then neighbourhoods of chosen districts. */
  function label(map) {
    const box = map.svg.getBoundingClientRect();
    const { width, height } = box.width ? box : PAPER; // on paper it is laid out too late to measure
    const [left, top, wide, high] = map.window;
    const unit = Math.max(wide / width, high / height); // of the drawing to a pixel
    const middle = { x: left + wide / 2, y: top + high / 2, w: (width * unit) / 2, h: (height * unit) / 2 };
    const size = LABEL_PX * unit;
    const taken = [];
    const free = (spot) => Math.abs(spot.x - middle.x) + spot.w <= middle.w && Math.abs(spot.y - middle.y) + spot.h <= middle.h &&
      !taken.some((other) => Math.abs(other.x - spot.x) < other.w + spot.w && Math.abs(other.y - spot.y) < other.h + spot.h);
    map.labels.replaceChildren();
    const place = (text, [x, y], kind, shifts) => {
      const w = ([...text].reduce((sum, sign) => sum + (sign > "\u1100" ? 0.95 : 0.6), 0) * size) / 2 + 3 * unit;
      const h = size * 0.6;
      const spot = shifts(w, h).map(([dx, dy]) => ({ x: x + dx, y: y + dy, w, h })).find(free);
      if (!spot) return;
      taken.push(spot);
      map.labels.append(drawn("text", { x: spot.x, y: spot.y + size * 0.35, class: `label ${kind}`, "font-size": size, "stroke-width": 3 * unit }, text));
    };
    const near = (w, h) => [[0, 0], [0, -h], [0, h]];
    const beside = (w, h) => [[w + 8 * unit, 0], [-w - 8 * unit, 0], [0, h + 8 * unit], [0, -h - 8 * unit]];
    const sites = map.scene.sites ? ground.sites : { names: [], at: [] };
    sites.at.forEach(([x, y]) => {
      taken.push({ x, y, w: 5 * unit, h: 5 * unit });
      map.labels.append(drawn("circle", { cx: x, cy: y, r: 4 * unit, class: "site-mark" }));
    });
    const inner = map.scene.level !== "district" && map.inside;
    const { district } = ground.levels;
    district.names.forEach((name, id) => (inner && !map.inside.includes(district.codes[id]) ? null : place(name, district.at[id], inner ? "quiet" : "", near)));
    sites.names.forEach((name, id) => place(name, sites.at[id], "site", beside));
    if (!inner || map.scene.level.startsWith("hex")) return;
    map.level.names.forEach((name, id) => (map.inside.includes(map.level.districts[id]) ? place(name, map.level.at[id], "small", near) : null));
  }

  /* The map moves from scene to scene rather than cut. */
  function travel(map, from, to) {
    map.labels.replaceChildren();
    const begun = performance.now();
    const step = (now) => {
      if (!map.svg.isConnected || map.travelling !== to) return;
      const part = Math.min(1, (now - begun) / TRAVEL_MS);
      const eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) ** 2;
      map.look(to.map((end, side) => from[side] + (end - from[side]) * eased));
      if (part < 1) requestAnimationFrame(step);
      else label(map);
    };
    map.travelling = to;
    requestAnimationFrame(step);
  }

  /* Pointer, finger or keyboard: each tells of what is under it. */
  function listen(holder, tip, tell, map) {
    const show = (target, x, y) => {
      const told = tell(target);
      tip.hidden = !told;
      map?.hovered.setAttribute("d", told ? target.getAttribute("d") : "M0 0");
      if (!told) return;
      tip.replaceChildren(made("strong", "", told[0]), ...lines("span", "", told.slice(1)));
      const box = holder.getBoundingClientRect();
      const left = x - box.left + 14 + tip.offsetWidth > box.width ? x - box.left - 14 - tip.offsetWidth : x - box.left + 14;
      const top = Math.min(y - box.top + 14, box.height - tip.offsetHeight - 4);
      tip.style.setProperty("transform", `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`);
    };
    const hide = () => show(holder, 0, 0);
    holder.addEventListener("pointermove", (event) => show(event.target, event.clientX, event.clientY));
    holder.addEventListener("pointerdown", (event) => show(event.target, event.clientX, event.clientY));
    holder.addEventListener("pointerleave", (event) => (event.pointerType === "touch" ? null : hide()));
    holder.addEventListener("focusout", hide);
    holder.addEventListener("focusin", ({ target }) => {
      const told = tell(target);
      if (!told) return;
      target.setAttribute("aria-label", told.join(", "));
      const box = target.getBoundingClientRect();
      show(target, box.left + box.width / 2, box.top + box.height / 2);
    });
    if (map) holder.addEventListener("keydown", (event) => walk(event, map));
  }

  /* From area to area with the arrows; the scenes keep their keys outside. */
  function walk(event, map) {
    const id = map.areas.indexOf(event.target);
    if (id < 0) return;
    if (event.key === "Escape") event.target.blur();
    if (!OVER[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    const next = map.areas[(id + OVER[event.key] + map.areas.length) % map.areas.length];
    event.target.setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
  }

  function mark([paint, name, count, outcome]) {
    const spot = made("span", outcome ? `sign sign-${outcome}` : "swatch");
    const colour = paint === "zero" ? "var(--map-zero)" : paint === "ramp" ? "var(--ramp)" : paint.startsWith("label-") ? `var(--${paint})` : `var(--class-${paint})`;
    spot.style.setProperty(outcome ? "color" : "background", colour);
    const item = made("li", paint === "ramp" ? "ramp" : "", [spot, made("span", "", name)]);
    if (count) item.append(made("span", "count", count));
    return item;
  }

  function legend({ title, unit, swatches, notes }) {
    const parts = [made("p", "legend-title", [made("strong", "", title), " ", made("span", "muted", unit)])];
    if (swatches.length) parts.push(made("ul", "swatches", swatches.map(mark)));
    if (notes.length) parts.push(made("p", "muted legend-notes", notes.join(" · ")));
    return title || swatches.length || notes.length ? parts : [];
  }

  function table(headings, rows) {
    const head = made("tr", "", headings.map((name) => Object.assign(made("th", "", name), { scope: "col" })));
    const body = rows.map((row) => made("tr", "", row.map(([text, isNumber]) => made("td", isNumber ? "number" : "", text))));
    return made("table", "", [headings.length ? made("thead", "", head) : null, made("tbody", "", body)]);
  }

  const cell = (value, isWord) => (value === null ? ["–", !isWord] : typeof value === "number" && !isWord ? [number(value), true] : [String(value), false]);

  function sceneTable({ grid }) {
    const rows = grid.rows.map((row) => row.map((value, place) => cell(value, grid.words[place])));
    return [made("p", "muted", grid.summary), made("div", "wide", table(grid.headings, rows))];
  }

  /* The areas of a choice: their names and how many groups, the most first. */
  function chosenTable(scene, shown, choice) {
    const { names, headings } = scene.grid;
    const values = shown.values[shown.years.indexOf(choice.year)];
    const rows = ground.levels[scene.level].names.map((name, id) => [name, values[id]])
      .filter(([, value]) => value !== null).sort(([, one], [, other]) => other - one)
      .map(([name, value]) => [[name, false], [number(value), true]]);
    return [made("div", "wide", table([headings[names.indexOf("name")], headings[names.indexOf("groups")]], rows))];
  }

  function picture(id) {
    const found = document.getElementById(id);
    return found ? document.importNode(found.content, true).querySelector("svg") : null;
  }

  /* What the panel says beside the map. */
  function panel(scene, place) {
    const facts = made("dl", "facts", scene.facts.map(([name, value, hint]) => made("div", "", [made("dt", "", name), made("dd", "", [value, hint ? made("small", "", ` ${hint}`) : null])])));
    const charts = scene.charts.map(([title, said], chart) => {
      const svg = picture(`chart-${place}-${chart}`);
      svg?.setAttribute("role", "img");
      svg?.setAttribute("aria-label", said);
      return made("figure", "chart", [made("figcaption", "", title), svg ?? said]);
    });
    const listings = scene.listings.map(([title, headings, rows]) => made("section", "listing", [
      made("h4", "", title), made("div", "wide", table(headings, rows.map((row) => row.map((text, column) => [text, column > 0])))),
    ]));
    return made("div", "panel", [scene.facts.length ? facts : null, ...lines("p", "", scene.sentences), ...charts, ...listings]);
  }

  /* Year, district, field and outcome of a map of counts; in a frame the year alone. */
  function controls(scene, choice, change) {
    const years = scene.cube === null ? (scene.byYear && scene.classes ? scene.years : []) : cubes[scene.cube].years;
    if (years.length < 2) return null;
    const slider = Object.assign(made("input"), { type: "range", min: 0, max: years.length - 1, step: 1, value: years.indexOf(choice.year) });
    slider.name = "year";
    slider.setAttribute("aria-label", words.year);
    const said = made("output", "", String(choice.year));
    const set = (year) => {
      slider.value = years.indexOf(year);
      said.textContent = String(year);
      slider.setAttribute("aria-valuetext", String(year));
    };
    set(choice.year);
    slider.addEventListener("input", () => {
      set(years[Number(slider.value)]);
      change({ year: years[Number(slider.value)] });
    });
    const shown = made("label", "year", [made("span", "", words.year), slider, said]);
    const parts = [playing(years, slider), shown, ...(scene.cube === null ? [] : selects(scene, choice, change))];
    const reset = scene.cube === null ? null : button(words.reset, null, () => change(own(scene)));
    if (reset) parts.push(reset);
    const box = made("div", "controls", parts);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.choose);
    box.follow = (now) => {
      set(now.year);
      box.querySelectorAll("select").forEach((select) => Object.assign(select, { value: String(now[select.name]) }));
      if (reset) reset.hidden = same(own(scene), now);
    };
    box.follow(choice);
    return box;
  }

  function selects(scene, choice, change) {
    return ["district", "category", "outcome"].map((name) => {
      const options = cubes[scene.cube].names[name].map((text, place) => Object.assign(made("option", "", text || words.all), { value: String(place) }));
      const select = Object.assign(made("select", "", options), { name, value: String(choice[name]) });
      select.addEventListener("change", () => change({ [name]: Number(select.value) }));
      return made("label", "", [made("span", "", words[name]), select]);
    });
  }

  /* The years one after the other, from the first when the last is in sight. */
  function playing(years, slider) {
    let clock = null;
    const stop = () => {
      window.clearInterval(clock);
      clock = null;
      press.replaceChildren(sign("play"));
      press.title = words.play;
      press.setAttribute("aria-label", words.play);
    };
    const step = (to) => {
      if (!slider.isConnected) return stop();
      slider.value = to;
      slider.dispatchEvent(new Event("input"));
      return to >= years.length - 1 ? stop() : undefined;
    };
    const press = button(words.play, "play", () => {
      if (clock) return stop();
      press.replaceChildren(sign("pause"));
      press.title = words.pause;
      press.setAttribute("aria-label", words.pause);
      clock = window.setInterval(() => step(Number(slider.value) + 1), FRAME_MS);
      return step(Number(slider.value) >= years.length - 1 ? 0 : Number(slider.value) + 1);
    });
    press.className = "play";
    return press;
  }

  /* A scene as an article; `change` shows another choice in place. */
  function build(scene, place) {
    let choice = own(scene);
    const holder = made("div", "map-holder");
    const tip = Object.assign(made("div", "tip"), { hidden: true });
    holder.append(tip);
    const heading = Object.assign(made("h2", "", data.frame ? "" : scene.title), { tabIndex: -1 });
    const finding = made("p", "finding");
    const details = made("div", "details");
    const key = made("div", "legend");
    const rest = data.frame ? null : panel(scene, place);
    const rows = made("details", "table");
    const article = made("article", "scene");
    const map = scene.classes || scene.cube !== null ? areaMap(scene, holder) : null;
    let shown = map ? frames(scene, choice) : scene;
    if (!map) drawing(scene, place, holder, tip);
    if (map) listen(holder, tip, (target) => (target.dataset?.id === undefined ? null : [name(map, Number(target.dataset.id)), ...window.atlasSaid.lines(shown, shown.years.indexOf(choice.year), Number(target.dataset.id), shown.measure, words.map)]), map);

    function update() {
      if (map) {
        shown = frames(scene, choice);
        paint(map, scene, shown, choice);
        map.inside = shown.inside;
      }
      const said = saying(scene, choice, shown);
      dress(article, shown.colours, scene.labelColours);
      finding.textContent = said.finding;
      finding.hidden = !data.frame && said.finding === scene.title;
      const others = said.details.filter((line) => line !== said.why);
      details.replaceChildren(...lines("p", "why", said.why ? [said.why] : []), ...lines("p", "muted", others));
      key.replaceChildren(...legend(said.legend));
      holder.querySelector("svg")?.setAttribute("aria-label", said.alt);
      if (data.frame) return;
      rest.hidden = !said.told;
      if (rows.open) fillRows();
    }

    function fillRows() {
      rows.lastElementChild.replaceChildren(...(same(own(scene), choice) ? sceneTable(scene) : chosenTable(scene, shown, choice)));
    }

    const chooser = controls(scene, choice, (changed) => {
      const before = choice;
      choice = { ...choice, ...changed };
      update();
      chooser.follow(choice);
      if (before.district !== choice.district) label(map);
    });
    rows.append(made("summary", "", words.table), made("div"));
    rows.addEventListener("toggle", () => (rows.open ? fillRows() : null));
    const foot = made("footer", "source", [
      made("span", scene.simulated ? "badge simulated" : "badge", scene.badge),
      ...lines("span", "", scene.sources),
      ...(data.frame ? [] : [made("span", "", fill(words.snapshot, { hash: scene.hash })), made("span", "", fill(words.made, { date: data.made }))]),
    ]);
    if (data.frame) article.append(made("header", "", [finding, details, ...lines("p", "notice", scene.notices)]), holder, ...(chooser ? [chooser] : []), key, foot);
    else {
      const head = made("header", "", [heading, scene.caption ? made("p", "caption", scene.caption) : null]);
      const fixed = chooser ? null : made("p", "muted fixed", fill(words.fixed, { year: scene.year }));
      article.append(head, made("div", "stage", [holder, chooser ?? fixed, key]), made("div", "beside", [finding, details, rest]), rows, foot);
    }
    update();
    return { article, map, heading, scene, redress: () => dress(article, shown.colours, scene.labelColours), openRows: () => fillRows(), relabel: () => (map ? label(map) : null) };
  }

  const name = ({ level, scene }, id) => (scene.level.startsWith("hex") ? fill(words.map.hex, { name: level.names[id] }) : level.names[id]);

  /* A drawing that came with the page: its marks say what they are. */
  function drawing(scene, place, holder, tip) {
    const svg = picture(`map-${place}`);
    if (!svg) return;
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.setAttribute("class", "map drawing");
    svg.setAttribute("role", "img");
    holder.prepend(svg);
    const start = `map-${place}-`;
    listen(holder, tip, (target) => {
      const told = scene.told[target.closest?.(`[id^="${start}overlay-"], [id^="${start}node-"]`)?.id.slice(start.length)];
      return told?.length ? told : null;
    });
  }

  /* Scenes. */
  function show(wanted) {
    const place = Math.max(0, Math.min(scenes.length - 1, wanted));
    if (place === at) return;
    const before = view;
    at = place;
    view = build(scenes[place], place);
    document.getElementById("main").replaceChildren(view.article);
    watcher.disconnect();
    watcher.observe(view.article.querySelector(".map-holder"));
    if (before?.map && view.map && !still() && before.map.window.join() !== view.scene.window.join()) travel(view.map, before.map.window, view.scene.window);
    else view.relabel();
    if (!data.frame) tell();
  }

  const watcher = new ResizeObserver(() => (view?.map && (!view.map.travelling || view.map.window.join() === view.map.travelling.join()) ? label(view.map) : null));

  function tell() {
    const scene = scenes[at];
    document.title = `${at + 1}. ${scene.title} · ${data.title}`;
    document.getElementById("position").textContent = fill(words.position, { n: at + 1, of: scenes.length });
    document.getElementById("notes").replaceChildren(made("h3", "", words.notes), ...lines("p", "", (scene.notes || words.no_notes).split("\n")));
    document.getElementById("status").textContent = `${at + 1} / ${scenes.length}: ${scene.title}`;
    document.querySelectorAll("#contents a").forEach((link, place) => (place === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    document.getElementById("back").disabled = at === 0;
    document.getElementById("next").disabled = at === scenes.length - 1;
    if (window.location.hash !== `#${at + 1}`) window.history.replaceState(null, "", `#${at + 1}`);
    window.scrollTo(0, 0);
  }

  const fromHash = () => Number.parseInt(window.location.hash.slice(1), 10) - 1 || 0;

  function toggle(id) {
    const part = document.getElementById(id);
    part.hidden = !part.hidden;
    if (id === "contents" && !part.hidden) part.querySelector("[aria-current]")?.focus();
  }

  function fullScreen() {
    const changed = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.();
    changed?.catch(() => null);
  }

  function setTheme(theme) {
    root.dataset.mantineColorScheme = theme;
    view?.redress();
  }

  const otherTheme = () => setTheme(root.dataset.mantineColorScheme === "dark" ? "light" : "dark");

  const KEYS = {
    ArrowRight: () => show(at + 1), ArrowDown: () => show(at + 1), PageDown: () => show(at + 1),
    ArrowLeft: () => show(at - 1), ArrowUp: () => show(at - 1), PageUp: () => show(at - 1),
    Home: () => show(0), End: () => show(scenes.length - 1),
    f: fullScreen, d: otherTheme, n: () => toggle("notes"), Escape: () => Object.assign(document.getElementById("contents"), { hidden: true }),
  };

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target.matches?.("select, textarea, input")) return;
    const press = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!press) return;
    event.preventDefault();
    press();
  }

  function bar() {
    const position = Object.assign(made("span", "position"), { id: "position" });
    const back = Object.assign(button(words.back, "back", () => show(at - 1)), { id: "back" });
    const next = Object.assign(button(words.next, "next", () => show(at + 1)), { id: "next" });
    const [{ simulated, badge }] = data.scenes;
    document.getElementById("tools").append(
      made("span", simulated ? "badge simulated" : "badge", badge),
      button(words.scenes, "list", () => toggle("contents")), back, position, next,
      button(words.notes, "notes", () => toggle("notes")), button(words.theme, "theme", otherTheme), button(words.full, "full", fullScreen),
    );
    const links = scenes.map((scene, place) => {
      const link = Object.assign(made("a", "", scene.title), { href: `#${place + 1}` });
      link.addEventListener("click", () => toggle("contents"));
      return made("li", "", link);
    });
    document.getElementById("contents").append(made("ol", "", links));
  }

  /* On paper: all scenes, in light. */
  function print() {
    const theme = root.dataset.mantineColorScheme;
    setTheme("light");
    const all = scenes.map((scene, place) => build(scene, place));
    document.body.append(Object.assign(made("div", "printed", all.map(({ article }) => article)), { id: "printed" }));
    all.forEach(({ relabel }) => relabel());
    window.addEventListener("afterprint", () => {
      document.getElementById("printed")?.remove();
      setTheme(theme);
    }, { once: true });
  }

  if (!data.frame) {
    bar();
    document.addEventListener("keydown", key);
    window.addEventListener("hashchange", () => show(fromHash()));
    window.addEventListener("beforeprint", print);
  }
  if (scenes.length) show(data.frame ? 0 : fromHash());
})();
