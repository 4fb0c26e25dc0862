// Light, dark or the system's theme without a reload; the choice is kept on the person's profile by the menu's own form.

const root = document.documentElement;
const form = document.querySelector("form[data-theme-form]");
const isDark = () => root.dataset.theme === "dark" || (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);

function show(theme) {
  root.dataset.theme = theme;
  if (theme === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = theme;
  const scheme = document.querySelector("meta[name='color-scheme']");
  if (scheme) scheme.content = theme === "system" ? "light dark" : theme;
  for (const button of form?.querySelectorAll("[name='theme']") ?? []) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

async function keep(theme) {
  const former = root.dataset.theme;
  show(theme);
  const body = new FormData(form);
  body.set("theme", theme);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Slipway-Quiet": "1" } }).catch(() => null);
  const chosen = form.querySelector(`[value='${theme}']`)?.textContent.trim() ?? theme;
  const text = answer?.ok ? chosen : form.dataset.notKept;
  if (!answer?.ok && answer?.status !== 401) show(former);
  document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert: !answer?.ok } }));
}

if (form) {
  document.addEventListener("slipway:theme", () => keep(isDark() ? "light" : "dark"));
  form.addEventListener("submit", (event) => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    event.stopPropagation();
    delete form.dataset.sending;
    keep(theme);
  }, true);
}
