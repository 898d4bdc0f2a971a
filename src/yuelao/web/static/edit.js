// Puts the cursor on the line that a mistake names, as in "line 12" or "line 12, position 4".

const area = document.querySelector("textarea[data-place]");
const line = Number(area?.dataset.place.match(/line (\d+)/)?.[1]);
if (line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = (line - 8) * parseFloat(getComputedStyle(area).lineHeight);
}
