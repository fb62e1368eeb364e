// Along the layers: where a factor can be read, and where it has an effect.

function profileSection() {
  const { present, absent } = having("profile", "PROFILE", (part) => part.factors.length);
  if (!present.length) return absent;
  const kinds = [
    ["readable", "readable (R\u00b2 of a linear probe)"],
    ["effective", "causally effective"],
  ];
  const all = (key) =>
    present.flatMap(({ part }) => part.factors.flatMap((factor) => factor[key]));
  const factors = [
    ...new Set(present.flatMap(({ part }) => part.factors.map((factor) => factor.name))),
  ];
  return [
    figure({
      title: "Where a factor becomes readable, and where effective",
      legend: element(
        "div",
        { class: "legend" },
        factors.map((name, index) => lineSwatch(name, index)),
      ),
      caption: `Sites in the order of computation. Readable: R\u00b2, held out, of a linear probe of the factor on the site's activations. Effective: ${said(present, "effect")}. ${counts(
        [...all("readable"), ...all("effective")],
        "inputs",
      )} (${seed}); 95 % intervals are under the pointer and in the data. All panels of a kind share one axis.`,
      layout: "pairs",
      panels: present.flatMap(({ part, name }) =>
        kinds.map(([key, label]) =>
          profilePanel({
            title: `${name}, ${label}`,
            part,
            key,
            factors,
            extent: extentOf(all(key), true),
          }),
        ),
      ),
      table: {
        columns: ["variant", "factor", "site", "kind", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.factors.flatMap((factor) =>
              kinds.flatMap(([key]) =>
                factor[key].map((estimate, at) => [
                  name,
                  factor.name,
                  part.sites[at],
                  key,
                  ...estimateCells(estimate),
                ]),
              ),
            ),
          ),
      },
    }),
    absent,
  ];
}

function profilePanel({ title, part, key, factors, extent }) {
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 8, right: 16, top: 14, bottom: 8, containLabel: true },
    xAxis: nameAxis(colours, part.sites, {
      axisLabel: {
        color: colours.ink,
        rotate: width < 420 ? 75 : 60,
        interval: width < 420 ? "auto" : 0,
        fontSize: 11,
        width: 130,
        overflow: "truncate",
      },
    }),
    yAxis: valueAxis(colours, "", extent),
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "axis",
      axisPointer: { lineStyle: { color: colours.muted } },
      formatter: (hits) =>
        tip(
          part.sites[hits[0].dataIndex],
          hits.map(
            (hit) =>
              `${hit.seriesName}: ${estimateText(part.factors[hit.seriesIndex][key][hit.dataIndex])}`,
          ),
        ),
    },
    series: part.factors.map((factor) => {
      const index = factors.indexOf(factor.name);
      return {
        type: "line",
        name: factor.name,
        data: factor[key].map((estimate) => estimate.value),
        showSymbol: true,
        symbolSize: 5,
        connectNulls: false,
        itemStyle: { color: seriesColour(colours, index) },
        lineStyle: {
          width: 1.8,
          color: seriesColour(colours, index),
          type: DASHES[index % DASHES.length],
        },
      };
    }),
  });
  const most = (factor) =>
    factor[key].reduce(
      (best, estimate, at) =>
        (estimate.value ?? -Infinity) > (factor[key][best].value ?? -Infinity) ? at : best,
      0,
    );
  return {
    title,
    height: () => 300,
    option,
    alt: `${title}: ${part.factors.map((factor) => `${factor.name} most at ${part.sites[most(factor)]} (${plain(factor[key][most(factor)].value)})`).join("; ")}.`,
  };
}
