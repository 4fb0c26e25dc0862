// What happened to requests of this page: refusals and failures stay in sight, an absent network is said once,
// and whatever takes longer than 300 ms shows that it is under way (CSS: [aria-busy]).

const region = document.getElementById("alert");
const say = (text, alert) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert } }));

document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));

// The server's own words about a failure come with a header; whatever a proxy says instead is not put into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) {
    document.dispatchEvent(new CustomEvent("slipway:signed-out", { detail: { asked: true } }));
    event.detail.shouldSwap = false;
    return;
  }
  if (!xhr.getResponseHeader("X-Slipway-Refusal")) return;
  region.className = "";
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) say(`${region.dataset.failed} (${event.detail.xhr.status})`, true);
});
document.addEventListener("htmx:sendError", () => say(region.dataset.unreached, true));

let isAway = false;
function watch() {
  if (navigator.onLine === !isAway) return;
  isAway = !navigator.onLine;
  document.body.toggleAttribute("data-offline", isAway);
  if (isAway) {
    say(region.dataset.offline, true);
    return;
  }
  region.className = "";
  region.replaceChildren();
  say(region.dataset.online, false);
}
window.addEventListener("offline", watch);
window.addEventListener("online", watch);
watch();
