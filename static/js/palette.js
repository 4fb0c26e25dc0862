// Find and act: Control K (Command K) from everywhere, also from inside fields and the editor.
// The server answers with the options; nothing is done here but opening what it named.

const palette = document.getElementById("palette");
const field = document.getElementById("palette-field");
const list = document.getElementById("palette-list");
const said = document.getElementById("palette-said");
const PAUSE_MS = 120;

let asking = null; // what is under way: Enter waits for it, so that nobody opens the answer to half a word
let timer = 0;
let running = null;

const options = () => [...list.querySelectorAll("[role='option']")];
const chosen = () => list.querySelector("[aria-selected='true']");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) {
    field.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
}

async function ask() {
  running?.abort();
  running = new AbortController();
  const address = new URL(palette.dataset.url, location.href);
  address.searchParams.set("q", field.value);
  address.searchParams.set("agent", palette.dataset.agent);
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: running.signal, headers: { "X-Slipway-Quiet": "1" } });
    if (answer.status === 401) {
      palette.close();
      document.dispatchEvent(new CustomEvent("slipway:signed-out", { detail: { asked: true } }));
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text());
  } catch (error) {
    if (error.name === "AbortError") return;
    list.replaceChildren();
    said.textContent = palette.dataset.failed;
  }
  list.removeAttribute("aria-busy");
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  list.replaceChildren(...page.body.childNodes);
  said.textContent = list.querySelector("[data-said]")?.textContent ?? "";
  choose(options().find((option) => option.getAttribute("aria-disabled") !== "true") ?? options()[0]);
}

function askSoon() {
  clearTimeout(timer);
  asking = new Promise((done) => {
    timer = setTimeout(() => done(ask()), PAUSE_MS);
  });
}

async function take(option, elsewhere = false) {
  if (!option) return;
  if (option.getAttribute("aria-disabled") === "true") {
    said.textContent = option.querySelector(".why")?.textContent.trim() ?? "";
    return;
  }
  if (option.dataset.act) {
    palette.close();
    if (option.dataset.act === "theme") document.dispatchEvent(new CustomEvent("slipway:theme"));
    else document.querySelector("[data-keys-help]")?.click();
    return;
  }
  if (elsewhere) window.open(option.dataset.href, "_blank", "noopener");
  else location.assign(option.dataset.href);
}

function open() {
  if (palette.open || document.querySelector("dialog[open]")) return;
  field.value = "";
  palette.showModal();
  field.focus();
  asking = ask();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  if (event.defaultPrevented || !palette) return;
  event.preventDefault();
  if (palette.open) palette.close();
  else open();
});

if (palette) {
  for (const opener of document.querySelectorAll("[data-palette-open]")) opener.hidden = false;
  document.addEventListener("click", (event) => event.target.closest?.("[data-palette-open]") && open());
  palette.querySelector("[data-palette-close]").addEventListener("click", () => palette.close());
  palette.addEventListener("click", (event) => event.target === palette && palette.close());
  field.addEventListener("input", askSoon);
  field.addEventListener("keydown", async (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      move(steps[event.key]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      await asking;
      take(chosen(), event.ctrlKey || event.metaKey);
    }
  });
  list.addEventListener("click", (event) => take(event.target.closest("[role='option']"), event.ctrlKey || event.metaKey));
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role='option']");
    if (option && option !== chosen()) choose(option);
  });
}
