// The compare page: walking the changes with the focus, sections that were seen, folded lines, the pickers' filter.
// Keys are the buttons' own (static/js/keys.js presses them); without scripts every view is a link of the page.

const NARROW = 960; // below, the layout that reads in one column, unless the address asks for one
const say = (text) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert: false } }));
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const page = document.querySelector("[data-compare]");
let place = -1;
let folds = [];

// The changes of the whole page in reading order; a folded <details> around one is opened when it is its turn.
const changes = () => all("[data-change]", page);

function titleOf(change) {
  const section = change.closest("[data-section]")?.dataset.title ?? "";
  const said = change.dataset.say ?? "";
  return said.startsWith(section) ? said : `${section}, ${said}`;
}

function walk(step) {
  const found = changes();
  if (!found.length) return;
  place = place < 0 && step < 0 ? found.length - 1 : (place + step + found.length) % found.length;
  show(found);
}

function show(found) {
  const change = found[place];
  change.closest("details")?.setAttribute("open", "");
  change.focus({ preventScroll: true });
  change.scrollIntoView({ block: "center" });
  const text = `Change ${place + 1} of ${found.length}`;
  document.querySelector("[data-walk-place]").textContent = text;
  say(`${text}, ${titleOf(change)}`);
  mark(change.closest("[data-section]"));
}

// The section in front: the one with the focus, else the last whose heading is above the middle of the window.
const sections = () => all("[data-section]", page);

function sectionHere() {
  const own = document.activeElement?.closest?.("[data-section]");
  return own ?? sections().filter((one) => one.getBoundingClientRect().top < innerHeight / 2).at(-1) ?? sections()[0];
}

function mark(section) {
  for (const entry of all("[data-rail]", page)) entry.classList.toggle("is-here", entry.dataset.rail === section?.dataset.section);
}

function walkSections(step) {
  const found = sections();
  if (!found.length) return;
  const next = found[(found.indexOf(sectionHere()) + step + found.length) % found.length];
  const heading = next.querySelector("h2");
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start" });
  place = changes().findIndex((change) => next.contains(change)) - 1;
  mark(next);
  say(`Section ${found.indexOf(next) + 1} of ${found.length}, ${heading.textContent.trim().replace(/\s+/g, " ")}`);
}

// Sections that were seen, kept in this browser for this pair of digests and this person.
const seenKey = () => `slipway-seen:${document.querySelector("[data-seen-key]")?.dataset.seenKey}`;

function seen() {
  try {
    return new Set(JSON.parse(localStorage.getItem(seenKey()) ?? "[]"));
  } catch {
    return new Set();
  }
}

function setSeen(section, isSeen) {
  const now = seen();
  if (isSeen) now.add(section);
  else now.delete(section);
  try {
    localStorage.setItem(seenKey(), JSON.stringify([...now]));
  } catch {
    say("This browser cannot keep what was seen: its storage is full.");
  }
  showSeen(now);
}

function showSeen(now = seen()) {
  const boxes = all("[data-seen]", page);
  for (const box of boxes) {
    box.checked = now.has(box.dataset.seen);
    box.closest("li").classList.toggle("is-seen", box.checked);
  }
  const count = page.querySelector("[data-seen-count]");
  const total = boxes.filter((box) => box.checked).length;
  count.textContent = `${total} of ${boxes.length} section${boxes.length === 1 ? "" : "s"} seen`;
  count.hidden = boxes.length === 0;
  return count.textContent;
}

// Folded lines: all of the part in front at once, and back again.
function unfold() {
  const part = document.activeElement?.closest?.(".diff-part") ?? changes()[Math.max(place, 0)]?.closest(".diff-part") ?? page.querySelector(".diff-part");
  const links = all("[data-fold='all']", part ?? page);
  if (links.length) {
    for (const link of links) link.click();
    say(`${links.length} folded runs unfolded.`);
    return;
  }
  const back = folds.filter((fold) => part?.contains(fold.rows[0]));
  for (const fold of back) {
    fold.rows[0].before(fold.row);
    for (const row of fold.rows) row.remove();
    htmx.process(fold.row);
  }
  folds = folds.filter((fold) => !back.includes(fold));
  if (back.length) say(`${back.length} runs folded.`);
}

// What is put in place of a fold row is remembered, so that it can be folded again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const row = event.detail.target;
  if (!row.matches?.(".diff-fold") || !event.detail.shouldSwap) return;
  const [before, after] = [row.previousElementSibling, row.nextElementSibling];
  const kept = row.cloneNode(true);
  const table = row.parentElement;
  setTimeout(() => note(kept, table, before, after)); // the swap itself comes right after this event
});

function note(row, table, before, after) {
  if (folds.some((fold) => fold.row === row)) return;
  const rows = [];
  for (let next = before ? before.nextElementSibling : table.firstElementChild; next && next !== after; next = next.nextElementSibling) rows.push(next);
  if (rows.length && !rows.some((one) => one.matches(".diff-fold"))) folds.push({ row, rows });
}

// The filter of a picker: what does not hold the words is hidden.
function filter(field) {
  const words = field.value.trim().toLowerCase().split(/\s+/);
  for (const item of all("li", field.closest(".compare-choices"))) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-step], [data-section-step], [data-mark-seen], [data-unfold]");
  if (!button) return;
  if (button.dataset.step) walk(Number(button.dataset.step));
  else if (button.dataset.sectionStep) walkSections(Number(button.dataset.sectionStep));
  else if ("unfold" in button.dataset) unfold();
  else markSeen();
});

// Whoever tabs or clicks into a change goes on from there; the buttons of the walk take the focus only in passing.
document.addEventListener("focusin", (event) => {
  const change = event.target.closest?.("[data-change]");
  if (change) place = changes().indexOf(change);
});

function markSeen() {
  const change = changes()[place];
  const section = change?.closest("[data-section]") ?? sectionHere();
  if (!section) return;
  const name = section.dataset.section;
  setSeen(name, !seen().has(name));
  say(`${section.dataset.title}: ${seen().has(name) ? "seen" : "not seen"}. ${showSeen()}.`);
  change?.focus({ preventScroll: true });
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-seen]")) setSeen(event.target.dataset.seen, event.target.checked);
});
document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-find]")) filter(event.target);
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".compare-picker[open]")) event.target.querySelector("[data-find]").focus();
}, true);

function start() {
  for (const field of all("[data-find]")) field.hidden = false;
  if (!page) return;
  for (const part of all("[data-walk], [data-steps], .compare-seen")) part.hidden = false;
  const total = changes().length;
  document.querySelector("[data-walk-place]").textContent = `${total} place${total === 1 ? "" : "s"}`;
  document.querySelector("[data-walk]").hidden = total === 0;
  showSeen();
}

const asked = new URLSearchParams(location.search);
if (page && innerWidth < NARROW && !asked.has("layout")) {
  asked.set("layout", "unified");
  location.replace(`${location.pathname}?${asked}${location.hash}`);
} else {
  start();
  if (asked.get("print") === "1") addEventListener("load", () => print());
}
