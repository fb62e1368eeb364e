// The causal graph of factors: what was learned from interventions, beside what is true.

function causeSection() {
  const { present, absent } = having("graph", "GRAPH", (part) => part.factors.length);
  if (!present.length) return absent;
  const range = rangeOf(present.flatMap(({ part }) => part.moved.values)) || [0, 1];
  const scaled = scale(0, range[1], false);
  const scored = present.filter(({ part }) => part.scores.length);
  return [
    figure({
      title: "Causal graph of the factors",
      caption: `An arrow says that setting one factor, through the latents that carry it, moves the read-out of the other; width is the effect in standard deviations. Dashed: significant, but gone when what could mediate it is held. Beside each, where it is known, the graph that made the data. ${counts(
        present.map(({ part }) => part),
        "base inputs",
      )} (${seed}). ${present.flatMap(({ part, name }) => part.notes.map((note) => sentence(`${name}: ${note}`))).join(" ")}`,
      panels: present.flatMap(({ part, name }) => [
        causePanel(`${name}, learned`, part.factors, learnedEdges(part)),
        ...(part.truth
          ? [
              causePanel(
                `${name}, true`,
                part.factors,
                part.truth.map((edge) => ({ ...edge, weight: 1, text: "true edge" })),
              ),
            ]
          : []),
      ]),
      table: {
        columns: ["variant", "from", "to", ...ESTIMATE_COLUMNS, "q", "direct"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.edges.map((edge) => [
              name,
              part.factors[edge.from],
              part.factors[edge.to],
              ...estimateCells(edge.effect),
              edge.q,
              edge.direct ? "yes" : "no",
            ]),
          ),
      },
    }),
    scored.length ? causeScores(scored) : null,
    figure({
      title: "Which latent a factor moves (G)",
      legend: scaleLegend(scaled, "G, standard deviations of the latent's mean"),
      caption: `Mean change of a latent's mean when one factor alone is set and the others are held. ${counts(
        present.map(({ part }) => part),
        "base inputs",
      )} (${seed}).`,
      panels: present.map(({ part, name }) =>
        cellsPanel({
          title: name,
          grid: part.moved,
          rowNames: part.factors,
          columnNames: Array.from({ length: part.moved.columns }, (unused, at) => `z${at}`),
          scaled,
          note: (row, column) => [plain(part.moved.values[row * part.moved.columns + column])],
          marked: () => false,
          alt: `G, ${name}: ${part.factors.map((factor, row) => `${factor} moves most z${mostAt(part.moved, row)}`).join("; ")}.`,
        }),
      ),
      table: {
        columns: ["variant", "factor", "latent", "G"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.moved.values.map((value, at) => [
              name,
              part.factors[Math.floor(at / part.moved.columns)],
              `z${at % part.moved.columns}`,
              value,
            ]),
          ),
      },
    }),
    absent,
  ];
}

function learnedEdges(part) {
  return part.edges.map((edge) => ({
    from: edge.from,
    to: edge.to,
    weight: edge.effect.value,
    faint: !edge.direct,
    text: `${estimateText(edge.effect)}, q = ${plain(edge.q)}${edge.direct ? "" : ", through another factor"}`,
  }));
}

function causePanel(title, factors, edges) {
  const nodes = factors.map((name, at) => {
    const turn = (2 * Math.PI * at) / factors.length - Math.PI / 2;
    const across = Math.cos(turn);
    const down = Math.sin(turn);
    return {
      label: name,
      title: name,
      x: 0.5 + 0.4 * across,
      y: 0.5 + 0.4 * down,
      index: at,
      size: 22,
      // Outside the ring, where no arrow is.
      side: across > 0.3 ? "right" : across < -0.3 ? "left" : down < 0 ? "top" : "bottom",
    };
  });
  return graphPanel({
    title,
    arrow: 10,
    letters: 12,
    tall: () => 260,
    sides: 104,
    graph: () => ({ nodes, edges: edges.map((edge) => ({ ...edge, bend: 0.12 })) }),
    alt: `${title}: ${edges.length ? edges.map((edge) => `${factors[edge.from]} to ${factors[edge.to]}`).join(", ") : "no edges"}.`,
  });
}

function causeScores(scored) {
  return figure({
    title: "The learned graph against the true one",
    caption:
      "SHD: edges to add, take away or turn round, 0 is best. Beside each score, its mean by chance, with the latents dealt to other factors and with the names of the factors dealt anew; p: the share of these that score as well.",
    layout: "stacked",
    panels: [
      tablePanel(
        ["variant", "score", "value", "latents shuffled", "p", "names shuffled", "p"],
        scored.flatMap(({ part, name }) =>
          part.scores.map((score) => [
            name,
            score.name,
            score.value,
            ...[score.latents, score.names].flatMap(({ mean, p }) => [orDash(mean), orDash(p)]),
          ]),
        ),
      ),
    ],
  });
}

function mostAt(grid, row) {
  const values = grid.values.slice(row * grid.columns, (row + 1) * grid.columns);
  return values.indexOf(rangeOf(values)?.[1] ?? null);
}
