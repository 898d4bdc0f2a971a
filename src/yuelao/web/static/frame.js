// What every page does: keys for buttons, forms that post once, notices that leave, tables that sort, charts.

const writing = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

// An element with data-key is clicked by that key (an input is focused), unless somebody is writing.
function pressed(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && writing(event.target)) return event.target.blur();
  if (writing(event.target)) return;
  const wanted = event.key.toLowerCase();
  const found = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === wanted && !element.disabled && element.getClientRects().length,
  );
  if (!found) return;
  event.preventDefault();
  if (writing(found)) found.focus();
  else found.click();
}

// A plain form goes out once: the second press of its button finds it disabled.
function sent(event) {
  if (!event.target.matches("form[data-once]")) return;
  for (const button of event.target.querySelectorAll("button")) setTimeout(() => (button.disabled = true));
}

function letNoticesLeave() {
  for (const notice of document.querySelectorAll(".notice[data-leaves]")) {
    setTimeout(() => notice.classList.add("leaving"), 4000);
    setTimeout(() => notice.remove(), 4500);
  }
}

const sortValue = (row, index) => {
  const cell = row.cells[index];
  const text = cell.dataset.sort ?? cell.textContent.trim();
  const number = Number(text.replace(/[^\d.eE-]/g, ""));
  return cell.classList.contains("num") && text !== "" ? number : text;
};

function sortBy(heading) {
  const table = heading.closest("table");
  const index = heading.cellIndex;
  const down = heading.getAttribute("aria-sort") !== "descending";
  const rows = [...table.tBodies[0].rows].map((row) => [sortValue(row, index), row]);
  rows.sort(([a], [b]) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b))));
  if (down) rows.reverse();
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function makeSortable(root) {
  for (const heading of root.querySelectorAll("table[data-sortable] thead th")) {
    if (heading.querySelector("button.sort") || !heading.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(heading));
    heading.append(button);
  }
}

export async function drawCharts(root) {
  const places = root.querySelectorAll("[data-chart]");
  if (!places.length) return;
  // Where it does not come, the page was left meanwhile; else the table of the same numbers stays.
  const charts = await import("./chart.js").catch(() => undefined);
  charts?.draw(places);
}

function prepare(root) {
  makeSortable(root);
  drawCharts(root);
}

document.addEventListener("keydown", pressed);
document.addEventListener("submit", sent);
document.addEventListener("htmx:after:swap", (event) => prepare(event.target));
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.person[open]")) if (!menu.contains(event.target)) menu.open = false;
});
letNoticesLeave();
prepare(document);
