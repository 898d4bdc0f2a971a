// Draws the charts of a page from the options that lie beside them as JSON. ECharts is fetched only where one is.

const COLOURS = ["#4b6b8f", "#c8102e", "#d69a2d", "#5b8f7b", "#8a6aa8", "#9a948f"];
const vendor = new URL("vendor/echarts.min.js", import.meta.url);

let loading;
const echarts = () =>
  (loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = vendor;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => resolve(undefined); // the page was left meanwhile; else its table of the same numbers stays
    document.head.append(script);
  }));

const common = {
  color: COLOURS,
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 },
};

export async function draw(places) {
  const library = await echarts();
  if (!library) return;
  for (const place of places) {
    if (library.getInstanceByDom(place)) continue;
    const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    // Rich text, drawn on the canvas: the page's policy allows no styles written into HTML.
    if (option.tooltip) option.tooltip.renderMode = "richText";
    const chart = library.init(place);
    chart.setOption({ ...common, ...option });
    new ResizeObserver(() => chart.resize()).observe(place);
  }
}
