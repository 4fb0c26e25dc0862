// "4 min ago" says the whole date and zone on hover and on focus (ux.md 3.7). One tip in the top layer: no table
// cuts it off. Without this file the browser's own tooltip says it on hover.

const tip = Object.assign(document.createElement("div"), { className: "when-tip", popover: "manual" });
tip.setAttribute("aria-hidden", "true"); // the same words stand in the page for screen readers
document.body.append(tip);

function show(time) {
  if (time.title) {
    time.dataset.full = time.title;
    time.removeAttribute("title");
  }
  if (!time.dataset.full || !time.getClientRects().length) return;
  tip.textContent = time.dataset.full;
  tip.showPopover();
  const place = time.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(place.left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = place.bottom + tip.offsetHeight > innerHeight ? `${place.top - tip.offsetHeight}px` : `${place.bottom}px`;
}

const hide = () => tip.matches(":popover-open") && tip.hidePopover();

document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time.when");
  if (time) show(time);
  else if (event.target !== tip) hide();
});
document.addEventListener("focusin", (event) => {
  const near = event.target.matches("time") ? event.target : event.target.closest("[data-row], tr, li, .station, .banner");
  const time = near?.matches("time") ? near : near?.querySelector("time.when");
  if (time && event.target.matches(":focus-visible")) show(time);
  else hide();
});
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());

// A time that stands alone can be reached by Tab; in a row the row's own link does it.
for (const time of document.querySelectorAll("time.when[title]")) {
  if (!time.closest("[data-row], tr, li, .station, a, button")) time.tabIndex = 0;
}
