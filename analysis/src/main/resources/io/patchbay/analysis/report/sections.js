// One function per section: from the model to a heading, figures, and a line for what is absent.

const model = JSON.parse(document.getElementById("data").textContent);
const seed = `seed ${model.seed}`;

// Splits the variants into those that have a part and lines that say why the others have not.
function having(key, section, filled) {
  const present = [];
  const absent = [];
  model.variants.forEach((variant, index) => {
    const part = variant[key];
    if (part !== null && filled(part)) present.push({ variant, index, name: variant.name, part });
    else absent.push({ name: variant.name, reason: variant.absent[section] || "not computed in this run" });
  });
  return { present, absent: absentLines(absent) };
}

// Variants that lack a part for one reason share a line.
function absentLines(absent) {
  const byReason = new Map();
  for (const { name, reason } of absent) byReason.set(reason, [...(byReason.get(reason) || []), name]);
  return [...byReason].map(([reason, names]) =>
    element("p", { class: "missing" }, `Left out for ${listed(names)}: ${sentence(reason)}`));
}

function estimateCells(estimate) {
  return estimate ? [estimate.value, estimate.low, estimate.high, estimate.n] : [null, null, null, null];
}

const ESTIMATE_COLUMNS = ["value", "low", "high", "n"];

function summarySection() {
  const { columns, rows } = model.table;
  const table = element("table", { class: "summary" },
    element("thead", {}, element("tr", {}, columns.map((column) => element("th", { scope: "col", class: column.numeric ? "number" : null },
      column.name, column.meaning ? element("small", {}, column.meaning) : null)))),
    element("tbody", {}, rows.map((row, at) => element("tr", {}, row.map((cell, place) => place === 0
      ? element("th", { scope: "row" }, swatches([{ name: cell.value, index: at, shape: "box" }]))
      : element("td", { class: "number" }, cell.value === "-" ? "\u2013" : minus(cell.value), cell.interval ? element("small", {}, minus(cell.interval)) : null))))));
  const measures = [["causalEffectStrength", "Causal effect strength", "L2 norm"], ["spatialSpecificity", "Specificity, spatial", "0 to 1"],
    ["semanticSpecificity", "Specificity, semantic", "0 to 1"], ["circuitModularity", "Circuit modularity", "0 to 1"],
    ["mutualInformationGap", "MIG", "0 to 1"], ["elbo", "ELBO", "nats per image"]]
    .filter(([key]) => model.variants.some((variant) => variant.summary[key] !== null && variant.summary[key].value !== null));
  const panels = measures.map(([key, title, unit]) => {
    const estimates = model.variants.map((variant) => variant.summary[key]);
    const line = model.variants.map((variant, at) => `${variant.name} ${estimates[at] ? estimateText(estimates[at]) : "not computed"}`);
    return manyPoints({ title, alt: `${title} of each variant: ${line.join("; ")}.`, estimates, axis: unit });
  });
  return [
    element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Summary table" }, table),
    element("p", { class: "note" }, "Brackets hold 95 % intervals; a dash is a figure that was not computed."),
    model.variants.some((variant) => variant.description) ? element("dl", { class: "variants" }, model.variants.flatMap((variant) =>
      [element("dt", {}, variant.name), element("dd", {}, variant.description)])) : null,
    panels.length ? figure({
      title: "The variants side by side",
      caption: `Each point is the figure of the table, each line its 95 % interval (${seed}). Axes do not start at zero and differ between panels: compare within a panel. Overlapping intervals do not tell two variants apart.`,
      panels,
      table: { columns: ["variant", "measure", ...ESTIMATE_COLUMNS], rows: () => model.variants.flatMap((variant) => measures.map(([key, title]) => [variant.name, title, ...estimateCells(variant.summary[key])])) },
    }) : null,
  ];
}

function minus(text) {
  return text.replace(/(^|[\s[])-/g, "$1\u2212");
}

// Points of all variants, each in its own colour.
function manyPoints({ title, alt, estimates, axis }) {
  const panel = barsPanel({ title, alt, axis, extent: extentOf(estimates, false), rowHeight: 26, rows: model.variants.map((variant, at) => ({ label: variant.name, marks: [estimates[at]] })), series: [{ name: title, shape: "point", index: 0 }] });
  const single = panel.option;
  panel.option = (colours, width) => {
    const option = single(colours, width);
    const render = (index) => (params, api) => mark(params, api, { colours, each: { shape: "point", index }, lane: 0, lanes: 1, rows: model.variants });
    option.series = model.variants.flatMap((variant, at) => (estimates[at] ? [{ ...option.series[0], data: [markData(at, estimates[at])], renderItem: render(at) }] : []));
    return option;
  };
  return panel;
}

function trainingSection() {
  const { present, absent } = having("training", "TRAINING", (part) => part.curves.some((curve) => curve.points.length));
  if (!present.length) return absent;
  const names = [...new Set(present.flatMap(({ part }) => part.curves.filter((curve) => curve.points.length).map((curve) => curve.name)))];
  const thinned = present.some(({ part }) => part.curves.some((curve) => curve.logged > curve.points.length));
  const panels = names.map((name) => {
    const lines = present.flatMap(({ part, index, name: variant }) => part.curves.filter((curve) => curve.name === name && curve.points.length)
      .map((curve) => ({ name: variant, index, points: curve.points, unit: curve.unit })));
    const ends = lines.map((line) => `${line.name} ends at ${plain(line.points.at(-1)[1])}`);
    return linesPanel({ title: name, alt: `${name} over training steps: ${listed(ends)}.`, lines, unit: lines[0].unit });
  });
  return [figure({
    title: "Training curves",
    legend: element("div", { class: "legend" }, present.map(({ name, index }) => lineSwatch(name, index))),
    caption: `Every logged quantity over training steps, one line per variant, one training run each (${seed}), not smoothed. Where an axis says so, the first quarter of the run may leave the frame, so that the rest can be read.` + (thinned ? " Long logs are drawn as the smallest and largest value of each stretch of steps." : ""),
    panels,
    table: { columns: ["variant", "quantity", "unit", "step", "value"], rows: () => present.flatMap(({ part, name }) => part.curves.flatMap((curve) => curve.points.map(([step, value]) => [name, curve.name, curve.unit, step, value]))) },
  }), absent];
}

function reconstructionSection() {
  const { present, absent } = having("reconstructions", "RECONSTRUCTIONS", (part) => part.sheet);
  if (!present.length) return absent;
  return [figure({
    title: "Images and what the models make of them",
    caption: `Top row: the image. Bottom row: what the model makes of it. ${capital(sentence(listed([...new Set(present.map(({ part }) => part.note))])))}`,
    layout: "stacked",
    panels: present.map(({ part, name }) => ({ title: name, wide: true, node: picturesTable({
      alt: `${part.sheet.columns} images and, below each, its reconstruction by ${name}.`, sheet: part.sheet,
      rows: [{ name: "image" }, { name: "model" }] }) })),
  }), absent];
}

function traversalSection() {
  const { present, absent } = having("traversal", "TRAVERSAL", (part) => part.sheet);
  if (!present.length) return absent;
  return [figure({
    title: "What each latent draws",
    caption: `Each row sets one latent to the value above the column, the others stay at their base (${listed([...new Set(present.map(({ part }) => part.note))])}). Under a latent's name: its KL to the prior in nats, the mean over inputs; near zero, the latent carries nothing.`,
    layout: "traversals",
    panels: present.map(({ part, name }) => ({ title: name, wide: true, node: picturesTable({
      alt: `Decoded images of ${name} as each of ${part.rows.length} latents goes from ${plain(part.values[0])} to ${plain(part.values.at(-1))}.`,
      sheet: part.sheet, columns: part.values.map((value) => plain(value)), rows: part.rows.map((row) => ({ name: row.latent, detail: row.kl < 0.01 ? "KL < 0.01" : `KL ${twoPlaces(row.kl)}` })) }) })),
    table: { columns: ["variant", "latent", "KL (nats)"], rows: () => present.flatMap(({ part, name }) => part.rows.map((row) => [name, row.latent, row.kl])) },
  }), absent];
}

function strengthSection() {
  const { present, absent } = having("effectStrength", "EFFECT_STRENGTH", (part) => part.units.length);
  if (!present.length) return absent;
  const all = present.flatMap(({ part }) => part.units.flatMap((unit) => [unit.effect, unit.untrained]));
  const extent = extentOf(all, true);
  const nulls = present.some(({ part }) => part.units.some((unit) => unit.untrained));
  const panels = present.map(({ part, name, index }) => barsPanel({
    title: name,
    alt: `Causal effect strength of ${name}: ${part.units.map((unit) => `${unit.name} ${estimateText(unit.effect)}`).join("; ")}.`,
    axis: "L2 change of the image", extent, rowHeight: 26,
    rows: part.units.map((unit) => ({ label: unit.name, marks: [unit.effect, unit.untrained], weak: !unit.active })),
    series: [{ name: "trained", shape: "bar", index }, ...(nulls ? [{ name: "untrained", shape: "tick" }] : [])],
  }));
  return [figure({
    title: "Causal effect strength of each latent",
    legend: swatches([{ name: "trained, with 95 % interval", muted: true, shape: "bar" }, { name: "inactive latent", muted: true, shape: "pale" }, ...(nulls ? [{ name: "same latent, untrained model", muted: true, shape: "tick" }] : [])]),
    caption: `Mean L2 norm of the change of the output image when one latent is set (${listed([...new Set(present.map(({ part }) => part.interventions))])}). ${counts(all, "base inputs")}; intervals: ${listed([...new Set(present.map(({ part }) => part.interval))])}. All panels share one axis.` + (nulls ? " A norm is never negative, so it is read against the untrained model, the null." : ""),
    panels,
    table: { columns: ["variant", "latent", "active", ...ESTIMATE_COLUMNS, "untrained value", "untrained low", "untrained high", "untrained n"], rows: () => present.flatMap(({ part, name }) => part.units.map((unit) => [name, unit.name, unit.active ? "yes" : "no", ...estimateCells(unit.effect), ...estimateCells(unit.untrained)])) },
  }), absent];
}

const FACTOR_KINDS = {
  ORACLE: { title: "Which factor a latent moves, against re-rendered images (F)", unit: "F, 0 = unrelated, 1 = exactly the change of that factor",
    text: "Each cell is the mean over base inputs of the best squared cosine between the change a latent makes to the image and the change the renderer makes for one factor." },
  READ_OUT: { title: "Which factor a latent moves, by a factor probe (F)", unit: "F, standard deviations of the factor",
    text: "Each cell is the change of a factor probe's reading of the output when the latent is set, in standard deviations of the factor." },
  ENCODING: { title: "Which latent a factor moves (G)", unit: "G, standard deviations of the latent's mean",
    text: "Each cell is the mean change of the latent's mean when one factor alone is re-rendered and the others are held, in standard deviations." },
};

function factorSection() {
  const { present, absent } = having("factors", "FACTORS", (part) => part.length);
  const kinds = Object.keys(FACTOR_KINDS).filter((kind) => present.some(({ part }) => part.some((map) => map.kind === kind)));
  return [kinds.map((kind) => factorFigure(kind, present)), absent];
}

function factorFigure(kind, present) {
  const { title, unit, text } = FACTOR_KINDS[kind];
  const maps = present.flatMap(({ part, name }) => part.filter((map) => map.kind === kind).map((map) => ({ map, name })));
  const range = rangeOf(maps.flatMap(({ map }) => map.values.values)) || [0, 1];
  const scaled = scale(Math.min(range[0], 0), kind === "ORACLE" ? 1 : range[1], range[0] < 0);
  const tested = maps.some(({ map }) => map.adjustedP);
  const intervals = maps.some(({ map }) => map.low);
  const cell = (grid, row, column) => (grid ? grid.values[row * grid.columns + column] : null);
  const small = (map, row, column) => { const p = cell(map.adjustedP, row, column); return p !== null && p < 0.05; };
  return figure({
    title,
    legend: scaleLegend(scaled, unit),
    caption: `${text} ${counts(maps.map(({ map }) => map), "base inputs")} (${seed}). One colour scale for all panels.` + (tested ? " * marks p < 0.05 after the false discovery rate correction over all cells of a panel." : "") + (intervals ? " The 95 % intervals are in the data and under the pointer." : ""),
    panels: maps.map(({ map, name }) => cellsPanel({
      title: name,
      alt: `${title}, ${name}: ${map.latents.map((latent, row) => strongest(map, row, latent)).join("; ")}.`,
      grid: map.values, rowNames: map.latents, columnNames: map.factors, scaled,
      marked: (row, column) => small(map, row, column),
      note: (row, column) => [plain(cell(map.values, row, column)) + (map.low ? ` [${plain(cell(map.low, row, column))}, ${plain(cell(map.high, row, column))}]` : ""), map.adjustedP ? `adjusted p = ${plain(cell(map.adjustedP, row, column))}` : "", `n = ${grouped(map.n)}`].filter((line) => line),
    })),
    table: { columns: ["variant", "latent", "factor", ...ESTIMATE_COLUMNS, "adjusted p"], rows: () => maps.flatMap(({ map, name }) => map.latents.flatMap((latent, row) => map.factors.map((factor, column) => [name, latent, factor, cell(map.values, row, column), cell(map.low, row, column), cell(map.high, row, column), map.n, cell(map.adjustedP, row, column)]))) },
  });
}

function strongest(map, row, latent) {
  const values = map.values.values.slice(row * map.values.columns, (row + 1) * map.values.columns);
  const at = values.reduce((best, value, place) => (value !== null && (best < 0 || Math.abs(value) > Math.abs(values[best])) ? place : best), -1);
  return at < 0 ? `${latent} undefined` : `${latent} most ${map.factors[at]} (${plain(values[at])})`;
}

function placeSection(key, section, title, lead) {
  const { present, absent } = having(key, section, (part) => part.maps.length);
  if (!present.length) return absent;
  const range = rangeOf(present.flatMap(({ part }) => part.maps.flatMap((map) => map.values.values))) || [0, 1];
  const scaled = scale(Math.min(0, range[0]), range[1], range[0] < 0);
  return [figure({
    title,
    legend: scaleLegend(scaled, listed([...new Set(present.map(({ part }) => part.quantity))])),
    caption: `${lead} ${capital(sentence(listed([...new Set(present.map(({ part }) => part.note))])))} The number under a map is its largest value. ${counts(present.map(({ part }) => part), "base inputs")} (${seed}). One colour scale for all maps; means, without intervals.`,
    layout: "stacked",
    panels: present.map(({ part, name }) => pixelsPanel({
      title: name, wide: true, maps: part.maps, scaled,
      alt: `${title}, ${name}: ${part.maps.map((map) => peak(map)).join("; ")}.`,
    })),
    table: { columns: ["variant", "unit", "row", "column", "value"], rows: () => present.flatMap(({ part, name }) => part.maps.flatMap((map) => map.values.values.map((value, at) => [name, map.unit, Math.floor(at / map.values.columns), at % map.values.columns, value]))) },
  }), absent];
}

function peak(map) {
  const range = rangeOf(map.values.values);
  if (!range) return `${map.unit} undefined`;
  const at = map.values.values.indexOf(range[1]);
  return `${map.unit} at most ${plain(range[1])} at row ${Math.floor(at / map.values.columns)}, column ${at % map.values.columns}`;
}

function patchingSection() {
  const { present, absent } = having("patching", "PATCHING", (part) => part.sites.some((site) => site.units.length));
  if (!present.length) return absent;
  const directions = [["denoising", "denoising (source into base)"], ["noising", "noising (base into source)"]];
  const units = present.flatMap(({ part }) => part.sites.flatMap((site) => site.units));
  const range = rangeOf(units.flatMap((unit) => [unit.denoising.value, unit.noising.value])) || [0, 1];
  const scaled = scale(Math.min(range[0], -1), Math.max(range[1], 1), true);
  return [figure({
    title: "Activation patching, one unit at a time",
    legend: scaleLegend(scaled, "share of the way: 0 = base, 1 = source"),
    caption: `Every unit of every site, patched alone; outcome: ${listed([...new Set(present.map(({ part }) => part.outcome))])}. Rows are sites in the order of computation, with their number of units; a row's units fill its width. Noising is the share of the effect that it destroys. ${counts(units.flatMap((unit) => [unit.denoising, unit.noising]), "pairs")} (${seed}); 95 % intervals are in the data and under the pointer.`,
    layout: "pairs",
    panels: present.flatMap(({ part, name }) => directions.map(([key, label]) => stripsPanel({
      title: `${name}, ${label}`, scaled,
      alt: `${label}, ${name}: ${part.sites.filter((site) => site.units.length).map((site) => mostUnit(site, key)).join("; ")}.`,
      rows: part.sites.filter((site) => site.units.length).map((site) => ({ name: site.name, cells: site.units.map((unit) => ({ name: unit.name, estimate: unit[key] })) })),
    }))),
    table: { columns: ["variant", "site", "unit", "direction", ...ESTIMATE_COLUMNS], rows: () => present.flatMap(({ part, name }) => part.sites.flatMap((site) => site.units.flatMap((unit) => directions.map(([key]) => [name, site.name, unit.name, key, ...estimateCells(unit[key])])))) },
  }), absent];
}

function mostUnit(site, key) {
  const best = site.units.reduce((most, unit) => (Math.abs(unit[key].value ?? 0) > Math.abs(most[key].value ?? 0) ? unit : most));
  return `${site.name} most by ${best.name} (${plain(best[key].value)})`;
}

function mediationSection() {
  const { present, absent } = having("mediation", "MEDIATION", (part) => part.sites.length);
  if (!present.length) return absent;
  const effects = [["total", "TE"], ["direct", "NDE"], ["indirect", "NIE"], ["totalIndirect", "TIE"]];
  const all = present.flatMap(({ part }) => part.sites.flatMap((site) => effects.map(([key]) => site[key])));
  return [figure({
    title: "Mediation at each site",
    legend: swatches(effects.map(([key, name], index) => ({ name: { TE: "TE, total", NDE: "NDE, direct: mediator held", NIE: "NIE, indirect: mediator alone", TIE: "TIE, lost when the mediator is held" }[name], index, shape: "bar" }))),
    caption: `Outcome: ${listed([...new Set(present.map(({ part }) => part.outcome))])}. Lines are 95 % intervals (${listed([...new Set(present.map(({ part }) => part.interval))])}); ${counts(all, "pairs")}. TE = Y(x') \u2212 Y(x); NDE = Y(x' with m at m(x)) \u2212 Y(x); NIE = Y(x with m at m(x')) \u2212 Y(x); TIE = Y(x') \u2212 Y(x' with m at m(x)). All panels share one axis.`,
    panels: present.map(({ part, name }) => barsPanel({
      title: name, axis: "effect on the outcome", extent: extentOf(all, true),
      alt: `Mediation, ${name}: ${part.sites.map((site) => `${site.name}: ${effects.map(([key, label]) => `${label} ${plain(site[key].value)}`).join(", ")}`).join("; ")}.`,
      rows: part.sites.map((site) => ({ label: site.name, marks: effects.map(([key]) => site[key]) })),
      series: effects.map(([key, label], index) => ({ name: label, shape: "bar", index })),
    })),
    table: { columns: ["variant", "mediator", "effect", ...ESTIMATE_COLUMNS], rows: () => present.flatMap(({ part, name }) => part.sites.flatMap((site) => effects.map(([key, label]) => [name, site.name, label, ...estimateCells(site[key])]))) },
  }), absent];
}

function guardSection() {
  if (!model.guards.length) return [element("p", { class: "missing" }, "No sweep of this report recorded its control rows.")];
  return model.guards.map((run) => element("div", { class: "guard" },
    element("h3", {}, run.name),
    element("p", { class: run.balanced ? "account" : "account failed" },
      `${grouped(run.cells)} cells ${run.balanced ? "=" : "\u2260"} ${grouped(run.computed)} computed + ${grouped(run.deduplicated)} deduplicated + ${grouped(run.provedZero)} proved zero` + (run.balanced ? "" : ": does not add up")),
    run.controls.length ? element("div", { class: "scroll" }, element("table", { class: "data" },
      element("thead", {}, element("tr", {}, ["control", "rows", "result", "measured", "expected"].map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, run.controls.map((control) => element("tr", { class: control.passed ? null : "failed" },
        element("th", { scope: "row" }, control.name), element("td", { class: "number" }, grouped(control.rows)),
        element("td", {}, control.passed ? "\u2713 passed" : "\u2717 FAILED"), element("td", {}, control.measured), element("td", {}, control.expected))))))
      : element("p", { class: "missing" }, "This sweep recorded no control rows.")));
}

function makingSection() {
  const pairs = (entries) => element("dl", { class: "facts" }, entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  return [pairs([["Seed", model.seed], ["Device", model.made.device], ["Ended", model.created]]),
    element("p", { class: "note" }, "Command:"), element("pre", { tabindex: 0 }, model.made.command),
    Object.keys(model.made.versions).length ? [element("h3", {}, "Versions"), pairs(Object.entries(model.made.versions))] : null,
    Object.keys(model.made.settings).length ? [element("h3", {}, "Settings"), pairs(Object.entries(model.made.settings))] : null];
}

function noteSection() {
  return model.notes.length ? [element("ul", {}, model.notes.map((note) => element("li", {}, note)))]
    : [element("p", { class: "missing" }, "No limits were recorded with this report.")];
}
