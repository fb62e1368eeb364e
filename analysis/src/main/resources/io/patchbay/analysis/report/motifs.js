// What circuits are made of, and what those of different factors share.

function motifSection() {
  const { present, absent } = having("motifs", "MOTIFS", (part) => part.rows.length);
  if (!present.length) return absent;
  const nulls = [
    ["degrees", "same degrees"],
    ["density", "same density"],
  ];
  const columns = [
    "variant",
    "circuits of",
    "motif",
    "count",
    ...nulls.flatMap(([, name]) => [`${name}: mean`, "z", "p", "q"]),
    "",
  ];
  return [
    figure({
      title: "Motifs in the circuits",
      caption: `Counts of small patterns beside random graphs in which every unit keeps its degrees and its layer, and beside ones that keep the number of edges between layers alone. Degrees decide chains, fan-ins, fan-outs and bottlenecks: there (by degrees) only the second kind can differ. ${sentence(said(present, "note"))} z: standard score; p: share of random graphs with at least as many; q: p after the false discovery rate correction.`,
      layout: "stacked",
      panels: [
        tablePanel(
          columns,
          present.flatMap(({ part, name }) =>
            part.rows.map((row) => [
              name,
              row.scope,
              row.motif,
              row.count,
              ...nulls.flatMap(([key]) =>
                ["expected", "z", "p", "q"].map((figure) => orDash(row[key][figure])),
              ),
              row.note,
            ]),
          ),
        ),
      ],
    }),
    communityFigure(present.filter(({ part }) => part.communities.length)),
    ...overlapFigures(present),
    absent,
  ];
}

const OVERLAP_COLUMNS = ["random", "z", "p"];
const CHANCE_COLUMNS = [...OVERLAP_COLUMNS, "p of fewer"];

function chanceCells({ expected, z, p, fewer }) {
  return [expected, z, p, fewer].map(orDash);
}

function communityFigure(present) {
  if (!present.length) return null;
  return figure({
    title: "Communities of effects",
    caption: `Units of a circuit in the groups of highest modularity Q that were found (Newman's: edges without direction, weighted by the size of their effects): near 1 the groups have next to nothing to do with each other. The Q of random graphs is far above 0 too, so it stands beside that of random graphs in which every unit keeps its degrees and its layer; p: share of these with a Q at least as large, p of fewer: at most as large. ${sentence(said(present, "note"))} This is not the circuit modularity of the summary. Which unit is in which group is in the data.`,
    layout: "stacked",
    panels: [
      tablePanel(
        ["variant", "circuits of", "Q", ...CHANCE_COLUMNS, "groups", "units in each"],
        present.flatMap(({ part, name }) =>
          part.communities.map(({ scope, q, units, random }) => [
            name,
            scope,
            q,
            ...chanceCells(random),
            units.length,
            units.map((group) => group.length).join(", "),
          ]),
        ),
      ),
    ],
    table: {
      columns: ["variant", "circuits of", "group", "unit"],
      rows: () =>
        present.flatMap(({ part, name }) =>
          part.communities.flatMap(({ scope, units }) =>
            units.flatMap((group, at) => group.map((unit) => [name, scope, at + 1, unit])),
          ),
        ),
    },
  });
}

function overlapFigures(present) {
  const shared = present.filter(({ part }) => part.overlaps.length);
  if (!shared.length)
    return [
      element(
        "p",
        { class: "note" },
        "What circuits share is said where a part of a model has those of two factors or more.",
      ),
    ];
  const hubs = shared.flatMap(({ part, name }) =>
    part.hubs.map(
      (hub) =>
        `${name}, ${hub.part}: ${hub.units.length ? `${hub.units.length} (${listed(hub.units)})` : "none"} of ${hub.leastDegree} edges or more, against ${plain(hub.random.expected)} by chance (p = ${plain(hub.random.p)})`,
    ),
  );
  return [
    figure({
      title: "What the circuits of two factors share",
      caption: `Jaccard index: the units (or edges) in both circuits, of those in either; 0: nothing in common, 1: the same. Beside it the mean of circuits of the same shape on random units of the same sites; p: share of these that have at least as much in common. ${sentence(said(shared, "note"))} Shared hubs, units in two circuits or more and among the top 5 % by degree: ${hubs.join("; ")}.`,
      layout: "stacked",
      panels: [
        tablePanel(
          [
            "variant",
            "factors",
            "units in both",
            "of",
            "Jaccard",
            ...OVERLAP_COLUMNS,
            "edges in both",
            "of",
            "Jaccard",
            ...OVERLAP_COLUMNS,
          ],
          shared.flatMap(({ part, name }) =>
            part.overlaps.map((overlap) => [
              name,
              `${overlap.first} and ${overlap.second}, ${overlap.part}`,
              ...[overlap.nodes, overlap.edges].flatMap(({ both, either, jaccard, random }) => [
                both,
                either,
                orDash(jaccard),
                ...chanceCells(random).slice(0, OVERLAP_COLUMNS.length),
              ]),
            ]),
          ),
        ),
      ],
    }),
  ];
}
