// A definition's form as it is typed: effective shares, sums, comparisons in pairs; and the field that a refusal names.

import { drawCharts } from "./frame.js";

const form = document.getElementById("edit");
const RANDOM = [0, 0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49]; // Saaty 1980, by number of things compared
const AT_MOST = 0.1;
const STEPS = 60;

function number(text) {
  const [above, below = "1"] = text.replace(/[,，\s%％]/g, "").split("/");
  return above === "" ? NaN : Number(above) / Number(below);
}

const valueOf = (name) => form.elements[name]?.value ?? "";
const shown = (value, digits = 1) => `${value.toFixed(digits)} %`;

// The principal eigenvector of the comparisons by repeated multiplication, and how far they contradict each other.
function compared(table) {
  const size = Number(table.dataset.size);
  const matrix = Array.from({ length: size }, () => Array(size).fill(1));
  for (const input of table.querySelectorAll("input")) {
    const [row, column, value] = [Number(input.dataset.row), Number(input.dataset.column), number(input.value)];
    matrix[row][column] = value;
    matrix[column][row] = 1 / value;
    const mirror = table.querySelector(`output[data-row="${column}"][data-column="${row}"]`);
    if (mirror) mirror.textContent = inverse(input.value.trim(), value);
  }
  let weights = Array(size).fill(1 / size);
  let largest = size;
  for (let step = 0; step < STEPS; step++) {
    const next = matrix.map((row) => row.reduce((sum, each, j) => sum + each * weights[j], 0));
    largest = next.reduce((sum, each) => sum + each, 0);
    weights = next.map((each) => each / largest);
  }
  const ratio = size > 2 ? Math.max(largest - size, 0) / (size - 1) / (RANDOM[size] ?? 1.49) : 0;
  return { weights, ratio };
}

const inverse = (text, value) =>
  /^1\/\d+$/.test(text) ? text.slice(2) : /^\d+$/.test(text) && text !== "1" ? `1/${text}` : String(+(1 / value).toFixed(3));

function showComparisons(table) {
  const { weights, ratio } = compared(table);
  table.querySelectorAll(".ahp-weight").forEach((cell, i) => (cell.textContent = shown(weights[i] * 100)));
  const line = table.closest(".ahp").querySelector(".ahp-ratio");
  line.querySelector("b").textContent = Number.isFinite(ratio) ? ratio.toFixed(3) : "–";
  line.querySelector(".good-text").hidden = !(ratio <= AT_MOST);
  line.querySelector(".bad-text").hidden = ratio <= AT_MOST;
  return weights;
}

// Where weights are compared, those count; where the data finds them, nothing can be said before a try.
function showShares() {
  const groups = new Map();
  for (const place of form.querySelectorAll("[data-group]")) {
    const group = place.dataset.group;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(place);
  }
  const shares = new Map();
  for (const [group, places] of groups) {
    const by = valueOf(`${group}.weights`);
    const whole = shares.has(group) ? shares.get(group) : 1;
    const table = [...form.querySelectorAll(".ahp-grid")].find((each) => each.dataset.node === group);
    const own = by === "ahp" && table ? inOrder(group, places, compared(table).weights) : places.map(typedWeight);
    const total = own.reduce((sum, each) => sum + each, 0);
    places.forEach((place, i) => {
      const share = by === "entropy" || by === "learned" || Number.isNaN(whole) ? NaN : total ? (whole * own[i]) / total : 0;
      if (place.dataset.node) shares.set(place.dataset.node, share);
      show(place, share);
    });
  }
}

const typedWeight = (place) => {
  const removed = form.elements[place.dataset.weight.replace(/weight$/, "remove")]?.checked;
  return removed ? 0 : Math.max(number(valueOf(place.dataset.weight)) || 0, 0);
};

// The page shows features first and nodes after them; comparisons go by the order of the definition.
function inOrder(group, places, weights) {
  return places.map((place) => weights[Number(place.dataset.weight.slice(group.length).match(/children\[(\d+)\]/)[1])]);
}

function show(place, share) {
  const cell = place.querySelector(":scope > .effective, :scope > .branch-head .effective");
  if (!cell) return;
  cell.querySelector(".in").setAttribute("width", Number.isNaN(share) ? 0 : share * 100);
  cell.querySelector(".num").textContent = Number.isNaN(share) ? "–" : shown(share * 100);
}

function showSums() {
  for (const part of form.querySelectorAll("[data-sums-to]")) {
    if (part.querySelector("select")?.value !== "share") continue;
    const typed = [...part.querySelectorAll("input")].map((input) => number(input.value));
    const total = typed.reduce((sum, each) => sum + each, 0);
    const sum = part.querySelector(".sum");
    sum.textContent = `= ${+total.toFixed(2)} %`;
    sum.classList.toggle("wrong", Math.abs(total - Number(part.dataset.sumsTo)) > 1e-4);
  }
}

function showWays() {
  for (const box of form.querySelectorAll(".ahp, .learned")) {
    box.hidden = valueOf(box.dataset.for) !== (box.classList.contains("ahp") ? "ahp" : "learned");
  }
  for (const settings of form.querySelectorAll("[data-scale]")) {
    settings.hidden = ["percentile", "linear", "log"].includes(valueOf(settings.dataset.scale));
    settings.placeholder =
      { minmax: "0.01; 0.99", curve: "0→0; 24→50; 120→100", points: "gold=80; silver=50; *=20", order: "a, b, c" }[
        valueOf(settings.dataset.scale)
      ] ?? "";
  }
}

function work() {
  if (form.querySelector("textarea")) return;
  showWays();
  for (const table of form.querySelectorAll(".ahp-grid")) showComparisons(table);
  showShares();
  showSums();
}

// The field whose place begins like the refusal's, or holds it.
function fieldAt(place) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const exact = fields.find((field) => field.name === place);
  return exact ?? fields.find((field) => place && (field.name.startsWith(place) || place.startsWith(`${field.name}.`)));
}

// A result that was waited for replaces the element that asked, so the frame does not hear of it.
function drawn() {
  const tried = document.getElementById("tried");
  if (tried) drawCharts(tried);
}

const typedNow = () => new URLSearchParams(new FormData(form)).toString();
let asked = null; // what was typed when the try was asked for

// A result is of what was typed then: it is greyed and cannot be saved once something else is typed.
function compareWithTry() {
  const result = document.querySelector("#tried .tried");
  const stale = Boolean(result) && asked !== null && typedNow() !== asked;
  const note = document.getElementById("stale");
  if (note) note.hidden = !stale;
  if (!result) return;
  result.classList.toggle("stale", stale);
  result.querySelector(".save-box").inert = stale;
  for (const button of result.querySelectorAll(".save-box button")) button.disabled = stale;
}

function mark() {
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const place = document.querySelector(".model-side [data-place]")?.dataset.place;
  if (!place) return;
  const text = form.querySelector("textarea");
  if (text) return markLine(text, Number(place.match(/line (\d+)/)?.[1]));
  const field = fieldAt(place);
  if (!field) return;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

function markLine(area, line) {
  if (!line) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.setAttribute("aria-invalid", "true");
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

const names = () => new Set([...form.elements].map((field) => field.name));
let known = form && names(); // the fields there were before some were added

// Once fields were added the first new one is where one goes on typing.
function grown() {
  const added = [...form.elements].find((field) => field.name && field.offsetParent && !known.has(field.name));
  known = names();
  document.getElementById("tried")?.querySelector(".notice[data-place]")?.remove();
  work();
  compareWithTry();
  added?.focus();
}

if (form) {
  new MutationObserver(grown).observe(form.querySelector("fieldset"), { childList: true });
  form.addEventListener("keydown", (event) => {
    const row = event.key === "Enter" && event.target.matches("input, select") && event.target.closest(".add-row");
    if (!row) return;
    event.preventDefault();
    row.querySelector("button").click();
  });
  form.addEventListener("input", () => (work(), compareWithTry()));
  form.addEventListener("submit", () => (asked = typedNow()));
  new MutationObserver(() => (mark(), drawn(), compareWithTry())).observe(document.getElementById("tried"), { childList: true, subtree: true });
  document.getElementById("yaml-file")?.addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) form.querySelector("textarea").value = await file.text();
    compareWithTry();
  });
  work();
}
