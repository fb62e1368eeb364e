// One quantity over training steps, one line per variant.

// lines: [{name, index, points: [[step, value]]}]
function linesPanel({ title, alt, lines, unit }) {
  const frame = frameOf(lines);
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 8, right: 26, top: 30, bottom: 22, containLabel: true },
    // The last step is seldom round: its label would run into its neighbour's.
    xAxis: valueAxis(
      colours,
      "training step",
      {
        min: "dataMin",
        max: "dataMax",
        splitNumber: width < 420 ? 3 : 5,
        splitLine: { show: false },
        axisLine: { onZero: false, lineStyle: { color: colours.rule } },
      },
      { showMaxLabel: false },
    ),
    yAxis: valueAxis(colours, unit + (frame ? ", start cut off" : ""), {
      ...(frame || {}),
      scale: true,
      nameLocation: "end",
      nameGap: 12,
      nameTextStyle: { color: colours.muted, align: "left", padding: [0, 0, 0, -30] },
      axisLine: { show: false },
      splitNumber: 4,
    }),
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "axis",
      axisPointer: { lineStyle: { color: colours.muted } },
      formatter: (hits) =>
        tip(
          `step ${grouped(hits[0].data[0])}`,
          hits.map((hit) => `${hit.seriesName}: ${plain(hit.data[1])}`),
        ),
    },
    series: lines.map((line) => ({
      type: "line",
      name: line.name,
      data: line.points,
      showSymbol: line.points.length < 3,
      symbolSize: 5,
      connectNulls: false,
      itemStyle: { color: seriesColour(colours, line.index) },
      lineStyle: {
        width: 1.8,
        color: seriesColour(colours, line.index),
        type: DASHES[line.index % DASHES.length],
      },
    })),
  });
  return { title, alt, height: () => 220, option };
}

// The first quarter of a training run often dwarfs what follows. When it does, the frame holds the
// rest, and the axis says so; null when the whole run fits well.
function frameOf(lines) {
  const last = Math.max(...lines.map((line) => line.points.at(-1)[0]));
  const all = rangeOf(lines.flatMap((line) => line.points.map((point) => point[1])));
  const late = rangeOf(
    lines.flatMap((line) =>
      line.points.filter((point) => point[0] >= last / 4).map((point) => point[1]),
    ),
  );
  if (!late || late[1] === late[0] || all[1] - all[0] < 4 * (late[1] - late[0])) return null;
  const interval = tickStep((late[1] - late[0]) / 4);
  return {
    min: Math.floor(late[0] / interval) * interval,
    max: Math.ceil(late[1] / interval) * interval,
    interval,
  };
}
