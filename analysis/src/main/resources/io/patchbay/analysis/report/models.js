// What the models learned: curves, reconstructions, traversals.

function trainingSection() {
  const { present, absent } = having("training", "TRAINING", (part) =>
    part.curves.some((curve) => curve.points.length),
  );
  if (!present.length) return absent;
  const names = [
    ...new Set(
      present.flatMap(({ part }) =>
        part.curves.filter((curve) => curve.points.length).map((curve) => curve.name),
      ),
    ),
  ];
  const thinned = present.some(({ part }) =>
    part.curves.some((curve) => curve.logged > curve.points.length),
  );
  const panels = names.map((name) => {
    const lines = present.flatMap(({ part, index, name: variant }) =>
      part.curves
        .filter((curve) => curve.name === name && curve.points.length)
        .map((curve) => ({ name: variant, index, points: curve.points, unit: curve.unit })),
    );
    const ends = lines.map((line) => `${line.name} ends at ${plain(line.points.at(-1)[1])}`);
    return linesPanel({
      title: name,
      alt: `${name} over training steps: ${listed(ends)}.`,
      lines,
      unit: lines[0].unit,
    });
  });
  return [
    figure({
      title: "Training curves",
      legend: element(
        "div",
        { class: "legend" },
        present.map(({ name, index }) => lineSwatch(name, index)),
      ),
      caption:
        `Every logged quantity over training steps, one line per variant, one training run each (${seed}), not smoothed. Where an axis says so, the first quarter of the run may leave the frame, so that the rest can be read.` +
        (thinned
          ? " Long logs are drawn as the smallest and largest value of each stretch of steps."
          : ""),
      panels,
      table: {
        columns: ["variant", "quantity", "unit", "step", "value"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.curves.flatMap((curve) =>
              curve.points.map(([step, value]) => [name, curve.name, curve.unit, step, value]),
            ),
          ),
      },
    }),
    absent,
  ];
}

function reconstructionSection() {
  const { present, absent } = having("reconstructions", "RECONSTRUCTIONS", (part) => part.sheet);
  if (!present.length) return absent;
  return [
    figure({
      title: "Images and what the models make of them",
      caption: `Top row: the image. Bottom row: what the model makes of it. ${capital(sentence(said(present, "note")))}`,
      layout: "stacked",
      panels: present.map(({ part, name }) => ({
        title: name,
        wide: true,
        node: picturesTable({
          alt: `${part.sheet.columns} images and, below each, its reconstruction by ${name}.`,
          sheet: part.sheet,
          rows: [{ name: "image" }, { name: "model" }],
        }),
      })),
    }),
    absent,
  ];
}

function traversalSection() {
  const { present, absent } = having("traversal", "TRAVERSAL", (part) => part.sheet);
  if (!present.length) return absent;
  return [
    figure({
      title: "What each latent draws",
      caption: `Each row sets one latent to the value above the column, the others stay at their base (${said(present, "note")}). Under a latent's name: its KL to the prior in nats, the mean over inputs; near zero, the latent carries nothing.`,
      layout: "traversals",
      panels: present.map(({ part, name }) => ({
        title: name,
        wide: true,
        node: picturesTable({
          alt: `Decoded images of ${name} as each of ${part.rows.length} latents goes from ${plain(part.values[0])} to ${plain(part.values.at(-1))}.`,
          sheet: part.sheet,
          columns: part.values.map((value) => plain(value)),
          rows: part.rows.map((row) => ({
            name: row.latent,
            detail: row.kl < 0.01 ? "KL < 0.01" : `KL ${twoPlaces(row.kl)}`,
          })),
        }),
      })),
      table: {
        columns: ["variant", "latent", "KL (nats)"],
        rows: () =>
          present.flatMap(({ part, name }) => part.rows.map((row) => [name, row.latent, row.kl])),
      },
    }),
    absent,
  ];
}
