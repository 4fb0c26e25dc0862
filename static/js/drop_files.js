// <form data-drop> takes files that are dropped on its .drop as if they had been chosen; the file button stays the way.

for (const form of document.querySelectorAll("form[data-drop]")) {
  const place = form.querySelector(".drop");
  const input = form.querySelector("input[type='file']");
  const words = form.querySelector("[data-drop-words]");
  if (words) words.hidden = false;
  for (const name of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(name, (event) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      place.classList.toggle("is-over", name === "dragover");
      if (name !== "drop") return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  }
}
