// The table of all variants, and its figures beside each other.

function summarySection() {
  const { columns, rows } = model.table;
  const table = element(
    "table",
    { class: "summary" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        columns.map((column) =>
          element(
            "th",
            { scope: "col", class: column.numeric ? "number" : null },
            column.name,
            column.meaning ? element("small", {}, column.meaning) : null,
          ),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map((row, at) =>
        element(
          "tr",
          {},
          row.map((cell, place) =>
            place === 0
              ? element(
                  "th",
                  { scope: "row" },
                  swatches([{ name: cell.value, index: at, shape: "box" }]),
                )
              : element(
                  "td",
                  { class: "number" },
                  cell.value === "-" ? "\u2013" : minus(cell.value),
                  cell.interval ? element("small", {}, minus(cell.interval)) : null,
                ),
          ),
        ),
      ),
    ),
  );
  const measures = [
    ["causalEffectStrength", "Causal effect strength", "L2 norm"],
    ["spatialSpecificity", "Specificity, spatial", "0 to 1"],
    ["semanticSpecificity", "Specificity, semantic", "0 to 1"],
    ["circuitModularity", "Circuit modularity", "0 to 1"],
    ["mutualInformationGap", "MIG", "0 to 1"],
    ["elbo", "ELBO", "nats per image"],
  ].filter(([key]) =>
    model.variants.some(
      (variant) => variant.summary[key] !== null && variant.summary[key].value !== null,
    ),
  );
  const panels = measures.map(([key, title, unit]) => {
    const estimates = model.variants.map((variant) => variant.summary[key]);
    const line = model.variants.map(
      (variant, at) =>
        `${variant.name} ${estimates[at] ? estimateText(estimates[at]) : "not computed"}`,
    );
    return manyPoints({
      title,
      alt: `${title} of each variant: ${line.join("; ")}.`,
      estimates,
      axis: unit,
    });
  });
  return [
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": "Summary table" },
      table,
    ),
    element(
      "p",
      { class: "note" },
      "Brackets hold 95 % intervals; a dash is a figure that was not computed.",
    ),
    model.variants.some((variant) => variant.description)
      ? element(
          "dl",
          { class: "variants" },
          model.variants.flatMap((variant) => [
            element("dt", {}, variant.name),
            element("dd", {}, variant.description),
          ]),
        )
      : null,
    panels.length
      ? figure({
          title: "The variants side by side",
          caption: `Each point is the figure of the table, each line its 95 % interval (${seed}). Axes do not start at zero and differ between panels: compare within a panel. Specificity and modularity, which few inputs bias upwards, are less that bias. Where intervals overlap, the order of two variants is not settled.`,
          panels,
          table: {
            columns: ["variant", "measure", ...ESTIMATE_COLUMNS],
            rows: () =>
              model.variants.flatMap((variant) =>
                measures.map(([key, title]) => [
                  variant.name,
                  title,
                  ...estimateCells(variant.summary[key]),
                ]),
              ),
          },
        })
      : null,
  ];
}

function minus(text) {
  return text.replace(/(^|[\s[])-/g, "$1\u2212");
}

// Points of all variants, each in its own colour.
function manyPoints({ title, alt, estimates, axis }) {
  const panel = barsPanel({
    title,
    alt,
    axis,
    extent: extentOf(estimates, false),
    rowHeight: 26,
    rows: model.variants.map((variant, at) => ({ label: variant.name, marks: [estimates[at]] })),
    series: [{ name: title, shape: "point", index: 0 }],
  });
  const single = panel.option;
  panel.option = (colours, width) => {
    const option = single(colours, width);
    const render = (index) => (params, api) =>
      mark(params, api, {
        colours,
        each: { shape: "point", index },
        lane: 0,
        lanes: 1,
        rows: model.variants,
      });
    option.series = model.variants.flatMap((variant, at) =>
      estimates[at]
        ? [{ ...option.series[0], data: [markData(at, estimates[at])], renderItem: render(at) }]
        : [],
    );
    return option;
  };
  return panel;
}
