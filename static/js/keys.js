// The keyboard layer: single keys and go-to chords, read from attributes of the page (docs/look.md, "Keys").
// A key presses what the page shows anyway; it never does anything that a visible control does not do.

const CHORD_MS = 2000; // how long the second key of "g a" may take
const TYPING = "textarea, select, [contenteditable]:not([contenteditable='false']), .cm-editor, [role='textbox'], [role='combobox'], [role='listbox']";
const NOT_TYPING = ["checkbox", "radio", "button", "submit", "reset", "file", "range", "color", "image"];

let chordEnds = 0;

const isOn = () => document.body.dataset.keys !== "off";
const say = (text) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert: false } }));
const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;

function isTyping(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPING)) return true;
  return target.matches("input") && !NOT_TYPING.includes(target.type);
}

// Browsers and systems own Control, Alt and Command; on many keyboards "[" is typed with AltGr, which reports both.
function isPlain(event) {
  if (event.getModifierState("AltGraph")) return true;
  return !event.ctrlKey && !event.altKey && !event.metaKey;
}

// While a dialog is open the keys of the page behind it are silent.
const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;

// The control of a key: in the row that has the focus first, then on the page; rows without focus are not guessed at.
function controlOf(key, within) {
  const all = [...within.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key && isShown(one));
  const row = document.activeElement?.closest("[data-row]");
  return all.find((one) => row?.contains(one)) ?? all.find((one) => !one.closest("[data-row]")) ?? all[0];
}

function press(control) {
  if (control.closest("[data-row]") && !control.closest("[data-row]").contains(document.activeElement)) {
    say(document.getElementById("keys")?.dataset.chooseRow ?? "");
    return;
  }
  control.focus();
  if (control.dataset.keyAct !== "focus") control.click();
}

function go(letter) {
  const link = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function focusFilter() {
  const field = document.querySelector("main [data-filter], main [role='search'] input:not([type='hidden'])") ?? document.getElementById("find");
  if (!field || !isShown(field)) return false;
  field.focus();
  field.select?.();
  return true;
}

function openRowMenu() {
  const row = document.activeElement?.closest("[data-row]");
  const menu = row?.querySelector("[popovertarget], details.menu > summary, [data-row-menu]");
  if (!menu) return false;
  menu.focus();
  menu.click();
  return true;
}

const GLOBAL = {
  "/": focusFilter,
  ".": openRowMenu,
  "?": showHelp,
  t: () => Boolean(document.dispatchEvent(new CustomEvent("slipway:theme"))),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.key.length !== 1 || !isOn()) return;
  if (!isPlain(event) || isTyping(event.target)) return;
  if (handle(event)) event.preventDefault();
});

function handle(event) {
  const within = scope();
  const key = event.key;
  if (Date.now() < chordEnds) {
    chordEnds = 0;
    if (go(key)) return true;
  }
  const control = event.repeat ? null : controlOf(key, within);
  if (control) {
    press(control);
    return true;
  }
  // Rows, differences and grids listen here instead of to keydown: the rules above then hold for them as well.
  const asked = new CustomEvent("slipway:key", { cancelable: true, detail: { key, shift: event.shiftKey, repeat: event.repeat, target: event.target } });
  if (!document.dispatchEvent(asked)) return true;
  if (within !== document || event.repeat) return false;
  if (key === "g") {
    chordEnds = Date.now() + CHORD_MS;
    return true;
  }
  return GLOBAL[key]?.() ?? false;
}

// Help: the dialog is the server's; this page's own keys are read from the page when it opens.
const labelOf = (control) => control.dataset.keyLabel || control.getAttribute("aria-label") || control.textContent.trim().replace(/\s+/g, " ");

function line(keys, label) {
  const row = document.createElement("li");
  for (const key of keys) row.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
  row.append(label);
  return row;
}

function fill(list, lines) {
  list.replaceChildren(...lines);
  list.closest("section").hidden = lines.length === 0;
}

function showHelp() {
  const help = document.getElementById("keys");
  if (!help || help.open) return false;
  const controls = new Map();
  for (const control of document.querySelectorAll("[data-key]")) {
    if (isShown(control) && !controls.has(control.dataset.key)) controls.set(control.dataset.key, labelOf(control));
  }
  fill(help.querySelector("[data-keys-page]"), [...controls].map(([key, label]) => line([key], label)));
  const places = [...document.querySelectorAll("[data-go]")];
  fill(help.querySelector("[data-keys-go]"), places.map((link) => line(["g", link.dataset.go], labelOf(link))));
  for (const part of help.querySelectorAll("[data-keys-rows]")) part.hidden = !document.querySelector("[data-row]");
  help.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keys-help]") && showHelp()) event.preventDefault();
});
