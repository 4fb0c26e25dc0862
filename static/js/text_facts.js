// How long a text is and how it reads: <div data-text-facts="id of its textarea"> says length, lines and an estimate of
// tokens, and shows a preview on request. The preview is built node by node from text: no markup of the text is ever parsed.

const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*|__[^_\n]+__)|(\*[^*\s][^*\n]*\*|_[^_\s][^_\n]*_)|(\{\{[^{}\n]+\}\})|(\[[^\]\n]+\]\([^)\s]+\))/g;
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/gu;

// One token per sign of a script without spaces, one per four characters of any other: an estimate, and said to be one.
function tokensOf(text) {
  const wide = text.match(WIDE)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / 4);
}

function make(tag, text = "", css = "") {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text) element.append(...inline(text));
  return element;
}

function plain(tag, text, css = "") {
  const element = make(tag, "", css);
  element.textContent = text;
  return element;
}

function inline(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) nodes.push(document.createTextNode(text.slice(at, found.index)));
    const [all, code, strong, soft, variable, link] = found;
    if (code) nodes.push(plain("code", all.slice(1, -1)));
    else if (strong) nodes.push(plain("strong", all.slice(2, -2)));
    else if (soft) nodes.push(plain("em", all.slice(1, -1)));
    else if (variable) nodes.push(plain("code", all, "preview-variable"));
    else if (link) nodes.push(plain("u", all.slice(1, all.indexOf("]("))), plain("span", ` (${all.slice(all.indexOf("](") + 2, -1)})`, "meta"));
    at = found.index + all.length;
  }
  if (at < text.length) nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

// Front matter, fences, headings, lists, quotes, rules; everything else is a paragraph.
function blocks(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const made = [];
  const until = (start, ends) => {
    let end = start;
    while (end < lines.length && !ends(lines[end])) end += 1;
    return end;
  };
  let at = 0;
  if (lines[0] === "---") {
    const end = until(1, (line) => line === "---");
    made.push(plain("pre", lines.slice(1, end).join("\n"), "meta"));
    at = end + 1;
  }
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (/^\s*(```|~~~)/.test(line)) {
      const end = until(at + 1, (other) => /^\s*(```|~~~)/.test(other));
      made.push(plain("pre", lines.slice(at + 1, end).join("\n")));
      at = end + 1;
    } else if (heading) {
      made.push(make("p", heading[2], `preview-h preview-h${Math.min(heading[1].length, 3)}`));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      made.push(document.createElement("hr"));
      at += 1;
    } else if (item) {
      const list = document.createElement(/\d/.test(item[2]) ? "ol" : "ul");
      if (list.tagName === "OL") list.start = parseInt(item[2], 10);
      for (let next = item; next; next = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(lines[at] ?? "")) {
        const entry = make("li", next[3]);
        if (next[1].length > 1) entry.className = "preview-deeper";
        list.append(entry);
        at += 1;
      }
      made.push(list);
    } else if (/^\s*>/.test(line)) {
      const end = until(at, (other) => !/^\s*>/.test(other));
      made.push(make("blockquote", lines.slice(at, end).map((one) => one.replace(/^\s*>\s?/, "")).join(" ")));
      at = end;
    } else if (line.trim()) {
      const end = until(at, (other) => !other.trim() || /^(#{1,6}\s|\s*([-*+]|\d+[.)])\s|\s*>|\s*(```|~~~))/.test(other));
      made.push(make("p", lines.slice(at, Math.max(end, at + 1)).join(" ")));
      at = Math.max(end, at + 1);
    } else at += 1;
  }
  return made;
}

for (const box of document.querySelectorAll("[data-text-facts]")) {
  const field = document.getElementById(box.dataset.textFacts);
  const [said, button, view] = ["[data-facts]", "[data-preview]", "[data-preview-of]"].map((part) => box.querySelector(part));
  if (!field) continue;
  const show = () => {
    const text = field.value;
    const numbers = { tokens: tokensOf(text), characters: text.length, lines: text ? text.replace(/\n$/, "").split("\n").length : 0 };
    said.textContent = said.dataset.facts.replace(/\{(\w+)\}/g, (_, name) => numbers[name].toLocaleString(document.documentElement.lang || "en"));
    if (!view.hidden) view.replaceChildren(...blocks(text));
  };
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 250);
  };
  field.form?.addEventListener("autosave:changed", soon);
  field.addEventListener("input", soon);
  button.addEventListener("click", () => {
    view.hidden = !view.hidden;
    button.setAttribute("aria-expanded", String(!view.hidden));
    show();
  });
  box.hidden = false;
  show();
}
