// Two columns of lines do not fit a narrow window: there each table of lines becomes one column, removed lines before added
// ones, as the server lays it out with layout=unified. Nothing is asked of the server, and nothing else of the page changes.
const NARROW = 960;

function inOneColumn(table) {
  const [, left, , right] = table.tHead.rows[0].cells;
  right.textContent = `${left.textContent} → ${right.textContent}`;
  left.remove();
  for (const body of table.tBodies) linear(body);
  table.classList.add("diff-unified");
}

function linear(body) {
  let added = [];
  for (const row of [...body.rows]) {
    const [first, old, number, fresh] = row.cells;
    const [gone, came] = [old?.matches(".diff-del"), fresh?.matches(".diff-add")];
    if (!gone && !came) {
      row.before(...added);
      added = [];
      if (fresh) old.remove();
      else fold(row);
    } else if (gone) {
      if (came) added.push(second(row, number, fresh));
      else fresh.remove();
      number.textContent = "";
      row.append(old);
    } else {
      first.textContent = "";
      old.remove();
      added.push(row);
    }
  }
  body.append(...added);
}

// The added line of a changed pair as a row of its own; the walk goes to the removed one.
function second(row, number, text) {
  const made = row.cloneNode(false);
  for (const name of ["data-change", "data-say", "tabindex", "autofocus"]) made.removeAttribute(name);
  const empty = number.cloneNode(false);
  made.append(empty, number.cloneNode(true), text);
  return made;
}

function fold(row) {
  row.cells[0].colSpan = 3;
  for (const link of row.querySelectorAll("[hx-get*='/lines?']")) link.setAttribute("hx-get", `${link.getAttribute("hx-get")}&layout=unified`);
}

if (innerWidth < NARROW && !new URLSearchParams(location.search).has("layout")) {
  for (const table of document.querySelectorAll(".diff-lines:not(.diff-unified)")) inOneColumn(table);
}
