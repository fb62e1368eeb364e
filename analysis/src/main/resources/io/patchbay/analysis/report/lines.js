// One quantity over training steps, one line per variant.

// lines: [{name, index, points: [[step, value]]}]
function linesPanel({ title, alt, lines, unit }) {
  const values = rangeOf(lines.flatMap((line) => line.points.map((point) => point[1])));
  // A loss that falls by two orders of magnitude is a flat line on an even axis.
  const logarithmic = values !== null && values[0] > 0 && values[1] / values[0] > 50;
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 10, right: 18, top: 30, bottom: 44, containLabel: true },
    xAxis: valueAxis(colours, "training step", { min: "dataMin", max: "dataMax", splitNumber: width < 420 ? 3 : 5, splitLine: { show: false } }),
    yAxis: valueAxis(colours, unit + (logarithmic ? " (log scale)" : ""), {
      type: logarithmic ? "log" : "value", scale: true, nameLocation: "end", nameGap: 12,
      nameTextStyle: { color: colours.muted, align: "left", padding: [0, 0, 0, -30] }, axisLine: { show: false }, splitNumber: 4,
    }),
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "axis",
      axisPointer: { lineStyle: { color: colours.muted } },
      formatter: (hits) => tip(`step ${grouped(hits[0].data[0])}`, hits.map((hit) => `${hit.seriesName}: ${plain(hit.data[1])}`)),
    },
    series: lines.map((line) => ({
      type: "line",
      name: line.name,
      data: line.points,
      showSymbol: line.points.length < 3,
      symbolSize: 5,
      connectNulls: false,
      itemStyle: { color: seriesColour(colours, line.index) },
      lineStyle: { width: 1.8, color: seriesColour(colours, line.index), type: DASHES[line.index % DASHES.length] },
    })),
  });
  return { title, alt, height: () => 230, option };
}
