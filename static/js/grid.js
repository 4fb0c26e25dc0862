// A table that is walked cell by cell: <table data-grid>. Arrows move, Enter opens the cell's first link, "c" compares
// the cell with its left neighbour (data-compare), "p" goes to the row's next step (data-step), "f" to the next tile.
// Without this file it is a table of plain links. It also opens the peek below a row ([data-peek]).

const grid = document.querySelector("table[data-grid]");
let current = "";

const rowsOf = () => [...(document.querySelector("table[data-grid]")?.rows ?? [])].filter((row) => !("liveKeep" in row.dataset));
const cellsOf = (row) => [...row.cells];
const cellAt = (element) => element?.closest?.("table[data-grid] tr:not([data-live-keep]) > *") ?? null;
const say = (text) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert: false } }));

// One cell is in the Tab order; the table says that it is a grid only now that it behaves like one.
function equip() {
  const table = document.querySelector("table[data-grid]");
  if (!table) return;
  table.setAttribute("role", "grid");
  const cells = rowsOf().flatMap(cellsOf);
  for (const cell of cells) {
    if (cell.tagName === "TD") cell.setAttribute("role", "gridcell");
    cell.tabIndex = -1;
  }
  const chosen = document.getElementById(current) ?? rowsOf()[1]?.cells[0] ?? cells[0];
  if (chosen) chosen.tabIndex = 0;
}

function choose(cell) {
  for (const other of grid.querySelectorAll("[tabindex='0']")) {
    if (cellAt(other) === other) other.tabIndex = -1;
  }
  cell.tabIndex = 0;
  current = cell.id;
}

function step(cell, down, right) {
  const rows = rowsOf();
  const row = rows.indexOf(cell.parentElement);
  const next = rows[row + down];
  return next ? cellsOf(next)[cellsOf(cell.parentElement).indexOf(cell) + right] : null;
}

const MOVES = {
  ArrowUp: (cell) => step(cell, -1, 0),
  ArrowDown: (cell) => step(cell, 1, 0),
  ArrowLeft: (cell) => step(cell, 0, -1),
  ArrowRight: (cell) => step(cell, 0, 1),
  Home: (cell) => cell.parentElement.cells[0],
  End: (cell) => cellsOf(cell.parentElement).at(-1),
};

function onKey(event) {
  const peek = event.target.closest?.("[data-peek]");
  if (peek && event.key === " ") {
    event.preventDefault();
    peek.click();
    return;
  }
  const cell = cellAt(event.target);
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.target === cell) {
    (cell.querySelector("a.cell-open") ?? cell.querySelector("a"))?.click();
    return;
  }
  const next = MOVES[event.key]?.(cell);
  if (!next) return;
  event.preventDefault();
  choose(next);
  next.focus();
}

const LETTERS = {
  c: (cell) => cell?.dataset.compare,
  p: (cell) => (cell?.querySelector("[data-step]") ?? cell?.closest("tr").querySelector("[data-step]"))?.href,
  f: () => {
    const tiles = [...document.querySelectorAll("#tiles a")];
    return tiles[(tiles.findIndex((tile) => tile.hasAttribute("aria-current")) + 1) % tiles.length]?.href;
  },
};

document.addEventListener("slipway:key", (event) => {
  const find = LETTERS[event.detail.key];
  if (!find || event.detail.repeat || event.defaultPrevented) return;
  const cell = cellAt(document.activeElement);
  const address = find(cell);
  if (!address && !cell) return;
  event.preventDefault();
  if (address) location.assign(address);
  else say(grid.dataset.gridNothing);
});

async function togglePeek(opener) {
  const row = opener.closest("tr");
  const open = row.parentElement.querySelector(`[data-live-keep="${CSS.escape(row.id)}"]`);
  opener.setAttribute("aria-expanded", String(!open));
  if (open) {
    open.remove();
    return;
  }
  const answer = await fetch(opener.dataset.peek, { headers: { "X-Slipway-Live": "1" }, redirect: "manual" });
  if (!answer.ok) {
    location.assign(opener.href); // the page itself says what is the matter
    return;
  }
  const below = document.createElement("tr");
  below.dataset.liveKeep = row.id;
  const cell = below.insertCell();
  cell.colSpan = row.cells.length;
  cell.append(...new DOMParser().parseFromString(await answer.text(), "text/html").body.children);
  row.after(below);
}

if (grid) {
  equip();
  document.addEventListener("slipway:live", equip);
  document.addEventListener("keydown", onKey);
  grid.addEventListener("focusin", (event) => {
    const cell = cellAt(event.target);
    if (cell) choose(cell);
  });
}
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-peek]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  togglePeek(opener);
});
