"use strict";
const body = document.getElementById("table-rows");
const rows = [...body.rows];
const find = document.getElementById("find");
const domain = document.getElementById("of-domain");
const standing = document.getElementById("of-standing");
const nothing = document.getElementById("nothing");
const shown = document.getElementById("shown");
const headings = [...document.querySelectorAll("#all-tables thead th")];
const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
const collator = new Intl.Collator("en", { numeric: true });

function cell(row, column) {
  return row.cells[column].textContent;
}

function number(row, column) {
  const found = parseFloat(cell(row, column).replaceAll(",", ""));
  return Number.isNaN(found) ? -1 : found;
}

function name(row) {
  return row.querySelector("code").textContent;
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    const fits = (!domain.value || cell(row, 1) === domain.value)
      && (!standing.value || cell(row, 2) === standing.value)
      && words.every((word) => texts.get(row).includes(word));
    row.hidden = !fits;
    count += fits;
  }
  const all = rows.length.toLocaleString("en");
  shown.textContent = `${count.toLocaleString("en")} of ${all} tables`;
  nothing.hidden = count > 0;
}

function sort(heading) {
  const column = headings.indexOf(heading);
  const numeric = "number" in heading.dataset;
  const before = heading.getAttribute("aria-sort");
  const first = numeric ? "descending" : "ascending";
  const other = numeric ? "ascending" : "descending";
  const order = before === first ? other : first;
  headings.forEach((each) => each.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const key = numeric ? number : column === 0 ? name : cell;
  const keys = new Map(rows.map((row) => [row, key(row, column)]));
  const compare = numeric ? (a, b) => a - b : collator.compare;
  rows.sort((a, b) => sign * compare(keys.get(a), keys.get(b)) || collator.compare(name(a), name(b)));
  body.append(...rows);
}

for (const heading of headings) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sort(heading));
  heading.append(button);
}
find.addEventListener("input", filter);
domain.addEventListener("change", filter);
standing.addEventListener("change", filter);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("reset").addEventListener("click", () => {
  find.value = domain.value = standing.value = "";
  filter();
  find.focus();
});
document.getElementById("filters").hidden = false;
filter();
