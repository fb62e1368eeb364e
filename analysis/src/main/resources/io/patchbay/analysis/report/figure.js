// A figure is a caption, panels and the numbers behind them. Panels are drawn when they come near
// the window; `?all` and printing draw every one.

const report = { charts: 0, rendered: 0, errors: [] };
window.patchbayReport = report;
window.addEventListener("error", (event) => report.errors.push(String(event.message)));
window.addEventListener("unhandledrejection", (event) => report.errors.push(String(event.reason)));

const waiting = new Map(); // host -> panel
const drawn = new Map(); // host -> {panel, chart, width}
const drawAll = new URLSearchParams(window.location.search).has("all");

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  },
  { rootMargin: "400px" },
);

const resized = new ResizeObserver((entries) => {
  for (const entry of entries) {
    const known = drawn.get(entry.target);
    const width = Math.round(entry.contentRect.width);
    if (known && width > 0 && width !== known.width)
      requestAnimationFrame(() => redraw(entry.target));
  }
});

// panel: {title, alt, height(width), option(colours, width)} for a chart, or {title, alt, paint(host)}
// for one that draws itself, or {title, node} for a part that is no chart. controls(refresh), where
// there are any, makes what stands over a chart and changes it.
function panelNode(panel) {
  const heading = panel.title ? element("h4", {}, panel.title) : null;
  if (panel.node)
    return element("div", { class: "panel " + (panel.wide ? "wide" : "") }, heading, panel.node);
  const host = element("div", { class: "chart", role: "img", "aria-label": panel.alt });
  if (panel.height) host.style.height = panel.height(600) + "px";
  report.charts += 1;
  waiting.set(host, panel);
  near.observe(host);
  return element(
    "div",
    { class: "panel " + (panel.wide ? "wide" : "") },
    heading,
    panel.controls ? panel.controls(() => drawn.has(host) && redraw(host)) : null,
    element("div", { class: "scroll" }, host),
  );
}

function draw(host) {
  const panel = waiting.get(host);
  if (!panel) return;
  waiting.delete(host);
  near.unobserve(host);
  guarded(host, panel, () => {
    const chart = panel.paint ? null : openChart(host, panel);
    drawn.set(host, { panel, chart, width: host.clientWidth });
    paint(host);
    resized.observe(host);
    report.rendered += 1;
  });
}

function openChart(host, panel) {
  host.style.height = panel.height(host.clientWidth) + "px";
  return echarts.init(host, null, { renderer: "canvas" });
}

function paint(host) {
  const { panel, chart } = drawn.get(host);
  if (chart) chart.setOption(panel.option(theme(), host.clientWidth), true);
  else panel.paint(host);
}

function redraw(host) {
  const known = drawn.get(host);
  guarded(host, known.panel, () => {
    known.width = host.clientWidth;
    if (known.chart) {
      host.style.height = known.panel.height(known.width) + "px";
      known.chart.resize();
    }
    paint(host);
  });
}

function guarded(host, panel, work) {
  try {
    work();
  } catch (error) {
    report.errors.push(`${panel.title}: ${error.message}`);
    host.replaceChildren(
      element("p", { class: "missing" }, `This figure could not be drawn: ${error.message}`),
    );
  }
}

function drawEverything() {
  for (const host of [...waiting.keys()]) draw(host);
}

function redrawEverything() {
  for (const paintLegend of onTheme) paintLegend();
  for (const host of drawn.keys()) redraw(host);
}

darkQuery.addEventListener("change", redrawEverything);
window.addEventListener("beforeprint", () => {
  printing = true;
  document.documentElement.classList.add("printing");
  drawEverything();
  redrawEverything();
});
window.addEventListener("afterprint", () => {
  printing = false;
  document.documentElement.classList.remove("printing");
  redrawEverything();
});

let figures = 0;

// table: {columns, rows()}: rows are made only when somebody asks.
function figure({ title, caption, legend, panels, table, layout }) {
  figures += 1;
  const name = `figure-${figures}`;
  return element(
    "figure",
    { id: name },
    element("h3", {}, title),
    legend,
    element("div", { class: "panels " + (layout || "") }, panels.map(panelNode)),
    element("figcaption", {}, element("span", { class: "label" }, `Figure ${figures}. `), caption),
    table ? dataDisclosure(name, title, table) : null,
  );
}

const MOST_ROWS = 200;

function dataDisclosure(name, title, table) {
  const body = element("div", { class: "scroll" });
  const details = element(
    "details",
    { class: "numbers" },
    element("summary", {}, "Data"),
    element(
      "button",
      { type: "button", click: () => download(`${name}.csv`, csv(table.columns, table.rows())) },
      `Download CSV`,
      element("span", { class: "unseen" }, ` of ${title}`),
    ),
    body,
  );
  details.addEventListener("toggle", () => {
    if (!details.open || body.hasChildNodes()) return;
    const rows = table.rows();
    body.append(dataTable(table.columns, rows.slice(0, MOST_ROWS)));
    if (rows.length > MOST_ROWS) {
      details.append(
        element(
          "p",
          { class: "missing" },
          `The first ${MOST_ROWS} of ${grouped(rows.length)} rows; the CSV has all.`,
        ),
      );
    }
  });
  return details;
}
