// The list of problems: a press leads to the place, F8 and Shift+F8 walk through all of them, also into other parts.

let at = -1;
const all = () => [...document.querySelectorAll("#problems [data-problem]")];
const say = (text) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text } }));

function go(link) {
  if (link.getAttribute("href") !== "#section") return location.assign(link.href);
  at = all().indexOf(link);
  const text = link.closest("li").querySelector("[data-problem-text]")?.textContent ?? "";
  say(`${at + 1} / ${all().length}: ${text}`);
  jump(link.dataset);
}

function jump({ problem, line, column, end }) {
  const field = [...document.querySelectorAll("[data-pointer]")]
    .filter((one) => problem === one.dataset.pointer || problem?.startsWith(`${one.dataset.pointer}/`))
    .sort((one, other) => other.dataset.pointer.length - one.dataset.pointer.length)[0];
  if (field) {
    (field.matches("input, select, textarea, button, a, [tabindex]") ? field : field.querySelector("input, select, textarea, button"))?.focus();
    field.scrollIntoView({ block: "center" });
    return;
  }
  const text = document.querySelector("#section textarea[data-code], textarea#section, #section textarea");
  if (text?.code) text.dispatchEvent(new CustomEvent("code:goto", { detail: { line, column, end } }));
  else text?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#problems [data-problem], #save-errors a");
  if (!link || link.getAttribute("href").startsWith("/")) return;
  event.preventDefault();
  if (link.dataset.problem !== undefined) return go(link);
  const field = document.getElementById(link.hash.slice(1));
  if (field?.code) field.dispatchEvent(new CustomEvent("code:goto", { detail: { line: link.dataset.line || 1 } }));
  else field?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
  const found = all();
  if (!found.length) return;
  event.preventDefault();
  event.stopPropagation();
  const next = at < 0 && event.shiftKey ? found.length - 1 : (at + (event.shiftKey ? -1 : 1) + found.length) % found.length;
  at = next;
  go(found[next]);
}, true);

// Somebody came here from the list of another part.
function arrive() {
  const wanted = /^#problem=(.+)$/.exec(location.hash)?.[1];
  if (!wanted) return;
  const link = all().find((one) => one.dataset.problem === decodeURIComponent(wanted));
  if (link) go(link);
}
for (const mark of document.querySelectorAll(".problem-keys")) mark.hidden = false;
if (document.querySelector("textarea[data-code]")) document.addEventListener("code:ready", arrive, { once: true });
else arrive();
