// A screen by gradients against the exact patches of what it kept and of a sample of the rest.

function attributionSection() {
  const { present, absent } = having("attributions", "ATTRIBUTION", (part) => part.length);
  if (!present.length) return absent;
  const kinds = [
    [true, "kept by the screen"],
    [false, "drawn for the audit"],
  ];
  const missed = present.flatMap(({ part, name }) =>
    part.map(
      (page) =>
        `${name}, ${page.factor}, ${grouped(page.units)} units: ${estimateText(page.missed)}`,
    ),
  );
  const read = present.flatMap(({ part, name }) =>
    part.map((page) => `${name}, ${page.factor}: ${estimateText(page.probe)}`),
  );
  const exact = present.flatMap(({ part }) =>
    part.flatMap((page) => page.patched.map((unit) => unit.exact)),
  );
  return [
    figure({
      title: "Attribution patching against exact patches",
      legend: swatches(kinds.map(([, name], index) => ({ name, index, shape: "box" }))),
      caption: `Each point is a unit: its mean absolute first-order effect on the factor's reading against that of the exact patch, in standard deviations of the factor; on the line both agree; both axes are logarithmic, and units without effect are in the data alone; ${counts(exact, "pairs of inputs")}. Sites that hold one value, such as a layer before and after its activation, count once. The screen is only a screen: what it did not keep was patched in a random sample. Missed by it, as a share of the effect of all units: ${listed(missed)} (95 % interval, ${seed}; n counts the sample). R\u00b2 of what reads the factor, held out: ${listed(read)}.`,
      layout: "squares",
      panels: present.flatMap(({ part, name }) =>
        part.map((page) => attributionPanel(`${name}, ${page.factor}`, page, kinds)),
      ),
      table: {
        columns: ["variant", "factor", "site", "unit", "kept", "attribution", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.flatMap((page) =>
              page.patched.map((unit) => [
                name,
                page.factor,
                unit.site,
                unit.name,
                unit.kept ? "yes" : "no",
                unit.attribution,
                ...estimateCells(unit.exact),
              ]),
            ),
          ),
      },
    }),
    absent,
  ];
}

function attributionPanel(title, page, kinds) {
  const shown = page.patched
    .map((unit, at) => [unit.attribution, unit.exact.value, at])
    .filter(([attribution, exact]) => attribution > 0 && exact > 0);
  const range = rangeOf(shown.flatMap(([attribution, exact]) => [attribution, exact])) ?? [0.1, 1];
  const extent = {
    type: "log",
    min: 10 ** Math.floor(Math.log10(range[0])),
    max: 10 ** Math.ceil(Math.log10(range[1])),
  };
  const powers = {
    formatter: (value) =>
      value < 1e-3 ? `1e\u2212${Math.round(-Math.log10(value))}` : plain(Number(value.toPrecision(6))),
  };
  const option = (colours) => ({
    ...baseOption(colours),
    grid: { left: 30, right: 20, top: 16, bottom: 24, containLabel: true },
    xAxis: valueAxis(colours, "attribution, sd", extent, powers),
    yAxis: valueAxis(colours, "exact, sd", { ...extent, nameGap: 52 }, powers),
    tooltip: {
      ...baseOption(colours).tooltip,
      formatter: (hit) => {
        const unit = page.patched[hit.data[2]];
        return tip(`${unit.site}/${unit.name}`, [
          `attribution ${plain(unit.attribution)}`,
          `exact ${estimateText(unit.exact)}`,
        ]);
      },
    },
    series: [
      {
        type: "line",
        silent: true,
        symbol: "none",
        tooltip: { show: false },
        data: [
          [extent.min, extent.min],
          [extent.max, extent.max],
        ],
        lineStyle: { color: colours.muted, width: 1, type: "dashed" },
      },
      ...kinds.map(([kept, name], index) => ({
        type: "scatter",
        name,
        symbolSize: 6,
        itemStyle: { color: seriesColour(colours, index), opacity: 0.7 },
        data: shown.filter((point) => page.patched[point[2]].kept === kept),
      })),
    ],
  });
  const best = page.patched[0];
  return {
    title,
    height: (width) => Math.max(260, Math.min(width, 360)),
    option,
    alt: `${title}: ${page.patched.length} units patched exactly${best ? `, the screen's first ${best.site}/${best.name} at ${plain(best.exact.value)}` : ""}.`,
  };
}
