// Draws every [data-flow-picture] (templates/components/_flow_picture.html): dagre finds the places, the rest is
// plain SVG. Nothing is edited here: a node is a link to its entry in the outline. Needs vendor/dagre before it.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 168; // of a node; its height follows from its text
const INSET = 16; // from the side of a node to its text: no shape cuts deeper
const LINE = 16;
const ASK_FROM = 200; // nodes: more are drawn on request only
const MAP_FROM = 30; // nodes: from here on a small map shows where one is
const SMALLEST = 0.2;
const LARGEST = 2;
const READABLE = 0.75;
const WIDEST = 1.5; // times the screen
const FONTS = { type: "500 12px", name: "600 13px", text: "400 12px" };

const pen = document.createElement("canvas").getContext("2d");
const family = getComputedStyle(document.body).fontFamily;

function make(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function widthOf(text, font) {
  pen.font = `${FONTS[font]} ${family}`;
  return pen.measureText(text).width;
}

// Words into at most `most` lines; what does not fit is cut with an ellipsis and stands whole in the title.
function wrap(text, font, room, most) {
  const lines = [];
  let rest = text.trim();
  while (rest && lines.length < most) {
    let end = rest.length;
    if (widthOf(rest, font) > room) {
      end = 1;
      while (end < rest.length && widthOf(rest.slice(0, end + 1), font) <= room) end += 1;
      const blank = Math.max(rest.lastIndexOf(" ", end), rest.slice(0, end).search(/[_.-][^_.-]*$/) + 1);
      if (blank > 0 && lines.length < most - 1) end = blank;
    }
    lines.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  if (rest) {
    let last = lines.pop();
    while (last && widthOf(`${last}…`, font) > room) last = last.slice(0, -1);
    lines.push(`${last.trim()}…`);
  }
  return lines;
}

function outlineOf(kind, w, h) {
  const slant = 12;
  switch (kind) {
    case "collect": return `M${slant},0 H${w} L${w - slant},${h} H0 Z`;
    case "branch": return `M${slant},0 H${w - slant} L${w},${h / 2} L${w - slant},${h} H${slant} L0,${h / 2} Z`;
    case "transfer": return `M0,0 H${w - slant} L${w},${h / 2} L${w - slant},${h} H0 Z`;
    case "tool": case "other": return `M0,0 H${w} V${h} H0 Z`;
    default: {
      const r = kind === "end" ? Math.min(h / 2, 24) : 8;
      return `M${r},0 H${w - r} A${r},${r} 0 0 1 ${w},${r} V${h - r} A${r},${r} 0 0 1 ${w - r},${h} H${r} A${r},${r} 0 0 1 0,${h - r} V${r} A${r},${r} 0 0 1 ${r},0 Z`;
    }
  }
}

// The letter of a change in a shape of its own: square added, diamond removed, circle changed, triangle moved.
function markOf(change, letter, x, y) {
  const shape = {
    added: () => make("rect", { x: x - 9, y: y - 9, width: 18, height: 18, class: "fp-mark" }),
    removed: () => make("path", { d: `M${x},${y - 12} L${x + 12},${y} L${x},${y + 12} L${x - 12},${y} Z`, class: "fp-mark" }),
    changed: () => make("circle", { cx: x, cy: y, r: 10, class: "fp-mark" }),
    moved: () => make("path", { d: `M${x},${y - 13} L${x + 13},${y + 9} H${x - 13} Z`, class: "fp-mark" }),
  }[change]();
  return [shape, make("text", { x, y: y + (change === "moved" ? 6 : 4), class: "fp-mark-letter" }, letter)];
}

function sized(node) {
  const room = WIDTH - 2 * INSET;
  const lines = [
    ...wrap(node.id, "name", room, 2).map((text) => ({ text, font: "name" })),
    ...wrap(node.label, "text", room, 2).map((text) => ({ text, font: "text" })),
  ];
  return { ...node, lines, width: WIDTH, height: 12 + LINE * (lines.length + 1) };
}

function drawNode(node, place, sprite, words) {
  const group = make("g", {
    class: `fp-node fp-${node.kind}${node.change ? ` fp-${node.change}` : ""}`,
    transform: `translate(${place.x - node.width / 2},${place.y - node.height / 2})`,
  });
  const { width: w, height: h } = node;
  group.append(make("path", { d: outlineOf(node.kind, w, h), class: "fp-shape" }));
  if (node.kind === "tool") group.append(make("path", { d: `M7,0 V${h} M${w - 7},0 V${h}`, class: "fp-line" }));
  if (node.kind === "end") {
    group.append(make("path", { d: outlineOf("end", w - 8, h - 8), transform: "translate(4,4)", class: "fp-line" }));
  }
  const icon = (name, x, y, look) =>
    make("use", { href: `${sprite}#${name}`, x, y, width: 14, height: 14, class: look });
  group.append(icon(node.icon, INSET, 7, "fp-icon"));
  const kind = wrap(node.type, "type", w - 2 * INSET - 40, 1)[0] ?? "";
  group.append(make("text", { x: INSET + 20, y: 18, class: "fp-type" }, kind));
  node.lines.forEach((line, index) => {
    group.append(make("text", { x: INSET, y: 18 + LINE * (index + 1), class: `fp-${line.font}` }, line.text));
  });
  if (node.problems.length) group.append(icon("triangle-alert", w - INSET - 14, 7, "fp-alarm"));
  if (node.start) {
    const wide = widthOf(words.start, "name") + 14;
    group.append(make("rect", { x: 8, y: -15, width: wide, height: 18, rx: 3, class: "fp-start" }));
    group.append(make("text", { x: 15, y: -2, class: "fp-start-word" }, words.start));
  }
  if (node.mark) group.append(...markOf(node.change, node.mark, w - 12, -2));
  return group;
}

// A round line through dagre's points, and an arrowhead of our own: markers cannot take the line's colour everywhere.
function drawWay(edge, place) {
  const group = make("g", { class: `fp-edge${edge.change ? ` fp-${edge.change}` : ""}` });
  const { points } = place;
  const [last, before] = [points.at(-1), points.at(-2)];
  const angle = Math.atan2(last.y - before.y, last.x - before.x);
  const stop = { x: last.x - 7 * Math.cos(angle), y: last.y - 7 * Math.sin(angle) };
  let line = `M${points[0].x},${points[0].y}`;
  for (let index = 1; index < points.length - 1; index += 1) {
    const next = index === points.length - 2 ? stop
      : { x: (points[index].x + points[index + 1].x) / 2, y: (points[index].y + points[index + 1].y) / 2 };
    line += ` Q${points[index].x},${points[index].y} ${next.x},${next.y}`;
  }
  if (points.length === 2) line += ` L${stop.x},${stop.y}`;
  group.append(make("path", { d: line, class: "fp-way" }));
  const side = (turn) => `${last.x - 10 * Math.cos(angle + turn)},${last.y - 10 * Math.sin(angle + turn)}`;
  group.append(make("path", { d: `M${last.x},${last.y} L${side(0.42)} L${side(-0.42)} Z`, class: "fp-head" }));
  return group;
}

function drawWords(edge, place) {
  const group = make("g", { class: `fp-edge${edge.change ? ` fp-${edge.change}` : ""}` });
  if (!edge.lines.length && !edge.mark) return group;
  const left = place.x - place.width / 2;
  const top = place.y - place.height / 2;
  group.append(make("rect", { x: left, y: top, width: place.width, height: place.height, rx: 3, class: "fp-plate" }));
  edge.lines.forEach((text, index) => {
    group.append(make("text", { x: left + 4 + (edge.mark ? 26 : 0), y: top + 13 + LINE * index, class: "fp-when" }, text));
  });
  if (edge.mark) group.append(...markOf(edge.change, edge.mark, left + 14, place.y));
  group.append(make("title", {}, edge.label));
  return group;
}

function layout(picture, across) {
  const graph = new window.dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: across ? "LR" : "TB", nodesep: 20, edgesep: 12, ranksep: across ? 32 : 36, marginx: 16, marginy: 20 });
  const nodes = picture.nodes.map(sized);
  for (const node of nodes) graph.setNode(node.id, { width: node.width, height: node.height });
  const edges = picture.edges.filter((edge) => graph.hasNode(edge.from) && graph.hasNode(edge.to)).map((edge) => {
    const lines = wrap(edge.label, "text", 104, 3);
    const text = Math.max(0, ...lines.map((line) => widthOf(line, "text")));
    const width = text + (edge.mark ? 26 : 0) + (lines.length || edge.mark ? 8 : 0);
    const height = Math.max(lines.length * LINE + 2, edge.mark ? 28 : 0);
    graph.setEdge(edge.from, edge.to, { width, height, labelpos: "c" }, edge.id);
    return { ...edge, lines };
  });
  window.dagre.layout(graph);
  return { graph, nodes, edges, size: graph.graph() };
}

function draw(figure, picture, across) {
  const { graph, nodes, edges, size } = layout(picture, across);
  const words = { start: figure.dataset.wordStart };
  const placeOf = (edge) => graph.edge({ v: edge.from, w: edge.to, name: edge.id });
  const drawing = make("g", { role: "img", "aria-label": figure.dataset.said, id: `${figure.id}-drawing` });
  drawing.append(...edges.map((edge) => drawWay(edge, placeOf(edge))));
  drawing.append(...edges.map((edge) => drawWords(edge, placeOf(edge))));
  drawing.append(...nodes.map((node) => drawNode(node, graph.node(node.id), figure.dataset.sprite, words)));
  const links = make("g", { role: "group", "aria-label": figure.dataset.wordNodes });
  links.append(...nodes.map((node) => {
    const place = graph.node(node.id);
    const told = [node.change, node.id, node.type, node.label, ...node.problems].filter(Boolean).join(", ");
    const link = make("a", { href: node.href || `#${node.anchor}`, class: "fp-link", tabindex: -1, "aria-label": told });
    link.dataset.node = node.id;
    if (node.id === figure.dataset.selected) link.setAttribute("aria-current", "true");
    link.append(make("title", {}, told));
    link.append(make("rect", {
      x: place.x - node.width / 2 - 3, y: place.y - node.height / 2 - 3,
      width: node.width + 6, height: node.height + 6, rx: 6,
    }));
    return link;
  }));
  const svg = make("svg", { viewBox: `0 0 ${size.width} ${size.height}`, focusable: "false" }, drawing, links);
  return { svg, links, graph, edges, size };
}

// One stop for the tab key; from there the arrows follow the transitions, and beside them the nodes of the same rank.
function walk(stage, drawn, isAcross) {
  const byName = new Map([...drawn.links.children].map((link) => [link.dataset.node, link]));
  const first = drawn.links.querySelector("[aria-current]") ?? drawn.links.firstElementChild;
  first?.setAttribute("tabindex", "0");
  const go = (link) => {
    if (!link) return;
    drawn.links.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    link.setAttribute("tabindex", "0");
    link.focus();
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  drawn.links.addEventListener("keydown", (event) => {
    const name = event.target.closest?.("[data-node]")?.dataset.node;
    if (!name || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const [ahead, back, next, previous] = isAcross()
      ? ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"] : ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"];
    if (event.key === ahead) go(byName.get(drawn.edges.find((edge) => edge.from === name)?.to));
    if (event.key === back) go(byName.get(drawn.edges.find((edge) => edge.to === name)?.from));
    if (event.key === next || event.key === previous) {
      const [along, over] = isAcross() ? ["x", "y"] : ["y", "x"];
      const here = drawn.graph.node(name);
      const sign = event.key === next ? 1 : -1;
      const near = drawn.graph.nodes()
        .map((other) => ({ other, place: drawn.graph.node(other) }))
        .filter(({ place }) => Math.abs(place[along] - here[along]) < 40 && sign * (place[over] - here[over]) > 0)
        .sort((a, b) => sign * (a.place[over] - b.place[over]));
      go(byName.get(near[0]?.other));
    }
  });
}

function map(stage, view, drawn, id) {
  const small = stage.querySelector(".flowpic-map");
  const scale = Math.min(200 / drawn.size.width, 140 / drawn.size.height);
  const seen = make("rect", { class: "fp-seen" });
  small.setAttribute("viewBox", `0 0 ${drawn.size.width} ${drawn.size.height}`);
  small.setAttribute("width", drawn.size.width * scale);
  small.setAttribute("height", drawn.size.height * scale);
  small.replaceChildren(make("use", { href: `#${id}-drawing` }), seen);
  const follow = () => {
    const zoom = drawn.svg.clientWidth / drawn.size.width || 1;
    seen.setAttribute("x", view.scrollLeft / zoom);
    seen.setAttribute("y", view.scrollTop / zoom);
    seen.setAttribute("width", Math.min(view.clientWidth / zoom, drawn.size.width));
    seen.setAttribute("height", Math.min(view.clientHeight / zoom, drawn.size.height));
    const fits = view.scrollWidth <= view.clientWidth + 1 && view.scrollHeight <= view.clientHeight + 1;
    small.toggleAttribute("hidden", fits || drawn.graph.nodeCount() < MAP_FROM);
  };
  small.onclick = (event) => {
    const box = small.getBoundingClientRect();
    view.scrollTo(
      ((event.clientX - box.left) / box.width) * view.scrollWidth - view.clientWidth / 2,
      ((event.clientY - box.top) / box.height) * view.scrollHeight - view.clientHeight / 2,
    );
  };
  view.onscroll = follow;
  return follow;
}

function show(figure, picture) {
  const stage = figure.querySelector(".flowpic-stage");
  const view = figure.querySelector(".flowpic-view");
  let across = true;
  let drawn;
  let follow = () => {};
  let zoom = 1;
  stage.hidden = false;

  const scale = (wanted) => {
    const middle = (view.scrollLeft + view.clientWidth / 2) / zoom;
    const height = (view.scrollTop + view.clientHeight / 2) / zoom;
    zoom = Math.min(LARGEST, Math.max(SMALLEST, wanted));
    drawn.svg.setAttribute("width", Math.ceil(drawn.size.width * zoom));
    drawn.svg.setAttribute("height", Math.ceil(drawn.size.height * zoom));
    view.scrollTo(middle * zoom - view.clientWidth / 2, height * zoom - view.clientHeight / 2);
    stage.querySelector("[data-zoom='whole']").textContent = `${Math.round(zoom * 100)} %`;
    follow();
  };
  const fit = () => Math.min(1, (view.clientWidth - 2) / drawn.size.width, (view.clientHeight - 2) / drawn.size.height);
  const redraw = () => {
    drawn = draw(figure, picture, across);
    view.replaceChildren(drawn.svg);
    view.classList.toggle("is-low", drawn.size.height + 4 < 320);
    follow = map(stage, view, drawn, figure.id);
    walk(stage, drawn, () => across);
    // Small flows are shown whole; of a large one the beginning, in a size that can be read.
    zoom = 1;
    scale([fit(), Math.min(1, (view.clientWidth - 2) / drawn.size.width)].find((one) => one >= READABLE) ?? 1);
    const chosen = drawn.links.querySelector("[aria-current]");
    const start = picture.start && drawn.graph.hasNode(picture.start) ? drawn.graph.node(picture.start) : { x: 0, y: 0 };
    const place = chosen ? drawn.graph.node(chosen.dataset.node) : start;
    view.scrollTo(
      place.x * zoom - (chosen || !across ? view.clientWidth / 2 : 160),
      place.y * zoom - (chosen || across ? view.clientHeight / 2 : 80),
    );
    follow();
  };
  const acts = {
    in: () => scale(zoom * 1.25), out: () => scale(zoom / 1.25), whole: () => scale(1), fit: () => scale(fit()),
    turn: () => { across = !across; redraw(); },
  };
  stage.addEventListener("click", (event) => acts[event.target.closest?.("[data-zoom]")?.dataset.zoom]?.());
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
    if (act) { event.preventDefault(); acts[act](); }
  });
  // From left to right while that fits; what is much wider than the screen reads better from top to bottom.
  across = view.clientWidth >= 640 && draw(figure, picture, true).size.width <= WIDEST * view.clientWidth;
  redraw();
  new ResizeObserver(() => follow()).observe(view);
}

function begin(figure, index) {
  const picture = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  if (!picture.nodes.length) return;
  figure.id ||= `flow-picture-${index + 1}`;
  const ask = figure.querySelector(".flowpic-ask");
  const start = () => {
    ask.hidden = true;
    show(figure, picture);
    const told = figure.querySelector(".flowpic-told");
    if (told) told.open = false;
  };
  if (picture.nodes.length <= ASK_FROM) return start();
  ask.hidden = false;
  ask.querySelector("button").addEventListener("click", start, { once: true });
  return undefined;
}

// Into a closed outline no link leads: it opens first.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".fp-link, .flow-told a");
  const place = link && document.getElementById((link.getAttribute("href") ?? "").slice(1));
  const told = place?.closest("details.flowpic-told");
  if (told) told.open = true;
});

document.querySelectorAll("[data-flow-picture]").forEach(begin);
