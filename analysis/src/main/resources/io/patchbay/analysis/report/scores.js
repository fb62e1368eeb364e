// Disentanglement scores of all variants, side by side.

function scoreSection() {
  const { present, absent } = having("scores", "SCORES", (part) => part.scores.length);
  if (!present.length) return absent;
  const names = [
    ...new Set(present.flatMap(({ part }) => part.scores.map((score) => score.name))),
  ];
  // What was scored on the data learnt from, and counts, are in the table alone.
  const drawn = names.filter((name) => !/ (train|active)$/.test(name));
  const find = (part, name) => part.scores.find((score) => score.name === name);
  const rows = drawn.map((name) => ({
    label: scoreName(name),
    marks: present.map(({ part }) => find(part, name)?.value ?? null),
  }));
  // A score that may leave [0, 1], such as a total correlation in nats, has an axis of its own.
  const bounded = ({ marks }) =>
    marks.every((mark) => !mark || mark.value === null || (mark.value >= 0 && mark.value <= 1));
  const series = present.map(({ name, index }) => ({ name, shape: "point", index }));
  const panel = (title, axis, of) =>
    barsPanel({
      title,
      axis,
      wide: true,
      extent: extentOf(
        of.flatMap((row) => row.marks),
        true,
      ),
      rows: of,
      series,
      alt: `${title}: ${of.map((row) => `${row.label}: ${present.map(({ name }, at) => `${name} ${row.marks[at] ? plain(row.marks[at].value) : "not measured"}`).join(", ")}`).join("; ")}.`,
    });
  return [
    figure({
      title: "Disentanglement scores",
      legend: swatches(series.map((each) => ({ ...each, shape: "box" }))),
      caption: `Scores of the mean codes, ${said(present, "mode")} form; lines are 95 % intervals where one is defined. Between 0 and 1, larger is better; the unsupervised ones measure dependence between latents, where smaller is better. What each rests on is in the data.`,
      layout: "stacked",
      panels: [
        ["between 0 and 1", "score", rows.filter(bounded)],
        ["with units of their own", "value", rows.filter((row) => !bounded(row))],
      ]
        .filter(([, , of]) => of.length)
        .map(([title, axis, of]) => panel(title, axis, of)),
      table: {
        columns: ["variant", "score", ...ESTIMATE_COLUMNS, "note"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.scores.map((score) => [
              name,
              scoreName(score.name),
              ...estimateCells(score.value),
              score.note,
            ]),
          ),
      },
    }),
    absent,
  ];
}

const ABBREVIATIONS = ["mig", "sap", "dci", "irs", "udr", "aam"];

// A score's name as papers write it.
function scoreName(name) {
  return name
    .replace(/^beta vae/, "beta-VAE")
    .replace(/^factor vae/, "FactorVAE")
    .split(" ")
    .map((word) => (ABBREVIATIONS.includes(word) ? word.toUpperCase() : word))
    .join(" ");
}
