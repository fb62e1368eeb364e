// What became of the paper's table and findings.

const VERDICTS = {
  HELD: ["held", "held"],
  NOT_HELD: ["not held", "not-held"],
  UNDECIDED: ["undecided", "undecided"],
  NOT_TESTED: ["not tested", "not-tested"],
};

const REPRODUCTION = [
  ["findings", "The paper's findings", findingSection],
  ["table", "The paper's table", paperSection],
  ["figures", "More figures", moreSection],
  ["runs", "Every run", runSection],
  ["times", "Where time went", timeSection],
  ["making", "How it was made", makingSection],
  ["notes", "Limits", noteSection],
];

function findingSection() {
  const { findings } = model.reproduction;
  const tally = Object.entries(VERDICTS).map(([status, [words, kind]]) =>
    element(
      "li",
      { class: kind },
      element("b", {}, String(findings.filter((finding) => finding.status === status).length)),
      words,
    ),
  );
  return [element("ul", { class: "tally" }, tally), findings.map(findingNode)];
}

function findingNode(finding) {
  const [words, kind] = VERDICTS[finding.status];
  const tested = finding.status !== "NOT_TESTED";
  const parts = tested ? finding.reason.split("; ") : [finding.reason];
  return element(
    "article",
    { class: `finding ${kind}` },
    element(
      "p",
      { class: "verdict" },
      element("b", {}, capital(words)),
      tested ? element("span", {}, `on ${finding.held} of ${finding.seeds} seeds`) : null,
      element("span", {}, `paper, ${finding.source}`),
    ),
    element("h3", {}, capital(finding.claim)),
    parts.length > 1
      ? element(
          "ul",
          { class: "parts" },
          parts.map((part) => element("li", {}, signed(part))),
        )
      : element("p", {}, sentence(signed(tested ? finding.reason : capital(finding.reason)))),
    element(
      "details",
      {},
      element("summary", {}, "When it counts as held"),
      element("p", {}, capital(sentence(finding.rule))),
    ),
  );
}

// A true minus sign before numbers; options keep their hyphens.
function signed(text) {
  return text.replace(/(^|[\s[])-(?=\d)/g, "$1\u2212");
}

function paperSection() {
  const [table] = model.reproduction.tables;
  return [
    meansTable(table),
    element("p", { class: "note" }, model.reproduction.paper),
    figure({
      title: "Ours beside the paper's",
      legend: modelLegend(table),
      caption:
        "Points are means over seeds, lines their 95 % t intervals; the paper gives none for its own. Axes do not start at zero and differ between panels: compare the order of models within a panel, not sizes between panels.",
      panels: table.measures.map((measure, at) =>
        meansPanel(
          measure,
          table.rows.map((row) => row.name),
          table.rows.map((row) => row.figures[at]),
          table.rows.map((_, place) => place),
        ),
      ),
      table: numbersOf(table),
    }),
  ];
}

function moreSection() {
  return model.reproduction.tables
    .slice(1)
    .map((table) =>
      element("div", { class: "group" }, element("h3", {}, table.title), measuresTable(table)),
    );
}

// The first table's measures of every run.
function runSection() {
  const { runs, measures, tables } = model.reproduction;
  const shown = tables[0].measures.filter((measure) => !measure.paper);
  const places = shown.map((measure) => measures.findIndex((each) => each.id === measure.id));
  return [
    figure({
      title: "Every seed",
      legend: modelLegend(tables[0]),
      caption:
        "Each row is a training run; lines are 95 % intervals over inputs where there are any. All figures of all runs are in the data.",
      panels: shown.map((measure, at) =>
        meansPanel(
          measure,
          runs.map((run) => run.name),
          runs.map((run) => run.figures[places[at]]),
          runs.map((run) => run.model),
        ),
      ),
      table: {
        columns: ["run", "measure", ...ESTIMATE_COLUMNS],
        rows: () =>
          runs.flatMap((run) =>
            measures.flatMap((measure, at) =>
              run.figures[at]
                ? [[run.name, measure.title, ...estimateCells(run.figures[at])]]
                : [],
            ),
          ),
      },
    }),
  ];
}

function modelLegend(table) {
  return swatches(
    table.rows.map((row, index) => ({ name: row.name, index, shape: "box" })),
  );
}

function numbersOf(table) {
  return {
    columns: ["model", "measure", ...ESTIMATE_COLUMNS],
    rows: () =>
      table.rows.flatMap((row) =>
        table.measures.map((measure, at) => [
          row.name,
          measure.title,
          ...estimateCells(row.figures[at]),
        ]),
      ),
  };
}

// A row per model.
function meansTable(table) {
  const decimals = decimalsOfAll(table);
  return framed(
    table,
    [
      element("th", { scope: "col" }, "Model"),
      table.measures.map((measure) =>
        element(
          "th",
          { scope: "col", class: measure.paper ? "number paper" : "number" },
          measure.title,
          element("small", {}, measure.meaning),
        ),
      ),
      element("th", { scope: "col", class: "number" }, "Seeds"),
    ],
    table.rows.map((row, index) => [
      element("th", { scope: "row" }, modelName(row, index)),
      table.measures.map((measure, at) => figureCell(measure, row.figures[at], decimals[at])),
      element("td", { class: "number" }, String(row.seeds)),
    ]),
  );
}

// A row per measure, where there are many.
function measuresTable(table) {
  const decimals = decimalsOfAll(table);
  return framed(
    table,
    [
      element("th", { scope: "col" }, "Figure"),
      table.rows.map((row, index) =>
        element("th", { scope: "col", class: "number" }, modelName(row, index)),
      ),
    ],
    table.measures.map((measure, at) => [
      element(
        "th",
        { scope: "row", class: "measure" },
        measure.title,
        element("small", {}, measure.meaning),
      ),
      table.rows.map((row) => figureCell(measure, row.figures[at], decimals[at])),
    ]),
  );
}

function framed(table, head, rows) {
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": table.title },
    element(
      "table",
      { class: "summary means" },
      element("thead", {}, element("tr", {}, head)),
      element(
        "tbody",
        {},
        rows.map((row) => element("tr", {}, row)),
      ),
    ),
  );
}

function modelName(row, index) {
  return swatches([{ name: row.name, index, shape: "box" }]);
}

function figureCell(measure, estimate, digits) {
  if (!estimate) return element("td", { class: "number" }, "\u2013");
  return element(
    "td",
    { class: measure.paper ? "number paper" : "number" },
    measure.paper ? plain(estimate.value) : fixed(estimate.value, digits),
    estimate.low !== null && estimate.low < estimate.high
      ? element("small", {}, `[${fixed(estimate.low, digits)}, ${fixed(estimate.high, digits)}]`)
      : null,
  );
}

function decimalsOfAll(table) {
  return table.measures.map((_, at) => decimalsOf(table.rows.map((row) => row.figures[at])));
}

// Two digits of the narrowest interval of a column; without any, three of its largest number.
function decimalsOf(column) {
  const present = column.filter((estimate) => estimate);
  const halves = present
    .filter((estimate) => estimate.low !== null && estimate.high > estimate.low)
    .map((estimate) => (estimate.high - estimate.low) / 2);
  const largest = Math.max(...present.map((estimate) => Math.abs(estimate.value)), 0);
  const wanted = halves.length
    ? 1 - Math.floor(Math.log10(Math.min(...halves)))
    : largest === 0
      ? 0
      : 2 - Math.floor(Math.log10(largest));
  return Math.min(Math.max(wanted, 0), 4);
}

function fixed(value, digits) {
  const text = value.toFixed(digits);
  return minus(/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);
}

// An axis with room for points that would stand at its ends.
function roomy(extent, estimates) {
  const near = (end) =>
    estimates.some(
      (each) => each && Math.abs(each.value - end) < (extent.max - extent.min) / 50,
    );
  return {
    ...extent,
    min: near(extent.min) ? extent.min - extent.interval : extent.min,
    max: near(extent.max) ? extent.max + extent.interval : extent.max,
  };
}

// Points in the colours of their models.
function meansPanel(measure, names, estimates, places) {
  const rows = names.map((label, at) => ({ label, marks: [estimates[at]] }));
  const text = names.map(
    (name, at) => `${name} ${estimates[at] ? estimateText(estimates[at]) : "undefined"}`,
  );
  const panel = barsPanel({
    title: measure.title,
    alt: `${measure.title}, ${measure.meaning}: ${text.join("; ")}.`,
    axis: measure.paper ? "the paper's" : "",
    extent: roomy(extentOf(estimates, false), estimates),
    rowHeight: 26,
    rows,
    series: [{ name: measure.title, shape: "point", index: 0 }],
  });
  const single = panel.option;
  panel.option = (colours, width) => {
    const option = single(colours, width);
    option.series = rows.flatMap((row, at) =>
      row.marks[0]
        ? [
            {
              ...option.series[0],
              data: [markData(at, row.marks[0])],
              renderItem: (params, api) =>
                mark(params, api, {
                  colours,
                  each: { shape: "point", index: places[at] },
                  lane: 0,
                  lanes: 1,
                  rows,
                }),
            },
          ]
        : [],
    );
    return option;
  };
  return panel;
}

function timeSection() {
  const { times } = model.reproduction;
  if (!times.length) return [element("p", { class: "missing" }, "No times were kept.")];
  const whole = times.reduce((sum, each) => sum + each.seconds, 0);
  return [
    element(
      "div",
      { class: "scroll" },
      dataTable(
        ["work", "runs", "seconds", "share, %"],
        times.map((each) => [
          each.what,
          each.runs,
          Number(each.seconds.toFixed(1)),
          Math.round((100 * each.seconds) / whole),
        ]),
      ),
    ),
    element(
      "p",
      { class: "note" },
      `${plain(Number((whole / 60).toFixed(1)))} minutes together. What a kill took with it is not counted.`,
    ),
  ];
}
