// Along the layers: where a factor can be read, and where it has an effect, in one plot per factor.

const CURVES = [
  { key: "readable", name: "readable", symbol: "circle" },
  { key: "effective", name: "causally effective", symbol: "diamond" },
];

function profileSection() {
  const { present, absent } = having("profile", "PROFILE", (part) => part.factors.length);
  if (!present.length) return absent;
  const all = (key) =>
    present.flatMap(({ part }) =>
      part.factors.flatMap((factor) => factor[key].filter((estimate) => estimate.value !== null)),
    );
  const number = (key, of) => (all(key).length ? `, ${counts(all(key), of)}` : "");
  const classes = present.some(({ part }) =>
    part.factors.some((factor) => factor.measure === "accuracy"),
  );
  return [
    figure({
      title: "Where a factor becomes readable, and where effective",
      legend: element(
        "div",
        { class: "legend" },
        CURVES.map((curve, index) => lineSwatch(curve.name, index)),
      ),
      caption: `Sites in the order of computation, from the image to the reconstruction; one panel per factor. Readable (left axis): how well a linear probe reads the factor from the activations of the whole site, R\u00b2${classes ? ", or for a factor of classes the share read rightly (dotted: what the most frequent class alone would reach)" : ""}${number("readable", "inputs that the probe did not see")}. Causally effective (right axis): ${said(present, "effect")}${number("effective", "pairs of inputs")}; the unit was chosen on other inputs. On either axis 1 is the whole factor; all panels share them. Lines across the curves are 95 % intervals (${seed}).`,
      layout: "pairs",
      panels: present.flatMap(({ part, name }) =>
        part.factors.map((factor) =>
          profilePanel({
            title: `${name}, ${factor.name}`,
            sites: part.sites,
            factor,
            extent: extentOf([...all("readable"), ...all("effective")], true, 7),
          }),
        ),
      ),
      table: {
        columns: ["variant", "factor", "site", "kind", "measure", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.factors.flatMap((factor) =>
              CURVES.flatMap(({ key }) =>
                factor[key].map((estimate, at) => [
                  name,
                  factor.name,
                  part.sites[at],
                  key,
                  key === "readable" ? factor.measure : "effect",
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

function profilePanel({ title, sites, factor, extent }) {
  const measure = (key) => (key === "readable" ? factor.measure : "effect, sd");
  const atEnd = (colours, align) => ({
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { color: colours.muted, align },
  });
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 8, right: 8, top: 30, bottom: 8, containLabel: true },
    xAxis: nameAxis(colours, sites, {
      axisLabel: {
        color: colours.ink,
        rotate: width < 420 ? 75 : 60,
        interval: 0,
        fontSize: width < 420 ? 10 : 11,
        width: 130,
        overflow: "truncate",
      },
    }),
    yAxis: [
      valueAxis(colours, measure("readable"), { ...extent, ...atEnd(colours, "left") }),
      valueAxis(colours, measure("effective"), {
        ...extent,
        ...atEnd(colours, "right"),
        position: "right",
        splitLine: { show: false },
      }),
    ],
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "axis",
      axisPointer: { lineStyle: { color: colours.muted } },
      formatter: (hits) =>
        tip(
          sites[hits[0].dataIndex],
          CURVES.map(
            ({ key, name }) =>
              `${name} (${measure(key)}): ${key === "effective" && factor[key][hits[0].dataIndex].value === null ? "not asked here" : estimateText(factor[key][hits[0].dataIndex])}`,
          ),
        ),
    },
    series: CURVES.flatMap((curve, index) => profileCurve(colours, factor, curve, index)),
  });
  return { title, height: () => 300, option, alt: profileText(title, sites, factor) };
}

// The line of a curve, and its intervals over it.
function profileCurve(colours, factor, { key, name, symbol }, index) {
  const colour = seriesColour(colours, index);
  const chance = key === "readable" && factor.measure === "accuracy";
  return [
    {
      type: "line",
      name,
      yAxisIndex: index,
      data: factor[key].map((estimate) => estimate.value),
      showSymbol: true,
      symbol,
      symbolSize: 7,
      connectNulls: false,
      itemStyle: { color: colour },
      lineStyle: { width: 1.8, color: colour, type: DASHES[index] },
      markLine: chance
        ? {
            silent: true,
            symbol: "none",
            label: { show: false },
            lineStyle: { color: colours.muted, type: "dotted", width: 1.4 },
            data: [{ yAxis: factor.chance }],
          }
        : undefined,
    },
    {
      type: "custom",
      name,
      yAxisIndex: index,
      silent: true,
      encode: { x: 0, y: [1, 2] },
      data: factor[key].flatMap((estimate, at) =>
        estimate.value === null || estimate.low === null ? [] : [[at, estimate.low, estimate.high]],
      ),
      renderItem: (params, api) => {
        const [x, low] = api.coord([api.value(0), api.value(1)]);
        const high = api.coord([api.value(0), api.value(2)])[1];
        return {
          type: "line",
          shape: { x1: x, x2: x, y1: low, y2: high },
          style: { stroke: colour, lineWidth: 1.4 },
        };
      },
    },
  ];
}

function profileText(title, sites, factor) {
  const most = ({ key, name }) => {
    const at = factor[key].reduce(
      (best, estimate, place) =>
        (estimate.value ?? -Infinity) > (factor[key][best].value ?? -Infinity) ? place : best,
      0,
    );
    return `${name} most at ${sites[at]} (${plain(factor[key][at].value)})`;
  };
  return `${title}: ${CURVES.map(most).join("; ")}.`;
}
