// What a latent does: its strength, the factors it moves, the places it reaches.

function strengthSection() {
  const { present, absent } = having(
    "effectStrength",
    "EFFECT_STRENGTH",
    (part) => part.units.length,
  );
  if (!present.length) return absent;
  const all = present.flatMap(({ part }) =>
    part.units.flatMap((unit) => [unit.effect, unit.untrained]),
  );
  const extent = extentOf(all, true);
  const nulls = present.some(({ part }) => part.units.some((unit) => unit.untrained));
  const panels = present.map(({ part, name, index }) =>
    barsPanel({
      title: name,
      alt: `Causal effect strength of ${name}: ${part.units.map((unit) => `${unit.name} ${estimateText(unit.effect)}`).join("; ")}.`,
      axis: "L2 change of the image",
      extent,
      rowHeight: 26,
      rows: part.units.map((unit) => ({
        label: unit.name,
        marks: [unit.effect, unit.untrained],
        weak: !unit.active,
      })),
      series: [
        { name: "trained", shape: "bar", index },
        ...(nulls ? [{ name: "untrained", shape: "tick" }] : []),
      ],
    }),
  );
  return [
    figure({
      title: "Causal effect strength of each latent",
      legend: swatches([
        { name: "trained, with 95 % interval", muted: true, shape: "bar" },
        { name: "inactive latent", muted: true, shape: "pale" },
        ...(nulls ? [{ name: "same latent, untrained model", muted: true, shape: "tick" }] : []),
      ]),
      caption:
        `Mean L2 norm of the change of the output image when one latent is set (${said(present, "interventions")}). ${counts(all, "base inputs")}; intervals: ${said(present, "interval")}. All panels share one axis.` +
        (nulls
          ? " A norm is never negative, so it is read against the untrained model, the null."
          : ""),
      panels,
      table: {
        columns: [
          "variant",
          "latent",
          "active",
          ...ESTIMATE_COLUMNS,
          "untrained value",
          "untrained low",
          "untrained high",
          "untrained n",
        ],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.units.map((unit) => [
              name,
              unit.name,
              unit.active ? "yes" : "no",
              ...estimateCells(unit.effect),
              ...estimateCells(unit.untrained),
            ]),
          ),
      },
    }),
    absent,
  ];
}

const FACTOR_KINDS = {
  ORACLE: {
    title: "Which factor a latent moves, against re-rendered images (F)",
    unit: "F, 0 = unrelated, 1 = exactly the change of that factor",
    text: "Each cell is the mean over base inputs of the best squared cosine between the change a latent makes to the image and the change the renderer makes for one factor; changes that point apart count as 0.",
  },
  READ_OUT: {
    title: "Which factor a latent moves, by a factor probe (F)",
    unit: "F, standard deviations of the factor",
    text: "Each cell is the change of a factor probe's reading of the output when the latent is set, in standard deviations of the factor.",
  },
  ENCODING: {
    title: "Which latent a factor moves (G)",
    unit: "G, standard deviations of the latent's mean",
    text: "Each cell is the mean change of the latent's mean when one factor alone is re-rendered and the others are held, in standard deviations.",
  },
};

function factorSection() {
  const { present, absent } = having("factors", "FACTORS", (part) => part.length);
  const kinds = Object.keys(FACTOR_KINDS).filter((kind) =>
    present.some(({ part }) => part.some((map) => map.kind === kind)),
  );
  return [kinds.map((kind) => factorFigure(kind, present)), absent];
}

function factorFigure(kind, present) {
  const { title, unit, text } = FACTOR_KINDS[kind];
  const maps = present.flatMap(({ part, name }) =>
    part.filter((map) => map.kind === kind).map((map) => ({ map, name })),
  );
  const range = rangeOf(maps.flatMap(({ map }) => map.values.values)) || [0, 1];
  const scaled = scale(Math.min(range[0], 0), kind === "ORACLE" ? 1 : range[1], range[0] < 0);
  const tested = maps.some(({ map }) => map.adjustedP);
  const intervals = maps.some(({ map }) => map.low);
  const cell = (grid, row, column) => (grid ? grid.values[row * grid.columns + column] : null);
  const small = (map, row, column) => {
    const p = cell(map.adjustedP, row, column);
    return p !== null && p < 0.05;
  };
  return figure({
    title,
    legend: scaleLegend(scaled, unit),
    caption:
      `${text} ${counts(
        maps.map(({ map }) => map),
        "base inputs",
      )} (${seed}). One colour scale for all panels.` +
      (tested
        ? " * marks p < 0.05 after the false discovery rate correction over all cells of a panel."
        : "") +
      (intervals ? " The 95 % intervals are in the data and under the pointer." : ""),
    panels: maps.map(({ map, name }) =>
      cellsPanel({
        title: name,
        alt: `${title}, ${name}: ${map.latents.map((latent, row) => strongest(map, row, latent)).join("; ")}.`,
        grid: map.values,
        rowNames: map.latents,
        columnNames: map.factors,
        scaled,
        marked: (row, column) => small(map, row, column),
        note: (row, column) =>
          [
            plain(cell(map.values, row, column)) +
              (map.low
                ? ` [${plain(cell(map.low, row, column))}, ${plain(cell(map.high, row, column))}]`
                : ""),
            map.adjustedP ? `adjusted p = ${plain(cell(map.adjustedP, row, column))}` : "",
            `n = ${grouped(map.n)}`,
          ].filter((line) => line),
      }),
    ),
    table: {
      columns: ["variant", "latent", "factor", ...ESTIMATE_COLUMNS, "adjusted p"],
      rows: () =>
        maps.flatMap(({ map, name }) =>
          map.latents.flatMap((latent, row) =>
            map.factors.map((factor, column) => [
              name,
              latent,
              factor,
              cell(map.values, row, column),
              cell(map.low, row, column),
              cell(map.high, row, column),
              map.n,
              cell(map.adjustedP, row, column),
            ]),
          ),
        ),
    },
  });
}

function strongest(map, row, latent) {
  const values = map.values.values.slice(row * map.values.columns, (row + 1) * map.values.columns);
  const at = values.reduce(
    (best, value, place) =>
      value !== null && (best < 0 || Math.abs(value) > Math.abs(values[best])) ? place : best,
    -1,
  );
  return at < 0
    ? `${latent} undefined`
    : `${latent} most ${map.factors[at]} (${plain(values[at])})`;
}

function placeSection(key, section, title, lead) {
  const { present, absent } = having(key, section, (part) => part.maps.length);
  if (!present.length) return absent;
  const range = rangeOf(
    present.flatMap(({ part }) => part.maps.flatMap((map) => map.values.values)),
  ) || [0, 1];
  const scaled = scale(Math.min(0, range[0]), range[1], range[0] < 0);
  return [
    figure({
      title,
      legend: scaleLegend(scaled, said(present, "quantity")),
      caption: `${lead} ${capital(sentence(said(present, "note")))} The number under a map is its largest value. ${counts(
        present.map(({ part }) => part),
        "base inputs",
      )} (${seed}). One colour scale for all maps; means, without intervals.`,
      layout: "stacked",
      panels: present.map(({ part, name }) =>
        pixelsPanel({
          title: name,
          wide: true,
          maps: part.maps,
          scaled,
          alt: `${title}, ${name}: ${part.maps.map((map) => peak(map)).join("; ")}.`,
        }),
      ),
      table: {
        columns: ["variant", "unit", "row", "column", "value"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.maps.flatMap((map) =>
              map.values.values.map((value, at) => [
                name,
                map.unit,
                Math.floor(at / map.values.columns),
                at % map.values.columns,
                value,
              ]),
            ),
          ),
      },
    }),
    absent,
  ];
}

function peak(map) {
  const range = rangeOf(map.values.values);
  if (!range) return `${map.unit} undefined`;
  const at = map.values.values.indexOf(range[1]);
  return `${map.unit} at most ${plain(range[1])} at row ${Math.floor(at / map.values.columns)}, column ${at % map.values.columns}`;
}
