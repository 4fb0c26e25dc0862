// Walking a list by keys: rows carry data-row, with one primary link inside (the first, or [data-row-link]).
// The focus itself moves, so Enter opens a row as it opens any link.

let anchor = null; // the row toggled last: where a range begins

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility?.() ?? true);
const boxOf = (row) => row?.querySelector("input[type='checkbox']:not(:disabled)");
const linkOf = (row) => row.querySelector("[data-row-link], th a[href]") ?? row.querySelector("a[href]");
const current = () => document.activeElement?.closest("[data-row]");

// Where the last focus was in a row that the page has replaced since, the walk goes on from the same place.
let place = -1;

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = current() ? all.indexOf(current()) : Math.min(place, all.length - 1);
  place = Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step));
  const row = all[place];
  const target = linkOf(row) ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

function toggle() {
  const box = boxOf(current());
  if (!box) return false;
  box.click();
  anchor = current();
  return true;
}

// Everything between the row toggled last and this one becomes what that row is.
function range() {
  const all = rows();
  const [from, to] = [all.indexOf(anchor), all.indexOf(current())];
  if (from < 0 || to < 0) return toggle();
  const wanted = boxOf(anchor)?.checked ?? true;
  for (const row of all.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    const box = boxOf(row);
    if (box && box.checked !== wanted) box.click();
  }
  return true;
}

const ACTS = { j: () => move(1), k: () => move(-1), x: toggle, X: range };

document.addEventListener("slipway:key", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if (ACTS[event.detail.key]?.()) event.preventDefault();
});

// Enter on a row's checkbox would send the form around the list; it opens the row instead.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches?.("[data-row], [data-row] input[type='checkbox']")) return;
  const link = linkOf(event.target.closest("[data-row]"));
  if (!link) return;
  event.preventDefault();
  link.click();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
  const chosen = rows().map(boxOf).filter((box) => box?.checked);
  chosen.forEach((box) => box.click());
});
