// Joins single Lucide icons to one SVG sprite: node sprite.mjs <folder of icons> <list of names> > sprite.svg
import { readFileSync } from "node:fs";

const [folder, list] = process.argv.slice(2);
const names = readFileSync(list, "utf8").split("\n").filter(Boolean);
const symbols = names.map((name) => {
  const svg = readFileSync(`${folder}/${name}.svg`, "utf8");
  const body = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "");
  const shapes = body.split("\n").map((line) => line.trim()).join("");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
});
process.stdout.write(
  `<!-- Lucide icons, ISC licence: see LICENSE in this folder -->\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
