// What stands around the form of a part: fetched anew after a save, and by a light ping who else has the draft open.

const PING_MS = 30_000;
const desk = document.querySelector("[data-desk]");
const form = document.getElementById("section");
const windowId = (() => {
  const known = sessionStorage.getItem("slipway-window");
  if (known && performance.getEntriesByType("navigation")[0]?.type !== "navigate") return known;
  const fresh = crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (Number(c) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(c) / 4)))).toString(16));
  sessionStorage.setItem("slipway-window", fresh);
  return fresh;
})();
let editedAt = 0;
let timer;

const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
const state = () => {
  if (Date.now() - editedAt < 2 * PING_MS) return "editing";
  return form?.autosave?.isDirty ? "unsaved" : "viewing";
};

async function ping() {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  timer = setTimeout(ping, PING_MS);
  const token = form?.elements?.token?.value ?? "";
  const isSaving = form?.autosave?.sending;
  const body = new URLSearchParams({ window: windowId, state: state(), token });
  const headers = { "X-CSRFToken": csrf(), "X-Slipway-Presence": "1" };
  const answer = await fetch(desk.dataset.here, { method: "POST", body, headers }).catch(() => null);
  if (answer?.status === 401) document.dispatchEvent(new CustomEvent("slipway:signed-out", { detail: { asked: false } }));
  if (!answer?.ok) return;
  const content = await answer.json();
  const people = document.getElementById("people");
  if (people && people.innerHTML.trim() !== content.people.trim()) people.innerHTML = content.people;
  // Unless this window saved meanwhile, another text than the one shown is in the draft.
  if (!content.news || !form?.autosave || isSaving || form.autosave.sending) return;
  if (token === form.elements.token.value) form.autosave.overtaken(content.news);
}

async function renew() {
  const answer = await fetch(desk.dataset.around, { headers: { "X-Slipway-Around": "1" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const hasBanner = fresh.getElementById("draft-banner") !== null; // before it moves into the page
  for (const element of fresh.querySelectorAll("#draft-banner, #outline, #problems, #changes, #part-history")) {
    const shown = document.getElementById(element.id);
    if (!shown) {
      if (element.id === "draft-banner") document.querySelector(".agentbar")?.after(element);
    } else if (!shown.contains(document.activeElement)) {
      const top = shown.scrollTop;
      if (shown.open) element.open = true;
      shown.replaceWith(element);
      element.scrollTop = top;
    }
  }
  if (!hasBanner) document.getElementById("draft-banner")?.remove();
  for (const mark of document.querySelectorAll(".problem-keys")) mark.hidden = false;
  document.dispatchEvent(new CustomEvent("problems:changed"));
}

if (desk) {
  document.addEventListener("autosave:saved", () => renew());
  document.addEventListener("input", (event) => {
    if (!form?.contains(event.target)) return;
    const was = state();
    editedAt = Date.now();
    if (was === "viewing") ping(); // colleagues should not wait half a minute for it
  });
  document.addEventListener("visibilitychange", ping);
  document.addEventListener("slipway:signed-in", ping);
  ping();
}
