// Comforts of the release pages: printing, Control Enter, reason chips, which sections were seen.
// Every page works without them; the server decides.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Control Enter (Command Enter) goes to the page's release button: it only focuses it, but performs a rollback (ux.md S13, S14).
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = document.querySelector("form[data-control-enter]");
  const button = form?.querySelector("button[type='submit'], [aria-disabled='true']");
  if (!button) return;
  event.preventDefault();
  button.scrollIntoView({ block: "center" });
  button.focus();
  if (form.dataset.controlEnter === "perform" && !event.repeat) button.click();
});

// A chip puts its words at the start of the reason, once; the text stays the person's own.
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("[data-reason]");
  const field = chip && document.getElementById(chip.closest("[data-reasons-for]").dataset.reasonsFor);
  if (!field) return;
  const words = chip.dataset.reason;
  if (!field.value.startsWith(words)) field.value = `${words}: ${field.value}`;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// "2 of 4 sections seen": said, and never in the way of anything.
const counter = document.querySelector("[data-sections-seen]");
const sections = [...document.querySelectorAll("section.diff-section")];
if (counter && sections.length) {
  const seen = new Set();
  const show = () => {
    counter.textContent = counter.dataset.sectionsSeen.replace("{seen}", seen.size).replace("{all}", sections.length);
    for (const link of document.querySelectorAll(".diff-summary a")) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      link.classList.toggle("is-seen", seen.has(heading?.closest("section")));
    }
  };
  // A section was seen when its end came into view: a long one has to be scrolled through.
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) seen.add(entry.target.closest("section.diff-section"));
    }
    show();
  });
  for (const section of sections) watcher.observe(section.lastElementChild ?? section);
  show();
}
