// The desk: clocks that run, the script's steps, which outcomes are possible, and a sign of life while somebody works.

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  return `${String(minutes).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
};

// Counted from when the element came, so that a wrong clock on this machine does no harm.
const came = new WeakMap();
const age = (element) => {
  if (!came.has(element)) came.set(element, performance.now());
  return (performance.now() - came.get(element)) / 1000;
};

function tick() {
  for (const time of document.querySelectorAll("[data-elapsed]")) time.textContent = clock(Number(time.dataset.elapsed) + age(time));
  for (const time of document.querySelectorAll("[data-remaining]")) {
    const left = Number(time.dataset.remaining) - age(time);
    time.textContent = clock(left);
    time.parentElement.classList.toggle("short", left < 120);
  }
}

function showStep(list, index) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const chosen = Math.max(0, Math.min(tabs.length - 1, index));
  tabs.forEach((tab, number) => {
    tab.setAttribute("aria-selected", String(number === chosen));
    tab.tabIndex = number === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = number !== chosen;
  });
}

function moveStep(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const list = document.querySelector("[data-steps]");
  if (!step || !list || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  const tabs = [...list.querySelectorAll("[role=tab]")];
  showStep(list, tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true") + step);
}

// An outcome can be chosen only once somebody was dialled; what belongs to one outcome shows with it.
function matchOutcome() {
  const state = document.getElementById("call-step")?.dataset.state;
  for (const choice of document.querySelectorAll("[data-needs-call]")) choice.disabled = state === "leased";
  const chosen = document.querySelector("input[name=outcome]:checked")?.value;
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen;
  const when = document.querySelector("input[name=call_back_at]");
  if (when) when.required = chosen === "call_back";
}

// Whoever works keeps the customer; whoever has left loses them when the lease ends.
const RENEW_EVERY = 60_000;
let renewed = performance.now();
function alive() {
  if (performance.now() - renewed < RENEW_EVERY) return;
  renewed = performance.now();
  document.getElementById("lease")?.dispatchEvent(new Event("alive"));
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-steps] [role=tab]");
  if (tab) showStep(tab.closest("[data-steps]"), [...tab.closest("ol").querySelectorAll("[role=tab]")].indexOf(tab));
});
document.addEventListener("keydown", moveStep);
document.addEventListener("change", matchOutcome);
document.addEventListener("htmx:after:swap", () => {
  matchOutcome();
  tick();
});
for (const kind of ["keydown", "pointerdown", "pointermove"]) document.addEventListener(kind, alive);
setInterval(() => {
  tick();
  if (["dialling", "connected"].includes(document.getElementById("call-step")?.dataset.state)) alive();
}, 1000);
matchOutcome();
tick();
