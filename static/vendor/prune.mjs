// Keeps the rules of a stylesheet that we can use: node prune.mjs <tabler.css> <families> > tabler.min.css
// A family is the first word of a class ("btn" of .btn-primary). A selector stays when all its classes are of a
// family in the list; selectors without classes always stay. It halves what a browser loads.
import { readFileSync } from "node:fs";

const [sheet, list] = process.argv.slice(2);
const families = new Set(readFileSync(list, "utf8").split("\n").filter(Boolean));
const source = readFileSync(sheet, "utf8");
const licence = source.match(/\/\*![\s\S]*?\*\//)?.[0] ?? "";
const css = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^@charset[^;]*;/, "");

// Splits at commas that are not inside brackets or parentheses.
const selectorsOf = (text) => text.match(/(?:[^,(\[]|\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])+/g) ?? [];
const classesOf = (selector) => [...selector.matchAll(/\.(-?[_a-zA-Z][\w-]*)/g)].map((hit) => hit[1]);
const isKept = (selector) => classesOf(selector).every((name) => families.has(name.split("-")[0]));

// The parts between one pair of braces: [what stands before, body], in order.
function blocks(text) {
  const found = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf("{", at);
    const end = text.indexOf(";", at);
    if (open < 0) break;
    if (text[at] === "@" && end >= 0 && end < open) {
      found.push([text.slice(at, end + 1), null]);
      at = end + 1;
      continue;
    }
    let depth = 1;
    let close = open + 1;
    for (; depth > 0; close += 1) depth += text[close] === "{" ? 1 : text[close] === "}" ? -1 : 0;
    found.push([text.slice(at, open), text.slice(open + 1, close - 1)]);
    at = close;
  }
  return found;
}

function pruned([head, body]) {
  if (body === null) return head;
  if (/^\s*@(media|supports|layer|container)/.test(head)) {
    const inner = blocks(body).map(pruned).join("");
    return inner ? `${head}{${inner}}` : "";
  }
  if (/^\s*@/.test(head)) return `${head}{${body}}`;
  const kept = selectorsOf(head).filter(isKept);
  return kept.length ? `${kept.join(",")}{${body}}` : "";
}

let text = blocks(css).map(pruned).join("");
// Animations that no kept rule names, and variables that none reads.
const isUsed = (name) => new RegExp(`animation(-name)?:[^;}]*\\b${name}\\b`).test(text);
text = text.replace(/@(-webkit-)?keyframes\s*([\w-]+)\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, (all, _prefix, name) => (isUsed(name) ? all : ""));
process.stdout.write(`@charset "UTF-8";${licence}\n${text.trim()}\n`);
