// Coloured cells: a table of latents and factors, or strips of units.

// grid: {rows, columns, values}; note(row, column) gives the tooltip's lines; marked(row, column).
function cellsPanel({ title, alt, grid, rowNames, columnNames, scaled, note, marked, wide }) {
  const height = () => grid.rows * 28 + 74;
  const at = (row, column) => grid.values[row * grid.columns + column];
  const data = [];
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columns; column++) data.push([column, row]);
  const option = (colours, width) => {
    const cell = Math.max(1, (width - 90) / grid.columns);
    const longest = Math.max(...columnNames.map((name) => name.length));
    const slanted = longest * 6.6 > cell;
    return {
      ...baseOption(colours),
      grid: { left: 6, right: 10, top: 8, bottom: 6, containLabel: true },
      xAxis: nameAxis(colours, columnNames, {
        axisLabel: {
          color: colours.ink,
          interval: 0,
          rotate: slanted ? 40 : 0,
          width: 110,
          overflow: "truncate",
        },
      }),
      yAxis: nameAxis(colours, rowNames, {
        inverse: true,
        axisLabel: {
          color: colours.ink,
          interval: 0,
          width: width < 420 ? 80 : 120,
          overflow: "truncate",
        },
      }),
      tooltip: {
        ...baseOption(colours).tooltip,
        formatter: (hit) =>
          tip(
            `${rowNames[hit.data[1]]}, ${columnNames[hit.data[0]]}`,
            note(hit.data[1], hit.data[0]),
          ),
      },
      series: [
        {
          type: "custom",
          data,
          renderItem: (params, api) => {
            const column = api.value(0);
            const row = api.value(1);
            const [x, y] = api.coord([column, row]);
            const [w, h] = api.size([1, 1]);
            const value = at(row, column);
            const fill = scaled.colour(value);
            const text =
              (value === null ? "\u2013" : twoPlaces(value)) + (marked(row, column) ? "*" : "");
            return {
              type: "group",
              children: [
                {
                  type: "rect",
                  shape: {
                    x: x - w / 2 + 0.5,
                    y: y - h / 2 + 0.5,
                    width: Math.max(w - 1, 1),
                    height: Math.max(h - 1, 1),
                  },
                  style: { fill: rgb(fill) },
                },
                w > 33 || (marked(row, column) && w > 9)
                  ? {
                      type: "text",
                      style: {
                        text: w > 33 ? text : "*",
                        x,
                        y,
                        align: "center",
                        verticalAlign: "middle",
                        fill: inkOn(fill),
                        font: `11px ${FONT}`,
                      },
                      silent: true,
                    }
                  : { type: "group", children: [] },
              ],
            };
          },
        },
      ],
    };
  };
  return { title, alt, height, option, wide };
}

// rows: [{name, cells: [{name, estimate}]}]; every row fills the width, however many cells it has.
function stripsPanel({ title, alt, rows, scaled, wide }) {
  const height = () => rows.length * 26 + 40;
  const data = (width) =>
    rows.flatMap((row, place) =>
      strongestPerSlot(row.cells, Math.max(width - 200, 100)).map((at, slot, slots) => [
        place,
        at,
        slot / slots.length,
        (slot + 1) / slots.length,
      ]),
    );
  const option = (colours, width) => ({
    ...baseOption(colours),
    grid: { left: 6, right: 12, top: 8, bottom: 20, containLabel: true },
    xAxis: valueAxis(colours, "units of a site in index order", {
      min: 0,
      max: 1,
      nameGap: 10,
      axisLabel: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
    }),
    yAxis: nameAxis(
      colours,
      rows.map((row) => `${row.name} (${row.cells.length})`),
      {
        inverse: true,
        axisLabel: {
          color: colours.ink,
          interval: 0,
          width: width < 420 ? 124 : 180,
          overflow: "truncate",
          fontSize: width < 420 ? 11 : 12,
        },
      },
    ),
    tooltip: {
      ...baseOption(colours).tooltip,
      formatter: (hit) => {
        const row = rows[hit.data[0]];
        const cell = row.cells[hit.data[1]];
        return tip(`${row.name}, ${cell.name}`, [estimateText(cell.estimate)]);
      },
    },
    series: [
      {
        type: "custom",
        encode: { y: 0 },
        dimensions: ["row", "cell", "left", "right"],
        data: data(width),
        progressive: 0,
        renderItem: (params, api) => {
          const row = rows[api.value(0)];
          const [left, middle] = api.coord([api.value(2), api.value(0)]);
          const right = api.coord([api.value(3), api.value(0)])[0];
          const tall = api.size([0, 1])[1] - 4;
          const gap = right - left > 4 ? 1 : 0;
          return {
            type: "rect",
            shape: {
              x: left,
              y: middle - tall / 2,
              width: Math.max(right - left - gap, 0.5),
              height: tall,
            },
            style: { fill: rgb(scaled.colour(row.cells[api.value(1)].estimate.value)) },
          };
        },
      },
    ],
  });
  return { title, alt, height, option, wide };
}

// The places of the cells to draw, at most one per slot: of the cells that share a slot, the one
// with the largest magnitude, because an average would hide a single strong unit among thousands.
function strongestPerSlot(cells, most) {
  const slots = Math.min(cells.length, Math.floor(most));
  const size = (at) => Math.abs(cells[at].estimate.value ?? 0);
  return Array.from({ length: slots }, (unused, slot) => {
    const end = Math.floor(((slot + 1) * cells.length) / slots);
    let best = Math.floor((slot * cells.length) / slots);
    for (let at = best + 1; at < end; at++) if (size(at) > size(best)) best = at;
    return best;
  });
}
