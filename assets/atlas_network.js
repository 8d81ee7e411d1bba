/* A network on the map's own canvas: nodes and ties as one layer of WebGL.

   Each node has two positions, one by its ties and one in the city, and a number between 0 and 1
   says how far it has walked from the second to the first: so all walk in one movement, and a
   step of the reveal writes colours alone. */

window.atlasNetwork = (() => {
  "use strict";
  const WALK_MS = 900;
  const CORNERS = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
  const SHAPES = { o: 0, s: 1, h: 2, t: 3, d: 4 };
  const NEAR_PX = 6;
  const FAINT = 0.1;
  const STILL = 0.3;
  const LEAST_FLOW_PX = 1;
  const FLOW_PX = 1.1;

  const HEAD = `#version 300 es
    precision highp float;
    uniform mat4 u_matrix;
    uniform float u_walk;
    uniform vec2 u_pixel;
    vec4 at(vec4 both) { return u_matrix * vec4(mix(both.xy, both.zw, u_walk), 0.0, 1.0); }`;
  const NODE_VERTEX = `${HEAD}
    uniform float u_scale;
    in vec2 a_corner;
    in vec4 a_places;
    in vec2 a_look;
    in vec4 a_colour;
    out vec2 v_at;
    out vec4 v_colour;
    flat out vec2 v_look;
    void main() {
      float radius = a_look.x * u_scale;
      vec4 middle = at(a_places);
      v_at = a_corner * (radius * 1.4 + 2.0);
      v_colour = a_colour;
      v_look = vec2(radius, a_look.y);
      gl_Position = middle + vec4(v_at * u_pixel * middle.w, 0.0, 0.0);
    }`;
  const NODE_FRAGMENT = `#version 300 es
    precision highp float;
    uniform vec4 u_halo;
    in vec2 v_at;
    in vec4 v_colour;
    flat in vec2 v_look;
    out vec4 colour;
    float beyond(vec2 p, float r, float shape) {
      if (shape < 0.5) return length(p) - r;
      if (shape < 2.5) return max(abs(p.x), abs(p.y)) - r * 0.9;
      if (shape < 3.5) return max(abs(p.x) * 0.87 + p.y * 0.5, -p.y) - r * 0.65;
      return (abs(p.x) + abs(p.y)) * 0.75 - r * 0.95;
    }
    void main() {
      float edge = beyond(v_at, v_look.x, v_look.y);
      float inside = clamp(0.5 - edge, 0.0, 1.0);
      float hollow = v_look.y > 1.5 && v_look.y < 2.5 ? clamp(0.5 - (edge + v_look.x * 0.42), 0.0, 1.0) : 0.0;
      float halo = clamp(1.5 - edge, 0.0, 1.0) * u_halo.a * v_colour.a;
      vec3 paint = mix(v_colour.rgb, u_halo.rgb, hollow);
      float alpha = inside * v_colour.a;
      colour = vec4(paint * alpha + u_halo.rgb * halo * (1.0 - alpha), alpha + halo * (1.0 - alpha));
    }`;
  const TIE_VERTEX = `${HEAD}
    uniform float u_fade;
    in vec2 a_corner;
    in vec4 a_from;
    in vec4 a_to;
    in float a_width;
    in vec4 a_colour;
    out float v_across;
    out float v_half;
    out vec4 v_colour;
    void main() {
      vec4 from = at(a_from);
      vec4 to = at(a_to);
      vec2 along = (to.xy / to.w - from.xy / from.w) / u_pixel;
      float size = length(along);
      vec2 side = size > 0.0 ? vec2(-along.y, along.x) / size : vec2(0.0);
      vec4 end = a_corner.x < 0.0 ? from : to;
      v_half = a_width * 0.5;
      v_across = a_corner.y * (v_half + 1.0);
      v_colour = vec4(a_colour.rgb, a_colour.a * u_fade);
      gl_Position = end + vec4(side * v_across * u_pixel * end.w, 0.0, 0.0);
    }`;
  const TIE_FRAGMENT = `#version 300 es
    precision highp float;
    in float v_across;
    in float v_half;
    in vec4 v_colour;
    out vec4 colour;
    void main() {
      float alpha = clamp(v_half + 0.5 - abs(v_across), 0.0, 1.0) * v_colour.a;
      colour = vec4(v_colour.rgb * alpha, alpha);
    }`;

  /* The layer of a map; `still` tells whether the reader wants nothing to move. */
  function create(map, colourOf, still) {
    let gl = null;
    let drawers = null;
    let data = null;
    let origin = [0, 0];
    let walk = { from: 1, to: 1, began: 0 };
    let lit = null;
    let arrived = null;
    let halo = [0, 0, 0, 1];
    let scaleFrom = 0;
    const canvas = map.getCanvas();

    const layer = {
      id: "network", type: "custom", renderingMode: "2d",
      onAdd(_map, context) {
        gl = context;
        drawers = {
          nodes: drawer(NODE_VERTEX, NODE_FRAGMENT, { a_places: 4, a_look: 2, a_colour: -4 }),
          ties: drawer(TIE_VERTEX, TIE_FRAGMENT, { a_from: 4, a_to: 4, a_width: 1, a_colour: -4 }),
          flows: drawer(TIE_VERTEX, TIE_FRAGMENT, { a_from: 4, a_to: 4, a_width: 1, a_colour: -4 }),
        };
        if (data) fill();
        if (lit) paint(lit);
      },
      render(_context, { defaultProjectionData }) {
        if (!data || !lit) return;
        const now = progress();
        const matrix = shifted(defaultProjectionData.mainMatrix);
        const pixel = [2 / canvas.clientWidth, 2 / canvas.clientHeight];
        const common = { u_matrix: matrix, u_walk: now, u_pixel: pixel };
        if (now < 1) draw("flows", { ...common, u_fade: (1 - now) ** 2 });
        if (now > 0) draw("ties", { ...common, u_fade: now ** 3 });
        draw("nodes", { ...common, u_scale: scale(), u_halo: halo });
        if (now !== walk.to) map.triggerRepaint();
        else if (arrived) {
          const done = arrived;
          arrived = null;
          done();
        }
      },
      onRemove() {
        gl = null;
      },
    };

    function drawer(vertex, fragment, inputs) {
      const program = gl.createProgram();
      for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
        const shader = gl.createShader(kind);
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
      }
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
      const array = gl.createVertexArray();
      gl.bindVertexArray(array);
      const corners = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, corners);
      gl.bufferData(gl.ARRAY_BUFFER, CORNERS, gl.STATIC_DRAW);
      const corner = gl.getAttribLocation(program, "a_corner");
      gl.enableVertexAttribArray(corner);
      gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
      const buffers = {};
      for (const [name, size] of Object.entries(inputs)) {
        buffers[name] = gl.createBuffer();
        gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
        const place = gl.getAttribLocation(program, name);
        gl.enableVertexAttribArray(place);
        // A negative size stands for bytes, of colours.
        gl.vertexAttribPointer(place, Math.abs(size), size < 0 ? gl.UNSIGNED_BYTE : gl.FLOAT, size < 0, 0, 0);
        gl.vertexAttribDivisor(place, 1);
      }
      gl.bindVertexArray(null);
      return { program, array, buffers, count: 0 };
    }

    function draw(name, uniforms) {
      const { program, array, count } = drawers[name];
      if (!count) return;
      gl.useProgram(program);
      gl.bindVertexArray(array);
      for (const [key, value] of Object.entries(uniforms)) {
        const place = gl.getUniformLocation(program, key);
        if (key === "u_matrix") gl.uniformMatrix4fv(place, false, value);
        else if (Array.isArray(value)) gl[`uniform${value.length}f`](place, ...value);
        else gl.uniform1f(place, value);
      }
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      gl.bindVertexArray(null);
    }

    /* Positions are counted from an origin near by: 32 bits would make the world jitter. */
    function shifted(matrix) {
      const moved = Array.from(matrix);
      for (let row = 0; row < 4; row += 1) moved[12 + row] += matrix[row] * origin[0] + matrix[4 + row] * origin[1];
      return new Float32Array(moved);
    }

    const eased = (share) => share * share * (3 - 2 * share);

    function progress() {
      const share = Math.min(1, (performance.now() - walk.began) / WALK_MS);
      return walk.from + (walk.to - walk.from) * eased(share);
    }

    /* Nodes grow a little as the reader comes nearer, less than what is between them. */
    const scale = () => Math.min(2.6, Math.max(0.75, 2 ** ((map.getZoom() - scaleFrom) * 0.45)));

    function put(name, buffer, values) {
      gl.bindBuffer(gl.ARRAY_BUFFER, drawers[name].buffers[buffer]);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    }

    const mercator = (lng, lat) => {
      const { x, y } = window.maplibregl.MercatorCoordinate.fromLngLat({ lng, lat });
      return [x - origin[0], y - origin[1]];
    };

    /* Another network: positions, shapes, who is tied to whom. `areas` are the middles of places by code. */
    function lay(network, bounds, areas) {
      if (data?.network === network) return;
      const { nodes, edges, flows } = network;
      const [[west, south], [east, north]] = bounds;
      origin = [0, 0];
      origin = mercator((west + east) / 2, (south + north) / 2);
      const drawn = nodes.x.map((x, i) => mercator(x, nodes.y[i]));
      const homes = nodes.homeX.map((x, i) => (x === null ? drawn[i] : mercator(x, nodes.homeY[i])));
      const near = nodes.x.map(() => []);
      edges.a.forEach((a, i) => {
        near[a].push(edges.b[i]);
        near[edges.b[i]].push(a);
      });
      const known = flows.a.map((_, i) => i).filter((i) => areas.has(flows.a[i]) && areas.has(flows.b[i]));
      data = { network, drawn, homes, near, flows: known.map((i) => ({ from: mercator(...areas.get(flows.a[i])), to: mercator(...areas.get(flows.b[i])), shared: flows.shared[i] })) };
      scaleFrom = map.cameraForBounds(bounds)?.zoom ?? map.getZoom();
      if (gl) fill();
    }

    function fill() {
      const { network: { nodes, edges }, drawn, homes, flows } = data;
      const both = (i) => [...homes[i], ...drawn[i]];
      drawers.nodes.count = nodes.id.length;
      put("nodes", "a_places", new Float32Array(nodes.id.flatMap((_, i) => both(i))));
      put("nodes", "a_look", new Float32Array(nodes.radius.flatMap((radius, i) => [radius, SHAPES[nodes.shape[i]]])));
      drawers.ties.count = edges.a.length;
      put("ties", "a_from", new Float32Array(edges.a.flatMap(both)));
      put("ties", "a_to", new Float32Array(edges.b.flatMap(both)));
      const many = Math.max(...edges.shared, 1);
      put("ties", "a_width", new Float32Array(edges.shared.map((n) => 1.1 + (many > 1 ? 3 * Math.sqrt(n / many) : 0))));
      drawers.flows.count = flows.length;
      put("flows", "a_from", new Float32Array(flows.flatMap(({ from }) => [...from, ...from])));
      put("flows", "a_to", new Float32Array(flows.flatMap(({ to }) => [...to, ...to])));
      put("flows", "a_width", new Float32Array(flows.map(({ shared }) => LEAST_FLOW_PX + FLOW_PX * Math.sqrt(shared))));
    }

    const bytes = new Map();
    function rgb(text) {
      if (!bytes.has(text)) {
        const digits = text.slice(1);
        bytes.set(text, [0, 2, 4].map((place) => parseInt(digits.slice(place, place + 2), 16)));
      }
      return bytes.get(text);
    }

    /* What of the network a view speaks of: all, or what is around a node, in a group or an area. */
    function inSight(look) {
      const { network: { nodes }, near } = data;
      const node = nodes.id.indexOf(look.node);
      const area = nodes.areas.indexOf(look.area);
      if (node >= 0) {
        const kept = new Set([node, ...near[node]]);
        return (i) => kept.has(i);
      }
      if (look.community !== null && nodes.community.includes(look.community)) return (i) => nodes.community[i] === look.community;
      if (area >= 0) return (i) => nodes.area[i] === area;
      return null;
    }

    /* Which labels are lit: those that the steps so far have added, and of these the chosen ones. */
    function litLabels({ step, labels }) {
      const { network } = data;
      const added = new Set(step === null ? network.labels.keys() : network.steps.slice(0, step));
      if (!labels.length) return added;
      return new Set([...added].filter((place) => labels.includes(network.labels[place])));
    }

    /* Colours of a view: { step, labels, node, community, area, theme, colours }. */
    function paint(look) {
      lit = look;
      if (!gl || !data) return;
      const { network, near } = data;
      const { nodes, edges } = network;
      const labelled = nodes.kind.includes("a");
      const on = litLabels(look);
      const paints = network.colours[look.theme];
      const groups = look.colours[look.theme];
      const quiet = rgb(colourOf("--map-node"));
      const strong = rgb(colourOf("--map-node-strong"));
      const sighted = inSight(look);
      const last = look.step === null;
      const carries = nodes.label.map((label) => label >= 0 && on.has(label));
      const touched = nodes.id.map((_, i) => (labelled && nodes.label[i] < 0 ? near[i].some((other) => carries[other]) : true));
      const colour = nodes.id.map((_, i) => {
        if (nodes.label[i] >= 0) return carries[i] ? rgb(paints[nodes.label[i]]) : quiet;
        if (last && nodes.community[i] >= 0) return rgb(groups[nodes.community[i] % groups.length]);
        return touched[i] && (look.step !== 0) ? strong : quiet;
      });
      const alpha = nodes.id.map((_, i) => {
        if (sighted && !sighted(i)) return FAINT;
        const plain = look.step === 0 && !look.labels.length;
        const told = nodes.label[i] >= 0 ? carries[i] : touched[i];
        return told || plain ? 1 : look.labels.length ? FAINT * 2 : 0.55;
      });
      put("nodes", "a_colour", new Uint8Array(colour.flatMap((paint, i) => [...paint, Math.round(255 * alpha[i])])));
      put("ties", "a_colour", new Uint8Array(edges.a.flatMap((a, i) => {
        const b = edges.b[i];
        const coloured = carries[b] && (!last || look.labels.length > 0);
        const across = last && nodes.community[a] !== nodes.community[b] && nodes.community[a] >= 0 && nodes.community[b] >= 0;
        const seen = (!sighted || (sighted(a) && sighted(b)) || (across && (sighted(a) || sighted(b)))) && (look.labels.length === 0 || carries[b]);
        const tone = coloured ? colour[b] : across ? strong : last ? colour[a] : quiet;
        const weight = coloured ? 0.75 : across ? 0.8 : last ? 0.42 : STILL;
        return [...tone, Math.round(255 * (seen ? weight : FAINT / 2))];
      })));
      const flow = rgb(colourOf("--accent"));
      put("flows", "a_colour", new Uint8Array(data.flows.flatMap(() => [...flow, sighted ? 40 : 150])));
      halo = [...rgb(colourOf("--map-halo")).map((part) => part / 255), 0.9];
      data.alpha = alpha;
      map.triggerRepaint();
    }

    /* All walk to the network, or home; resolves once they are there. */
    function arrange(arrangement, { at = false } = {}) {
      const to = arrangement === "map" ? 0 : 1;
      if (walk.to === to) return Promise.resolve();
      const jump = at || still();
      walk = { from: jump ? to : progress(), to, began: performance.now() };
      const there = new Promise((done) => {
        arrived?.();
        arrived = done;
      });
      map.triggerRepaint();
      return there;
    }

    /* The node under a point of the screen, or null. */
    function under(point) {
      if (!data?.alpha) return null;
      const { lng, lat } = map.unproject(point);
      const [x, y] = mercator(lng, lat);
      const size = 512 * 2 ** map.getZoom();
      const places = walk.to ? data.drawn : data.homes;
      let found = null;
      let least = Infinity;
      places.forEach(([left, top], i) => {
        if (data.alpha[i] <= FAINT) return;
        const away = Math.hypot(left - x, top - y) * size - data.network.nodes.radius[i] * scale();
        if (away < Math.min(least, NEAR_PX)) [found, least] = [i, away];
      });
      return found;
    }

    const index = (id) => data?.network.nodes.id.indexOf(id) ?? -1;

    /* Where a node is drawn, degrees. */
    function place(i) {
      const { nodes } = data.network;
      return walk.to || nodes.homeX[i] === null ? [nodes.x[i], nodes.y[i]] : [nodes.homeX[i], nodes.homeY[i]];
    }

    /* Names beside nodes: the one looked at, and those that stand for many, the largest first. */
    const MOST_NAMED = 14;

    function named({ node }) {
      if (!data?.alpha) return { names: [], circles: [] };
      const { nodes } = data.network;
      const chosen = nodes.id.indexOf(node);
      const at = (i) => ({ lon: place(i)[0], lat: place(i)[1], radius: nodes.radius[i] * scale() });
      const many = nodes.id.map((_, i) => i).filter((i) => !"pa".includes(nodes.kind[i]) && data.alpha[i] > FAINT);
      many.sort((a, b) => nodes.radius[b] - nodes.radius[a]);
      const told = chosen >= 0 ? [chosen, ...many.filter((i) => i !== chosen)] : many;
      const names = told.slice(0, MOST_NAMED).map((i) => ({ ...at(i), label: nodes.name[i], kind: i === chosen ? "chosen" : "" }));
      return { names, circles: many.map(at) };
    }

    const clear = () => {
      data = null;
      lit = null;
      if (drawers) Object.values(drawers).forEach((one) => Object.assign(one, { count: 0 }));
    };

    return { layer, lay, paint, arrange, under, index, place, named, clear, node: (i) => ({ id: data.network.nodes.id[i], kind: data.network.nodes.kind[i], name: data.network.nodes.name[i], line: data.network.nodes.line[i] }) };
  }

  return { create };
})();
