/* The state in the browser: one query string, changed here and nowhere else.

   The server gives it meaning (dashboard/state.py) and sends, in `spec`, the parameters in
   their order with their defaults. Here a control's value is only put into the string or taken
   out of it, so that the address, the stores and the server never differ. */

window.dash_clientside = window.dash_clientside || {};

window.dashAgGridFunctions = window.dashAgGridFunctions || {};
window.dashAgGridFunctions.atlasNumber = (value) => window.atlasSaid.number(value);

window.dash_clientside.atlas = (() => {
  "use strict";
  const MANY = ["district", "administrative", "programme", "outcome", "category", "department"];
  const LINKING = ["mode", "since", "place", "inside", "resolution"];
  const DRAWING = ["scheme", "classes", "colours", "bandwidth"];
  const TESTING = ["null", "corrected", "smallest", "radius"];
  const COUNTING = ["share", "after", "what", "per", "mix"];
  const QUESTION = ["view", "level", "measure", "count", "compare", ...DRAWING, ...TESTING, ...LINKING, ...COUNTING, ...MANY, "points", "lang"];
  const NUMBERS = ["year", "bandwidth", "smallest", "radius", "after"];
  // What a reader looks at in a question, and lets go of by Escape.
  const CHOSEN = ["area", "cluster", "community", "node"];
  const NOTHING = Object.fromEntries(CHOSEN.map((name) => [name, null]));
  const FRAME_MS = 1100;
  // Density is counted at once; what is tested and clustered is worked out, the first time.
  const LONGEST_WAIT_MS = { density: 12_000, other: 90_000 };
  const PATIENCE_MS = 400;
  const MOST_TURNS = 40;
  // Clickers send these keys too.
  const STEPS = { PageDown: 1, PageUp: -1 };
  const BUTTON = `[id^='{"press":'], [id^='{"go":']`;
  const AT_HAND = ":is(.controls, .timeline, [data-portal]):is(:hover, :focus-within)";
  const skip = () => window.dash_clientside.no_update;

  let spec = null;
  let state = "";
  let frames = null;
  let playing = null;
  let opened = 0;
  let created = null;
  let waiting = null;
  let slow = null;
  let followed = null;
  let toTable = false;
  let next = null;

  const props = (id, values) => window.dash_clientside.set_props(id, values);
  const read = (query) => new URLSearchParams(query);
  const usual = (name, view) => String(spec.usual[view]?.[name] ?? spec.defaults[name] ?? "");
  const viewOf = (query) => read(query).get("view") ?? "density";

  /* A query with some parameters changed: defaults left out, in the order of the spec. */
  function changed(query, changes) {
    const before = read(query);
    const given = new Map(spec.order.map((name) => [name, [name in changes ? changes[name] : before.getAll(name)].flat()]));
    const view = given.get("view").at(-1) || "density";
    settleParts(given, view);
    const after = new URLSearchParams();
    for (const [name, values] of given) {
      for (const value of values) {
        if (value !== null && value !== "" && String(value) !== usual(name, name === "view" ? null : view)) after.append(name, value);
      }
    }
    return after.toString().replaceAll("%2C", ",");
  }

  /* Parts that do not go together: as the server would settle them. */
  function settleParts(given, view) {
    const one = (name) => given.get(name).at(-1) || usual(name, view);
    spec.unused[view].forEach((name) => given.set(name, []));
    const allows = (options, name) => options.some((option) => option.value === one(name) && !option.disabled);
    if (Number(one("since")) > Number(one("year"))) given.set("since", []);
    if (view !== "density") {
      if (!allows(spec.offers.level[partOf(view)], "level")) given.set("level", []);
      if (!allows(spec.offers.count[view], "count")) given.set("count", []);
      if (!allows(spec.offers.null[one("level")], "null")) given.set("null", []);
      if (view in spec.offers.by && !allows(spec.offers.by[view], "by")) given.set("by", []);
      if (view === "concentration" && !allows(spec.offers.per[one("level")], "per")) given.set("per", ["area"]);
      return;
    }
    const surface = one("level") === "surface";
    const there = spec.offers.measure[one("level")].filter((choice) => !choice.disabled).map((choice) => choice.value);
    const offered = given.get("administrative").some(Boolean) && !surface ? ["count"] : there;
    const instead = spec.instead[one("measure")];
    if (!offered.includes(one("measure"))) given.set("measure", [offered.includes(instead) ? instead : offered[0]]);
    if (surface || spec.ratios.includes(one("measure"))) given.set("compare", []);
    if (!surface) given.set("bandwidth", []);
  }

  const get = (name) => read(state).get(name) ?? usual(name, viewOf(state));
  const partOf = (view) => Object.keys(spec.parts).find((part) => spec.parts[part].includes(view));

  /* The part of the state that decides the map's numbers, in the same order. */
  function question(query) {
    const all = read(query);
    const part = new URLSearchParams();
    const yearly = spec.yearly.includes(viewOf(query));
    for (const name of spec.order) {
      if (QUESTION.includes(name) || (yearly && name === "year")) all.getAll(name).forEach((value) => part.append(name, value));
    }
    return part.toString();
  }

  function write(query, replace) {
    if (query === state) return false;
    state = query;
    const url = query ? `?${query}` : window.location.pathname;
    window.history[replace ? "replaceState" : "pushState"](null, "", url);
    window.atlasBriefing.moved();
    return true;
  }

  /* Opening an address, at the start and on back and forward, is the server's to read. */
  function openAddress() {
    stop();
    props("address", { data: opening() });
  }

  function opening() {
    opened += 1;
    awaitServer();
    return { query: window.location.search.slice(1), opened };
  }

  /* The page says how it stands: loading, failed, nowebgl, empty, or nothing to say. */
  function say(status) {
    window.clearTimeout(slow);
    document.documentElement.setAttribute("data-status", status);
  }

  function awaitServer() {
    window.clearTimeout(waiting);
    const longest = LONGEST_WAIT_MS[viewOf(window.location.search) === "density" ? "density" : "other"];
    waiting = window.setTimeout(say, longest, "failed");
    window.clearTimeout(slow);
    if (frames) slow = window.setTimeout(say, PATIENCE_MS, "working");
  }

  /* Where too many wait, or an answer takes long, the server says when to come again: the page
     does, and shows it where its own answers are meant; files are waited for elsewhere. */
  const asking = window.fetch;
  const newest = new Map();
  window.fetch = async (url, given) => {
    const answers = String(url).includes("/_dash-update-component") ? JSON.parse(given.body).output : null;
    if (answers) newest.set(answers, given);
    const isWanted = () => !answers || newest.get(answers) === given;
    for (let turn = 0; ; turn += 1) {
      const answer = await asking(url, given);
      const seconds = Number(answer.headers.get("Retry-After"));
      if (![202, 503].includes(answer.status) || !seconds || turn === MOST_TURNS) return answer;
      // Not all in the same moment, lest they be turned away together.
      const gone = new Promise((go) => { window.setTimeout(go, seconds * 1000 * (1 + Math.random() / 4)); });
      if (!String(url).includes("/api/")) showWait(gone, seconds, isWanted);
      await gone;
      // Something else was asked meanwhile: nobody needs this answer any more.
      if (!isWanted()) return new Response(null, { status: 204 });
    }
  };

  async function showWait(gone, seconds, isWanted) {
    const root = document.documentElement;
    const before = root.getAttribute("data-status");
    const isLate = waiting !== null;
    window.clearTimeout(waiting);
    document.querySelectorAll(".when-busy span").forEach((span) => {
      span.textContent = span.dataset.said.replace("{seconds}", seconds);
    });
    say("busy");
    await gone;
    if (!isWanted()) return;
    if (root.getAttribute("data-status") === "busy") {
      if (before === null) root.removeAttribute("data-status");
      else root.setAttribute("data-status", before);
    }
    if (isLate) awaitServer();
  }

  function address() {
    window.addEventListener("popstate", openAddress);
    document.addEventListener("click", (event) => {
      const kept = event.target.closest("summary")?.parentElement;
      document.querySelectorAll(".menu[open]").forEach((menu) => (menu === kept ? null : menu.removeAttribute("open")));
      const button = event.target.closest(BUTTON);
      if (button) press(JSON.parse(button.id));
    });
    document.addEventListener("keydown", (event) => {
      const busy = event.target.closest?.("input, select, textarea, [role=listbox], [role=menu]");
      const menu = document.querySelector(".menu[open]");
      if (event.key === "Escape" && menu) {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      } else if (event.key in STEPS && partOf(get("view")) === "network" && frames?.network?.steps.length && !busy && !event.target.closest(".table, .controls")) {
        event.preventDefault();
        hear({ kind: "step", by: STEPS[event.key] });
      } else if (event.key === "Escape" && !busy && !document.querySelector("[data-expanded=true]")) {
        hear({ kind: "escape" });
      }
    });
    return opening();
  }

  /* Controls show what the state says, when something other than themselves changed it. */
  function showControl(name) {
    const values = read(state).getAll(name);
    if (MANY.includes(name)) props({ control: name }, { value: values });
    else if (spec.flags.includes(name)) props({ switch: name }, { checked: get(name) === "1" });
    else if (NUMBERS.includes(name)) props({ control: name }, { value: get(name) && Number(get(name)) });
    else props({ control: name }, { value: get(name) || null });
  }

  function stop() {
    if (playing === null) return;
    window.clearTimeout(playing);
    playing = null;
    next = null;
    document.documentElement.removeAttribute("data-playing");
    sayPlay("play");
  }

  function sayPlay(word) {
    const label = spec.words[word];
    props({ press: "play" }, { "aria-label": label });
  }

  function play() {
    if (playing !== null) return stop();
    document.documentElement.setAttribute("data-playing", "");
    sayPlay("pause");
    const step = async (year) => {
      performance.mark("atlas-year-step");
      const before = state;
      write(changed(state, { year }), true);
      if (year === spec.years.at(-1)) stop();
      if (question(state) === question(before)) {
        if (playing !== null) playing = window.setTimeout(step, FRAME_MS, year + 1);
        await repaint();
      } else {
        // Asked anew for each year: the next one waits until this one has been seen.
        next = playing === null ? null : () => { playing = window.setTimeout(step, FRAME_MS, year + 1); };
        awaitServer();
        props("asked", { data: question(state) });
      }
      if (Number(get("year")) === year) showControl("year");
    };
    const now = Number(get("year"));
    playing = 0;
    step(now === spec.years.at(-1) ? spec.years[0] : now + 1);
    return undefined;
  }

  /* Without https a browser lends its clipboard only to a selected text. */
  async function copyLink(withVersion) {
    const query = changed(state, withVersion ? { snapshot: spec.snapshot } : {});
    await copy(`${window.location.origin}${window.location.pathname}${query ? `?${query}` : ""}`);
  }

  async function copy(text) {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else {
      const field = document.createElement("textarea");
      field.value = text;
      (document.querySelector("dialog[open]") ?? document.body).append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    told(spec.words.copied);
  }

  function told(text) {
    props("copied", { children: text });
    window.setTimeout(props, 3000, "copied", { children: null });
  }

  /* What a press or a click on the map asks for: parameters to change, or null. */
  function out() {
    const has = (name) => read(state).has(name);
    if (has("inside")) return { inside: null, at: null };
    if (has("place")) return { place: null, at: null };
    return has("district") ? { district: [], area: null, level: null, at: null } : null;
  }

  const letGo = () => (CHOSEN.some((name) => read(state).has(name)) ? NOTHING : null);

  /* A step of the reveal: before the first label the bare network, after the last the groups. */
  function stepped(by) {
    const last = (frames?.network?.steps.length ?? 0) + 1;
    if (!frames?.network?.steps.length) return null;
    const now = Number(read(state).get("step") ?? last);
    const next = Math.min(Math.max(now + by, 0), last + 1) % (last + 1);
    return { step: next === last ? null : next, community: null, node: null, area: null };
  }

  /* What Escape undoes before it leaves a place: labels that are lit, then the step of the reveal. */
  function revealed() {
    if (read(state).has("label")) return { label: [] };
    return read(state).has("step") ? { step: null } : null;
  }

  function lit(place) {
    const label = frames?.network?.labels[place];
    const now = read(state).getAll("label");
    return { label: now.includes(label) ? now.filter((other) => other !== label) : [...now, label] };
  }

  function pressed(action) {
    if (action === "play") play();
    else if (action === "copy-link" || action === "copy-version") copyLink(action === "copy-version");
    else if (action.startsWith("story-")) window.atlasBriefing.press(action.slice(6));
    else if (action === "dismiss") props("notices", { children: [] });
    else if (action === "retry") {
      say("loading");
      openAddress();
    } else if (action === "zoom-in") window.atlasMap.zoom(1);
    else if (action === "zoom-out") window.atlasMap.zoom(-1);
    else if (action === "home") {
      window.atlasMap.zoom(0);
      repaint();
      return { at: null };
    }
    else if (action === "up") return out();
    else if (action === "forget") return letGo();
    else if (action === "step-on") return stepped(1);
    else if (action === "step-back") return stepped(-1);
    else if (action.startsWith("label-")) return lit(Number(action.slice(6)));
    else if (action === "arrange") return { arrangement: get("arrangement") === "map" ? null : "map", at: null };
    else if (action.startsWith("part-")) return turnTo(spec.parts[action.slice(5)][0]);
    else if (action === "theme") return { theme: get("theme") === "dark" ? null : "dark" };
    else if (action === "lang") return { lang: get("lang") === "en" ? null : "en" };
    else if (action === "reset") {
      stop();
      const kept = ["view", "lang", "theme", "table"];
      return Object.fromEntries(spec.order.filter((n) => !kept.includes(n)).map((n) => [n, []]));
    }
    return null;
  }

  /* What a briefing may do with the state: read it, and put another in its place. */
  const host = {
    query: () => state,
    go: (query) => ask(() => replaced(changed(query, { lang: get("lang"), theme: get("theme") }))),
    dark: () => change(pressed("theme")),
    say: (text) => told(text),
    copy,
    resize: () => window.atlasMap.resize(),
    ancestors: () => spec.ancestors,
  };

  function ask(does) {
    const asked = does();
    if (asked !== skip()) props("asked", { data: asked });
  }

  function replaced(query) {
    stop();
    const before = state;
    if (!write(query, true)) return skip();
    offer();
    spec.shown.forEach(showControl);
    return follow(before);
  }

  /* Another question begins with its own areas and its own way of counting. */
  const turnTo = (view) => ({ view, level: null, count: null, by: null, ...NOTHING, step: null, label: [] });

  const toggled = (name, value) => ({ ...NOTHING, [name]: get(name) === value ? null : value });

  function goTo(code) {
    if (!code) return null;
    if (code.startsWith("n:")) return toggled("node", code.slice(2));
    if (code.startsWith("p:")) return { ...turnTo("network"), place: code.slice(2), district: [], at: null };
    if (/^k\d+$/.test(code) && frames?.network?.opens) return { ...NOTHING, inside: code.slice(1), step: null, label: [], at: null };
    if (/^k\d+$/.test(code)) return { ...toggled("community", code.slice(1)), at: null, step: null };
    if (/^c\d+$/.test(code)) return toggled("cluster", code.slice(1));
    if (viewOf(state) !== "density") return toggled("area", code);
    if (get("level") === "district") return enter(code, false);
    return { area: get("area") === code ? null : code };
  }

  /* Into a district; with a modifier key it joins those already chosen, or leaves them. */
  function enter(code, additive) {
    const chosen = read(state).getAll("district");
    if (!additive) return { district: [code], level: "neighbourhood", area: null, at: null };
    const next = chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code];
    return { district: next.sort(), area: null, at: null };
  }

  function mapped(event) {
    if (event.kind === "moved") return { at: event.at };
    if (event.kind === "escape") return letGo() ?? revealed() ?? out();
    if (event.kind === "step") return stepped(event.by);
    if (event.kind === "go") return goTo(event.code);
    if (event.kind === "node") return goTo(frames?.network?.opens ? event.code : `n:${event.code}`);
    if (event.kind !== "click") return null;
    if (event.level === "overlay" || viewOf(state) !== "density") return goTo(event.code);
    if (event.level === "district") return enter(event.code, event.additive);
    if (event.additive && event.district) return enter(event.district, true);
    return ["neighbourhood", "administrative"].includes(event.level) ? goTo(event.code) : null;
  }

  /* The part of the state that the server is asked for, when it is another one than before. */
  function settle(changes, options = {}) {
    const before = state;
    if (!write(changed(state, changes), options.replace)) return skip();
    const names = Object.keys(changes);
    if (names.includes("lang") || names.includes("theme")) {
      dress();
      openAddress();
      return skip();
    }
    const of = (query, name) => read(query).getAll(name).join();
    if (names.includes("level") || names.includes("view")) offer();
    spec.shown.filter((n) => n !== options.own && of(before, n) !== of(state, n)).forEach(showControl);
    return follow(before);
  }

  /* What may be chosen depends on the question and on the areas. */
  function offer() {
    const view = get("view");
    const { level, measure, null: nulls, count, view: views, by, per } = spec.offers;
    props({ control: "view" }, { data: views[partOf(view)] });
    props({ control: "level" }, { data: level[partOf(view)] });
    props({ control: "measure" }, { data: measure[get("level")] });
    props({ control: "null" }, { data: nulls[get("level")] });
    props({ control: "count" }, { data: count[view] });
    props({ control: "per" }, { data: per[get("level")] });
    if (view in by) props({ control: "by" }, { data: by[view] });
  }

  /* The map at once where its numbers are at hand, otherwise the server's question. */
  function follow(before) {
    dress();
    if (question(state) === question(before)) {
      repaint();
      return skip();
    }
    awaitServer();
    return question(state);
  }

  /* Hears the controls, which are Dash's. Keys, buttons and the map are heard where they happen:
     Dash may pass over an event that comes while it writes what an earlier one has asked for. */
  function choose(openedState) {
    const { triggered } = window.dash_clientside.callback_context;
    if (triggered.some((trigger) => trigger.prop_id.startsWith("opened."))) return open(openedState);
    if (!spec) return skip();
    const asked = triggered.map(heard);
    return asked.filter((answer) => answer !== skip()).at(-1) ?? skip();
  }

  function open(openedState) {
    if (openedState?.opened !== opened) return skip();
    spec = openedState.spec;
    state = openedState.query;
    const url = state ? `?${state}` : window.location.pathname;
    if (window.location.search.slice(1) !== state) window.history.replaceState(null, "", url);
    dress();
    window.atlasBriefing.begin(host, spec.story, spec.scenes);
    if (created === null) created = window.atlasMap.create("map", { ...spec.map, onEvent: hear });
    if (frames?.key === question(state)) {
      window.clearTimeout(waiting);
      repaint();
      return skip();
    }
    awaitServer();
    return question(state);
  }

  function heard(trigger) {
    const [id, prop] = splitTrigger(trigger.prop_id);
    const name = id.control ?? id.switch;
    let value = trigger.value;
    if (prop === "checked") value = value ? "1" : "0";
    let own = name;
    if (name in spec.ranges && value !== "") {
      const [low, high] = spec.ranges[name];
      const fits = Math.round(Math.min(Math.max(value, low), high));
      if (fits !== value) own = null;
      value = fits;
    }
    // Told by the state itself what it holds, a control has nothing to say; in a talk it may be
    // told late, of the scene before, so that it counts only where the presenter is at it.
    if (own !== null && says(name, value)) return skip();
    if (window.atlasBriefing.presenting() && !document.querySelector(AT_HAND)) return skip();
    const changes = name === "view" ? turnTo(value) : { [name]: value };
    if (["district", "place", "arrangement"].includes(name)) changes.at = null;
    if (LINKING.includes(name) || name === "district") Object.assign(changes, NOTHING, { step: null, label: [] });
    if (["place", "district", "since"].includes(name)) changes.inside = null;
    if (name === "district" || name === "level") changes.area = null;
    if (name === "year" && String(value) !== get("year")) stop();
    toTable = (name === "table" && trigger.value && created) || (name === "level" && spec.unmapped.includes(value));
    if (own === null) props({ control: name }, { value });
    return settle(changes, { own, replace: name === "year" });
  }

  const says = (name, value) => (MANY.includes(name) ? read(state).getAll(name).join() === (value ?? []).join() : get(name) === String(value ?? ""));

  /* What a key, a button or the map asks for; null where it asks for nothing. */
  function change(changes, replace = false) {
    if (changes) ask(() => settle(changes, { replace }));
  }

  function splitTrigger(propId) {
    const dot = propId.lastIndexOf(".");
    return [JSON.parse(propId.slice(0, dot)), propId.slice(dot + 1)];
  }

  function dress() {
    const root = document.documentElement;
    ["view", "level", "measure", "scheme", "arrangement"].forEach((name) => root.setAttribute(`data-${name}`, get(name)));
    root.setAttribute("data-part", partOf(get("view")));
    if (root.lang === get("lang") && root.getAttribute("data-mantine-color-scheme") === get("theme")) return;
    root.lang = get("lang");
    root.setAttribute("data-mantine-color-scheme", get("theme"));
    props("provider", { forceColorScheme: get("theme") });
  }

  /* The server's answer: every year of what was asked. */
  function paint(answer) {
    if (!answer || !spec) return;
    window.clearTimeout(waiting);
    waiting = null;
    frames = JSON.parse(answer);
    repaint();
  }

  /* The map first; panels and table follow once it has been drawn. */
  async function repaint() {
    if (!frames || frames.key !== question(state)) return;
    const query = state;
    try {
      if (created) await window.atlasMap.show(frames, view());
      if (get("table") === "1" || spec.unmapped.includes(get("level"))) await loadOnce(spec.grid);
    } catch {
      return say("failed");
    }
    if (query !== state) return undefined;
    document.documentElement.setAttribute("data-ready", "");
    const why = frames.why?.[frames.years.indexOf(Number(get("year")))];
    document.getElementById("map-why").textContent = why ?? "";
    if (created) say(why ? "why" : isEmpty() ? "empty" : "shown");
    else standIn(query);
    if (playing !== null) next?.();
    next = null;
    const told = changed(query, { at: null, sort: null });
    if (told !== followed) props("painted", { data: query });
    followed = told;
    return undefined;
  }

  /* Without WebGL the plate of the same view takes the map's place. */
  function standIn(query) {
    window.atlasMap.dressLegend(frames, get("theme"));
    const plate = document.getElementById("plate");
    plate.src = `/api/v1/plate?${changed(query, { at: null })}&format=svg&bare=1&inline=1`;
    plate.alt = document.querySelector("#headline h2")?.textContent ?? "";
    say("nowebgl");
  }

  const isEmpty = () => frames.n[frames.years.indexOf(Number(get("year")))] === 0;

  /* The table's library is large and seldom needed: it comes with the first table. */
  const loaded = new Map();

  function loadOnce(url) {
    if (!loaded.has(url)) {
      loaded.set(url, new Promise((done, fail) => {
        const script = document.createElement("script");
        const again = (reason) => {
          loaded.delete(url);
          fail(reason);
        };
        Object.assign(script, { src: url, onload: done, onerror: again });
        document.head.append(script);
      }));
    }
    return loaded.get(url);
  }

  /* Sorting by a heading is part of the state; a new table is sorted as the address says. */
  async function listenToTable(table) {
    if (!table?.length) return;
    if (toTable) document.getElementById("table").scrollIntoView({ block: "nearest" });
    toTable = false;
    const grid = await window.dash_ag_grid.getApiAsync("grid");
    if (grid.atlasHeard) return;
    grid.atlasHeard = true;
    const go = ({ data: row }) => (row?.go ? hear({ kind: "go", code: row.go }) : null);
    grid.addEventListener("rowClicked", go);
    grid.addEventListener("cellKeyDown", (event) => (event.event.key === "Enter" ? go(event) : null));
    grid.addEventListener("sortChanged", (event) => {
      if (event.source !== "uiColumnSorted") return;
      const sorted = grid.getColumnState().find((column) => column.sort);
      const sort = sorted ? `${sorted.sort === "desc" ? "-" : ""}${sorted.colId}` : null;
      write(changed(state, { sort: spec.sortable.includes(sorted?.colId) ? sort : null }), true);
    });
  }

  /* Null for the interest groups, the last step. */
  function stepNow() {
    const step = read(state).get("step");
    return step === null || Number(step) > (frames.network?.steps.length ?? 0) ? null : Number(step);
  }

  function view() {
    const at = read(state).get("at");
    return {
      year: Number(get("year")),
      lang: get("lang"),
      theme: get("theme"),
      sites: get("sites") !== "0",
      area: read(state).get("area"),
      cluster: read(state).get("cluster"),
      community: read(state).has("community") ? Number(read(state).get("community")) : null,
      node: read(state).get("node"),
      step: stepNow(),
      labels: read(state).getAll("label"),
      arrangement: get("arrangement"),
      travels: window.atlasBriefing.presenting(),
      measure: get("measure"),
      shown: frames.shown,
      at,
      words: frames.network ? { ...spec.words, label: spec.words.network } : spec.words,
    };
  }

  function hear(event) {
    if (event.kind === "nowebgl") {
      say("nowebgl");
      props({ switch: "table" }, { checked: true });
      return;
    }
    if (spec) change(mapped(event), event.kind === "moved");
  }

  function press({ press: action, go }) {
    if (spec) change(action ? pressed(action) : goTo(go));
  }

  return { address, choose, paint, listenToTable };
})();
