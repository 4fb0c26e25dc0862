// Small comforts on top of plain links and forms; every page works without this file.
// Nothing here decides anything: the server checks each act again.

const KEPT = "slipway-kept:";
const SENDING_MS = 15000; // after this a form may be sent again, should the answer never have come

const say = (id, text) => {
  const region = document.getElementById(id);
  if (region) region.textContent = text;
};

// An error stays visible until the next page; it is never only a passing note.
const warn = (text) => {
  const region = document.getElementById("alert");
  if (!region) return;
  region.className = "banner banner-fail";
  region.replaceChildren(document.createElement("span"), document.createTextNode(text));
};

// Any script may say something: {text, alert}. Emptied first, because the same words twice are not read again.
document.addEventListener("slipway:say", (event) => {
  const { text = "", alert = false } = event.detail ?? {};
  if (alert) return warn(text);
  say("status", "");
  requestAnimationFrame(() => say("status", text));
});
for (const button of document.querySelectorAll("[data-keys-help]")) button.hidden = false;

// The server shows times in the browser's zone unless the person chose another one.
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
if (!document.cookie.includes(`slipway-zone=${zone}`)) document.cookie = `slipway-zone=${zone};path=/;max-age=31536000;samesite=lax`;

// Menus: popovers close by themselves, <details class="menu"> needs help with Esc and clicks elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A refused button explains itself; a copy button copies.
document.addEventListener("click", async (event) => {
  const refused = event.target.closest?.("[aria-disabled='true']");
  if (refused) {
    event.preventDefault();
    document.getElementById(refused.getAttribute("aria-describedby") ?? "")?.focus();
    return;
  }
  const copy = event.target.closest?.("[data-copy], [data-copy-from]");
  if (!copy) return;
  const source = copy.dataset.copyFrom ? document.getElementById(copy.dataset.copyFrom) : null;
  try {
    await navigator.clipboard.writeText(source ? source.value : copy.dataset.copy);
    say("status", "Copied.");
  } catch {
    source?.select();
    say("status", "Selected. Press Control C to copy.");
  }
});

// Sending a form twice: the second press does nothing while the first is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  release(form);
  form.dataset.sending = "yes";
  const button = event.submitter;
  if (button?.dataset.busy) {
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
    button.classList.add("is-busy");
  }
  form.sendingTimer = setTimeout(() => release(form), SENDING_MS);
}, true);

function release(form) {
  clearTimeout(form.sendingTimer);
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-idle]")) {
    button.textContent = button.dataset.idle;
    delete button.dataset.idle;
    button.classList.remove("is-busy");
  }
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

// Typed text survives a lost session, a refusal, a closed tab: <form data-keep="unique key"> keeps each changed
// text in this browser until a page says with <meta name="slipway-saved" content="unique key"> that it was taken.
const slot = (field) => `${KEPT}${field.form.dataset.keep}:${field.name}`;
const keptFields = (form) => form.querySelectorAll("textarea[name], input[type='text'][name]");

function restore(form) {
  for (const field of keptFields(form)) {
    const kept = localStorage.getItem(slot(field));
    if (kept === null) continue;
    const { text, base } = JSON.parse(kept);
    if (text === field.value) continue;
    // Where the server sent another text than the one edited here, both stay: nobody's words are overwritten.
    if (base === field.defaultValue) field.value = text;
    offer(field, text, base === field.defaultValue);
  }
}

function offer(field, text, isShown) {
  const note = document.createElement("p");
  note.className = "why";
  note.append(isShown ? "Your unsaved text was put back. " : "This browser kept a text of yours that was not saved. ");
  const swap = document.createElement("button");
  swap.type = "button";
  swap.className = "btn btn-sm";
  swap.textContent = isShown ? "Use the saved text" : "Use my text";
  swap.addEventListener("click", () => {
    field.value = isShown ? field.defaultValue : text;
    if (isShown) localStorage.removeItem(slot(field));
    note.remove();
    field.focus();
  });
  note.append(swap);
  field.after(note);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.name || !field.form?.dataset.keep || !field.matches("textarea, input[type='text']")) return;
  try {
    localStorage.setItem(slot(field), JSON.stringify({ text: field.value, base: field.defaultValue }));
  } catch {
    say("status", "This browser cannot keep unsaved text: its storage is full.");
  }
});

for (const meta of document.querySelectorAll("meta[name='slipway-saved']")) {
  const prefix = `${KEPT}${meta.content}:`;
  Object.keys(localStorage).filter((key) => key.startsWith(prefix)).forEach((key) => localStorage.removeItem(key));
}
document.querySelectorAll("form[data-keep]").forEach(restore);

document.querySelector("[autofocus]")?.focus();
