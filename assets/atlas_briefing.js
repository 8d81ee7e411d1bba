/* A briefing in the browser: scenes that are gathered, ordered and told.

   A scene is an address and words. What an address means is the server's, and changing it is
   assets/atlas_state.js's; here scenes are kept (in this browser, and in a file when saved) and
   shown one after the other. All words from a file become text, never markup. */

window.atlasBriefing = (() => {
  "use strict";
  const KEPT = "atlas-briefing";
  const ON = ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"];
  const BACK = ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"];

  // The picture of what comes next is drawn once the map has come to rest.
  const SETTLED_MS = 2000;
  // In these parts of the atlas a chart says what the map cannot.
  const WITH_CHARTS = ["clusters", "spread", "people", "silos"];

  let host = null;
  let words = {};
  let limits = null;
  let briefing = null;
  let told = null;
  let at = null;
  let since = 0;
  let second = null;
  let clock = null;
  let drawing = null;

  const say = (key, values = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const root = document.documentElement;
  const place = (id) => document.getElementById(id);
  const lang = () => root.lang;
  const own = (text) => String(text[lang()] ?? Object.values(text)[0] ?? "");

  /* Made by the state once the server's words are here. */
  function begin(given, spoken, allowed) {
    const first = host === null;
    host = given;
    words = spoken;
    limits = allowed;
    if (first) {
      briefing = recalled();
      window.addEventListener("keydown", key, true);
      window.addEventListener("storage", (event) => {
        if (event.key !== KEPT || at !== null) return;
        briefing = recalled();
        draw();
      });
      window.addEventListener("mousemove", aim);
      document.addEventListener("fullscreenchange", () => (document.fullscreenElement || at === null ? null : root.removeAttribute("data-full")));
    }
    draw();
    if (at !== null) tell();
  }

  /* What is kept may be of an older atlas, or of somebody's hand: only what is understood is taken. */
  function recalled() {
    try {
      const { title, scenes } = JSON.parse(window.localStorage.getItem(KEPT));
      return { title: { ...title }, scenes: scenes.slice(0, limits.most).map(scene) };
    } catch {
      return { title: {}, scenes: [] };
    }
  }

  const scene = ({ view: query, title, caption, notes: said, warnings }) => ({
    view: String(query), title: { ...title }, caption: { ...caption }, notes: { ...said }, warnings: [warnings ?? []].flat(),
  });

  function keep() {
    try {
      window.localStorage.setItem(KEPT, JSON.stringify(briefing));
    } catch {
      tellStatus(say("unkept"));
    }
  }

  /* Elements, with text that stays text. */
  function made(tag, given = {}, inner = []) {
    const element = (given.in ?? document).createElement(tag);
    const { in: _, data, aria, ...rest } = given;
    Object.assign(element, rest);
    Object.entries(data ?? {}).forEach(([name, value]) => element.setAttribute(`data-${name}`, value));
    Object.entries(aria ?? {}).forEach(([name, value]) => element.setAttribute(`aria-${name}`, value));
    element.append(...[inner].flat());
    return element;
  }

  const button = (label, onclick, given = {}) => made("button", { type: "button", onclick, ...given }, given.sign ?? label);
  const sign = (mark, label, onclick, given = {}) => button(mark, onclick, { title: label, aria: { label }, ...given });

  function tellStatus(text) {
    const status = place("briefing-status");
    if (status) status.textContent = text;
    host.say(text);
  }

  /* A view as a scene has it: language and theme are the presenter's. */
  function view() {
    const query = new URLSearchParams(host.query());
    limits.dropped.forEach((name) => query.delete(name));
    return query.toString().replaceAll("%2C", ",");
  }

  function add() {
    if (briefing.scenes.length >= limits.most) return tellStatus(say("full", { most: limits.most }));
    const title = document.querySelector("#headline h2")?.textContent ?? "";
    briefing.scenes.push({ view: view(), title: { [lang()]: title.slice(0, limits.longest.title) }, caption: {}, notes: {}, warnings: [] });
    changed();
    return tellStatus(say("added", { n: briefing.scenes.length }));
  }

  function changed() {
    keep();
    draw();
  }

  /* The drawer. */
  function draw() {
    const drawer = place("briefing");
    if (!drawer) return;
    root.toggleAttribute("data-briefing", root.hasAttribute("data-briefing") && at === null);
    const focused = document.activeElement?.dataset?.field;
    drawer.setAttribute("aria-label", say("menu"));
    const cards = briefing.scenes.map(card);
    const files = [
      [say("export_pdf"), "pdf", "pdf"], [say("export_pptx"), "pptx", "pptx"],
      [say("export_html"), "html", "html"], [say("export_png"), "png", "zip"],
    ];
    drawer.replaceChildren(
      made("div", { className: "briefing-head" }, [
        made("h2", {}, say("menu")),
        button(say("present"), () => present(0), { className: "strong", disabled: !cards.length }),
        sign("×", say("close"), () => root.removeAttribute("data-briefing")),
      ]),
      field("title", briefing.title, say("title"), "briefing-title"),
      made("div", { className: "briefing-foot" }, [
        button(say("add"), add),
        button(say("open"), openFile),
        button(say("save"), () => download("/api/v1/briefing/file", "toml"), { disabled: !cards.length }),
        ...files.map(([label, to, ending]) => button(label, () => download(`/api/v1/briefing/export?to=${to}&lang=${lang()}`, ending), { disabled: !cards.length })),
      ]),
      made("p", { id: "briefing-status", className: "briefing-status", role: "status" }),
      cards.length ? made("ol", { className: "scenes" }, cards) : made("p", { className: "briefing-empty" }, say("empty")),
      made("p", { className: "briefing-kept" }, say("kept")),
    );
    if (focused) drawer.querySelector(`[data-field="${focused}"]`)?.focus();
  }

  function field(name, text, label, id) {
    const tag = name === "title" ? "input" : "textarea";
    const input = made(tag, { value: text[lang()] ?? own(text), maxLength: limits.longest[name], data: { field: id } });
    if (tag === "textarea") input.rows = 2;
    input.oninput = () => {
      text[lang()] = input.value;
      keep();
    };
    return made("label", { className: `briefing-field field-${name}` }, [made("span", {}, label), input]);
  }

  function card(scene, n) {
    const { scenes } = briefing;
    const move = (by) => () => {
      scenes.splice(n + by, 0, ...scenes.splice(n, 1));
      changed();
    };
    const copy = () => {
      scenes.splice(n + 1, 0, structuredClone(scene));
      changed();
    };
    const remove = () => {
      scenes.splice(n, 1);
      changed();
      offerBack(say("deleted"), () => scenes.splice(n, 0, scene));
    };
    const retake = () => {
      Object.assign(scene, { view: view(), warnings: [] });
      changed();
    };
    return made("li", { className: "scene" }, [
      made("div", { className: "scene-head" }, [
        made("strong", {}, say("scene", { n: n + 1 })),
        sign("↑", say("up"), move(-1), { disabled: n === 0 }),
        sign("↓", say("down"), move(1), { disabled: n === scenes.length - 1 }),
        button(say("duplicate"), copy, { disabled: scenes.length >= limits.most }),
        sign("×", say("delete"), remove),
      ]),
      ...scene.warnings.map((warning) => made("p", { className: "scene-warning" }, warning)),
      field("title", scene.title, say("scene_title"), `title-${n}`),
      field("caption", scene.caption, say("caption"), `caption-${n}`),
      field("notes", scene.notes, say("notes"), `notes-${n}`),
      made("div", { className: "scene-foot" }, [
        button(say("show"), () => host.go(scene.view)),
        button(say("retake"), retake),
        button(say("present"), () => present(n)),
      ]),
    ]);
  }

  /* What was done can be taken back, until something else is done. */
  function offerBack(told, undo) {
    const again = button(say("undo"), () => {
      undo();
      changed();
      tellStatus("");
    });
    place("briefing-status").append(" ", told, " ", again);
    again.focus();
  }

  /* Files: read and written by the server, which keeps nothing of them. */
  async function asked(url, given) {
    const answer = await fetch(url, given).catch(() => {
      throw new Error(say("unreachable"));
    });
    if (answer.ok) return answer;
    const { detail } = await answer.json().catch(() => ({ detail: answer.statusText }));
    throw new Error(say("failed", { reason: typeof detail === "string" ? detail : JSON.stringify(detail) }));
  }

  async function take(url, given) {
    try {
      const answer = await asked(url, given);
      const { title, scenes, warnings } = await answer.json();
      const before = briefing;
      briefing = { title, scenes: scenes.map(scene) };
      changed();
      root.setAttribute("data-briefing", "");
      tellStatus(warnings.join(" "));
      if (before.scenes.length) offerBack(say("replaced"), () => { briefing = before; });
    } catch (error) {
      root.setAttribute("data-briefing", "");
      tellStatus(error.message);
    }
  }

  function openFile() {
    const input = made("input", { type: "file", accept: ".toml" });
    input.onchange = () => take(`/api/v1/briefing?lang=${lang()}`, { method: "POST", body: input.files[0], headers: { "Content-Type": "text/plain" } });
    input.click();
  }

  const openBuiltIn = (name) => take(`/api/v1/briefings/${encodeURIComponent(name)}?lang=${lang()}`);

  async function download(url, ending) {
    const { title, scenes } = briefing;
    const body = JSON.stringify({ title, scenes: scenes.map(({ warnings, ...scene }) => scene) });
    tellStatus(say("working"));
    try {
      const answer = await asked(url, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      const link = made("a", { href: URL.createObjectURL(await answer.blob()), download: `${own(title) || say("untitled")}.${ending}` });
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      tellStatus("");
    } catch (error) {
      tellStatus(error.message);
    }
  }

  /* Presenting. */
  async function present(from) {
    if (!briefing.scenes.length) return;
    at = from;
    since = Date.now();
    root.removeAttribute("data-briefing");
    root.setAttribute("data-presenting", "");
    clock = window.setInterval(tick, 1000);
    show();
    try {
      await root.requestFullscreen?.();
    } catch {
      // Full screen is a wish: a browser may refuse it.
    }
  }

  function leave() {
    at = null;
    told = null;
    ["data-presenting", "data-asking", "data-pointing", "data-blank", "data-departed", "data-charts"].forEach((name) => root.removeAttribute(name));
    window.clearInterval(clock);
    second?.close();
    second = null;
    place("presenting").replaceChildren();
    if (document.fullscreenElement) document.exitFullscreen();
    host.resize();
    draw();
  }

  function show() {
    root.removeAttribute("data-asking");
    root.removeAttribute("data-blank");
    host.go(briefing.scenes[at].view);
    told = view();
    root.removeAttribute("data-departed");
    root.toggleAttribute("data-charts", WITH_CHARTS.includes(root.dataset.part));
    tell();
    host.resize();
  }

  function turn(by) {
    const next = Math.min(Math.max(at + by, 0), briefing.scenes.length - 1);
    if (next === at) return;
    at = next;
    show();
  }

  /* Words of the scene beside the map; the finding below them is the page's own. */
  function tell() {
    const { scenes } = briefing;
    const scene = scenes[at];
    const lines = own(scene.caption).split("\n").filter(Boolean);
    place("presenting").replaceChildren(
      made("div", { className: "told", role: "status" }, [
        made("h2", {}, own(scene.title)),
        ...lines.map((line) => made("p", {}, line)),
      ]),
      made("nav", { className: "turns", aria: { label: say("menu") } }, [
        sign("‹", say("back"), () => turn(-1), { disabled: at === 0 }),
        made("span", { className: "turn" }, say("position", { n: at + 1, of: scenes.length })),
        sign("›", say("next"), () => turn(1), { disabled: at === scenes.length - 1 }),
        sign("?", say("ask"), ask),
        sign("↺", say("return"), back, { className: "return" }),
        sign("▤", say("window"), notes),
        sign("×", say("leave"), leave),
        document.querySelector(".badge").cloneNode(true),
      ]),
      made("progress", { value: at + 1, max: scenes.length, aria: { label: say("position", { n: at + 1, of: scenes.length }) } }),
      made("p", { className: "keys" }, say("keys")),
      made("div", { className: "laser" }),
    );
    fillNotes();
  }

  /* The page has moved on: is it still what the scene shows? */
  function moved() {
    if (at !== null) root.toggleAttribute("data-departed", view() !== told);
  }

  function ask() {
    root.toggleAttribute("data-asking");
    host.resize();
  }

  function charts() {
    root.toggleAttribute("data-charts");
    host.resize();
  }

  const back = () => show();

  const held = (event) => event.ctrlKey || event.metaKey || event.altKey;

  function key(event) {
    if (at === null || held(event)) return;
    const on = (what) => event.target.closest?.(what);
    // A field takes every key, a choice those that move it, a button those that press it.
    if (on("textarea, input:not([type=radio], [type=checkbox]), [role=listbox]") && event.key !== "Escape") return;
    if (on(".controls, .timeline") && [...ON, ...BACK].includes(event.key)) return;
    if (on("button, summary, a") && [" ", "Enter"].includes(event.key)) return;
    const does = deed(event.key);
    if (!does) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  }

  function deed(pressed) {
    if (ON.includes(pressed)) return () => turn(1);
    if (BACK.includes(pressed)) return () => turn(-1);
    return {
      Home: () => turn(-limits.most), End: () => turn(limits.most), r: back, q: ask, n: notes, f: fill, d: () => host.dark(),
      c: charts, p: () => root.toggleAttribute("data-pointing"), b: () => root.toggleAttribute("data-blank"), ".": () => root.toggleAttribute("data-blank"),
      Escape: () => (root.hasAttribute("data-asking") || root.hasAttribute("data-departed") ? back() : leave()),
    }[pressed.length === 1 ? pressed.toLowerCase() : pressed];
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => undefined);
  }

  function aim(event) {
    if (!root.hasAttribute("data-pointing")) return;
    const dot = document.querySelector(".laser");
    dot.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
  }

  /* The presenter's own window: notes, what comes next, the time. */
  function notes() {
    second = window.open("", "atlas-notes", "popup,width=900,height=700");
    if (!second) return tellStatus(say("blocked"));
    const page = second.document;
    page.documentElement.lang = lang();
    page.documentElement.setAttribute("data-mantine-color-scheme", "dark");
    page.title = say("notes");
    page.head.replaceChildren(...[...document.head.querySelectorAll("link[rel=stylesheet], style")].map((sheet) => page.importNode(sheet, true)));
    page.head.querySelectorAll("link").forEach((link) => { link.href = new URL(link.getAttribute("href"), window.location.href).href; });
    page.body.className = "notes-window";
    second.onkeydown = (event) => {
      const does = at === null || held(event) ? null : deed(event.key);
      if (!does) return;
      event.preventDefault();
      does();
    };
    fillNotes();
    return undefined;
  }

  function fillNotes() {
    if (!second || second.closed) return;
    const page = second.document;
    const make = (tag, given, inner) => made(tag, { in: page, ...given }, inner);
    const scene = briefing.scenes[at];
    const next = briefing.scenes[at + 1];
    const picture = next && make("img", { alt: own(next.title) });
    window.clearTimeout(drawing);
    if (next) drawing = window.setTimeout(() => { picture.src = plate(next.view); }, SETTLED_MS);
    page.body.replaceChildren(
      make("header", {}, [
        make("span", { className: "turn" }, say("position", { n: at + 1, of: briefing.scenes.length })),
        make("time", { id: "elapsed", title: say("elapsed") }, elapsed()),
      ]),
      make("main", {}, [
        make("section", { className: "now" }, [
          make("p", { className: "which" }, say("now")),
          make("h1", {}, own(scene.title)),
          ...(own(scene.notes) || say("no_notes")).split("\n").map((line) => make("p", { className: "note" }, line)),
        ]),
        make("section", { className: "following" }, [
          make("p", { className: "which" }, say("following")),
          make("h2", {}, next ? own(next.title) : say("last")),
          ...(next ? [make("p", {}, own(next.caption)), picture] : []),
        ]),
      ]),
    );
  }

  const plate = (query) => new URL(`/api/v1/plate?${query}${query ? "&" : ""}lang=${lang()}&format=svg&bare=1&inline=1`, window.location.href).href;

  function elapsed() {
    const seconds = Math.floor((Date.now() - since) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function tick() {
    const told = second && !second.closed ? second.document.getElementById("elapsed") : null;
    if (told) told.textContent = elapsed();
  }

  /* Code for a frame in another page, with the frame itself to look at. */
  function embed(allowed) {
    const query = new URLSearchParams(host.query());
    ["table", "sort", "snapshot"].forEach((name) => query.delete(name));
    const src = `${window.location.origin}/embed${query.size ? `?${query}` : ""}`;
    const title = document.querySelector("#headline h2")?.textContent ?? "";
    const frame = made("iframe", { src, title, width: "100%", height: "560", loading: "lazy" });
    frame.setAttribute("sandbox", "allow-scripts");
    const code = frame.outerHTML;
    const dialog = made("dialog", { className: "embedding", onclose: () => dialog.remove() }, [
      made("h2", {}, say("embed_title")),
      made("label", {}, [made("span", {}, say("embed_code")), made("textarea", { readOnly: true, rows: 4, value: code, className: "embed-code" })]),
      made("p", {}, say("embed_note", { allowed })),
      frame,
      made("div", { className: "briefing-foot" }, [
        button(say("copy"), () => host.copy(code), { className: "strong" }),
        button(say("close"), () => dialog.close()),
      ]),
    ]);
    document.body.append(dialog);
    dialog.showModal();
  }

  function press(action) {
    if (action === "add") add();
    else if (action === "edit") root.toggleAttribute("data-briefing");
    else if (action === "present") present(0);
    else if (action === "open") openFile();
    else if (action === "embed") embed(host.ancestors());
    else if (action.startsWith("built-")) openBuiltIn(action.slice(6));
  }

  return { begin, press, moved, presenting: () => at !== null };
})();
