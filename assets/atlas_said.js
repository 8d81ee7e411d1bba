/* What an area says of itself, in the page, in a frame and in a file that plays by itself: the
   same numbers as the table's row. */

window.atlasSaid = (() => {
  "use strict";
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);

  /* As the server writes numbers: two decimals, or two digits of what they would hide. */
  function number(value) {
    if (value === null || value === undefined) return "–";
    const small = value !== 0 && Math.abs(value) < 0.01;
    const digits = small ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
    return new Intl.NumberFormat(document.documentElement.lang, digits).format(value);
  }

  function signed(value) {
    if (value === 0) return "±0";
    return (value > 0 ? "+" : "−") + number(Math.abs(value));
  }

  /* The place of a class's colour. */
  const classOf = (mark) => mark.charCodeAt(0) - 48;

  /* Lines for the area `id` in the year at `place`; `shown` is what the map shows, in every year. */
  function lines(shown, place, id, measure, words) {
    return shown.said ? kindLines(shown, place, id, words) : valueLines(shown, place, id, measure, words);
  }

  /* Areas by kind say their kind and what the server gives them to say. */
  function kindLines(shown, place, id, words) {
    const mark = shown.classes[place][id];
    if (mark === "-") return [words.outside];
    const told = shown.said.filter((one) => one.values[place][id] !== null)
      .map((one) => fill(one.text, { value: number(one.values[place][id]) }));
    return [mark === "." ? shown.none : shown.labels[classOf(mark)], ...told];
  }

  function valueLines(shown, place, id, measure, words) {
    const values = shown.values[place];
    const value = values[id];
    if (value === null || value === undefined) return [words.outside];
    const groups = fill(words.groups, { n: number((shown.groups ?? shown.values)[place][id]) });
    const all = values.filter((other) => other !== null);
    const rank = shown.ranks?.[place][id] ?? 1 + all.filter((other) => other > value).length;
    const told = shown.compared ? [fill(words.difference, { change: signed(value) }), groups] : [groups];
    if (!shown.compared && shown.groups) told.unshift(fill(words[`value_${measure}`], { value: number(value) }));
    if (!shown.compared && shown.expected) {
      told.push(fill(words.expected, { n: number(shown.expected[place][id]) }));
      if (shown.classes[place][id] === ".") told.push(words.chance);
    }
    told.push(fill(words.rank, { rank: number(rank), of: number(all.length) }));
    if (place > 0 && !shown.compared) {
      told.push(fill(words.change, { change: signed(shown.changes?.[place][id] ?? value - shown.values[place - 1][id]) }));
    }
    return told;
  }

  /* The colours of classes and labels as variables of an element. */
  function dress({ style }, paints, labels = []) {
    paints.forEach((paint, place) => style.setProperty(`--class-${place}`, paint));
    labels.forEach((paint, place) => style.setProperty(`--label-${place}`, paint));
    style.setProperty("--ramp", `linear-gradient(90deg, ${paints.concat(paints.slice(-1)).join(", ")})`);
  }

  return { classOf, dress, fill, lines, number };
})();
