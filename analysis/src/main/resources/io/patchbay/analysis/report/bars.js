// Values with their intervals, one row per thing: bars from zero, points, or ticks.

const FONT =
  "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif";

function baseOption(colours) {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 12, color: colours.ink },
    tooltip: {
      confine: true,
      backgroundColor: colours.panel,
      borderColor: colours.rule,
      textStyle: { color: colours.ink, fontSize: 12 },
      extraCssText: "box-shadow: 0 2px 8px rgba(0,0,0,.18); font-variant-numeric: tabular-nums;",
    },
  };
}

// A tooltip is a node, so that a name cannot be markup.
function tip(title, lines) {
  return element(
    "div",
    { class: "tip" },
    element("b", {}, title),
    lines.map((line) => element("div", {}, line)),
  );
}

function valueAxis(colours, name, extra, label) {
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { color: colours.muted, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: colours.rule } },
    axisTick: { show: true, lineStyle: { color: colours.rule } },
    axisLabel: {
      color: colours.muted,
      hideOverlap: true,
      formatter: (value) => plain(Number(value.toPrecision(6))),
      ...label,
    },
    splitLine: { lineStyle: { color: colours.rule, width: 0.6 } },
    ...extra,
  };
}

function nameAxis(colours, names, extra) {
  return {
    type: "category",
    data: names,
    axisLine: { onZero: false, lineStyle: { color: colours.rule } },
    axisTick: { show: false },
    axisLabel: { color: colours.ink, interval: 0, width: 120, overflow: "truncate" },
    ...extra,
  };
}

// rows: [{label, marks: [estimate or null, one per series], weak}]
// series: [{name, shape: "bar" | "point" | "tick", index}], ticks over the bar of the lane before.
function barsPanel({ title, alt, rows, series, axis, extent, wide, rowHeight }) {
  const lanes = series.filter((each) => each.shape !== "tick").length;
  const height = () => rows.length * (rowHeight || Math.max(24, lanes * 11 + 10)) + 48;
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 6, right: 22, top: 4, bottom: 22, containLabel: true },
    xAxis: valueAxis(colours, axis, extent),
    yAxis: nameAxis(
      colours,
      rows.map((row) => row.label),
      {
        inverse: true,
        axisLabel: {
          color: colours.ink,
          interval: 0,
          fontSize: width < 420 && wide ? 11 : 12,
          width: width < 420 ? (wide ? 140 : 108) : wide ? 210 : 150,
          overflow: "truncate",
        },
      },
    ),
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "item",
      formatter: (hit) => {
        const row = rows[hit.data[0]];
        return tip(
          row.label,
          series.map((each, at) =>
            row.marks[at]
              ? `${each.name}: ${estimateText(row.marks[at])}`
              : `${each.name}: not measured`,
          ),
        );
      },
    },
    series: series.map((each, at) => ({
      type: "custom",
      name: each.name,
      // A point on the frame is whole; all marks are within it.
      clip: each.shape !== "point",
      encode: { x: [1, 2, 3], y: 0 },
      data: rows.flatMap((row, place) => (row.marks[at] ? [markData(place, row.marks[at])] : [])),
      renderItem: (params, api) =>
        mark(params, api, { colours, each, lane: laneOf(series, at), lanes, rows }),
    })),
  });
  return { title, alt, height, option, wide };
}

function laneOf(series, at) {
  return Math.max(0, series.slice(0, at + 1).filter((each) => each.shape !== "tick").length - 1);
}

function markData(place, estimate) {
  const none = estimate.value === null;
  return [
    place,
    none ? 0 : estimate.value,
    estimate.low ?? estimate.value ?? 0,
    estimate.high ?? estimate.value ?? 0,
    none ? 1 : 0,
    estimate.low === null ? 1 : 0,
  ];
}

function mark(params, api, { colours, each, lane, lanes, rows }) {
  const row = api.value(0);
  const [x, middle] = api.coord([api.value(1), row]);
  const band = api.size([0, 1])[1];
  const slot = (band * 0.74) / lanes;
  const y = middle + (lane - (lanes - 1) / 2) * slot;
  const colour = each.shape === "tick" ? colours.muted : seriesColour(colours, each.index);
  if (api.value(4) === 1) {
    return {
      type: "text",
      style: {
        text: "undefined",
        x: api.coord([0, row])[0] + 4,
        y: y - 6,
        fill: colours.muted,
        font: `italic 11px ${FONT}`,
      },
    };
  }
  const weak = rows[row].weak;
  const low = api.coord([api.value(2), row])[0];
  const high = api.coord([api.value(3), row])[0];
  const zero = api.coord([0, row])[0];
  const stroke = { stroke: each.shape === "bar" ? colours.ink : colour, lineWidth: 1.4 };
  const whisker =
    api.value(5) === 1
      ? []
      : [
          { type: "line", shape: { x1: low, x2: high, y1: y, y2: y }, style: stroke },
          { type: "line", shape: { x1: low, x2: low, y1: y - 3, y2: y + 3 }, style: stroke },
          { type: "line", shape: { x1: high, x2: high, y1: y - 3, y2: y + 3 }, style: stroke },
        ];
  const thick = Math.max(3, Math.min(16, slot * 0.82));
  const body = {
    bar: () => [
      {
        type: "rect",
        shape: {
          x: Math.min(zero, x),
          y: y - thick / 2,
          width: Math.max(1, Math.abs(x - zero)),
          height: thick,
        },
        style: { fill: colour, opacity: weak ? 0.35 : 0.9 },
      },
      {
        type: "line",
        shape: { x1: zero, x2: zero, y1: middle - band / 2, y2: middle + band / 2 },
        style: { stroke: colours.muted, lineWidth: 1 },
      },
    ],
    point: () => [{ type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill: colour } }],
    tick: () => [
      {
        type: "line",
        shape: { x1: x, x2: x, y1: y - thick * 0.75, y2: y + thick * 0.75 },
        style: { stroke: colours.muted, lineWidth: 3 },
      },
    ],
  }[each.shape]();
  return { type: "group", children: [...body, ...whisker] };
}

// What an axis must span for these estimates, ending on its ticks, about so many apart; bars need
// their zero.
function extentOf(estimates, zero, ticks = 4) {
  const range = rangeOf(
    estimates.filter((each) => each).flatMap((each) => [each.value, each.low, each.high]),
  );
  if (!range) return { min: 0, max: 1, interval: 0.5 };
  const low = zero ? Math.min(range[0], 0) : range[0];
  const high = zero ? Math.max(range[1], 0) : range[1];
  const interval = tickStep((high - low || Math.abs(high) || 1) / ticks);
  const min = Math.floor(low / interval + 1e-9) * interval;
  return {
    min,
    max: Math.max(Math.ceil(high / interval - 1e-9) * interval, min + interval),
    interval,
  };
}

function tickStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * (1 - 1e-9));
}
