// Through which units an effect passes: patching and mediation.

function patchingSection() {
  const { present, absent } = having("patching", "PATCHING", (part) =>
    part.sites.some((site) => site.units.length),
  );
  if (!present.length) return absent;
  const directions = [
    ["denoising", "denoising (source into base)"],
    ["noising", "noising (base into source)"],
  ];
  const units = present.flatMap(({ part }) => part.sites.flatMap((site) => site.units));
  const range = rangeOf(units.flatMap((unit) => [unit.denoising.value, unit.noising.value])) || [
    0, 1,
  ];
  const scaled = scale(Math.min(range[0], -1), Math.max(range[1], 1), true);
  return [
    figure({
      title: "Activation patching, one unit at a time",
      legend: scaleLegend(scaled, "share of the way: 0 = base, 1 = source"),
      caption: `Every unit of every site, patched alone; outcome: ${said(present, "outcome")}. Rows are sites in the order of computation, with their number of units; a row's units fill its width, and where they are too many to tell apart, the strongest of neighbours is drawn. Noising is the share of the effect that it destroys. ${counts(
        units.flatMap((unit) => [unit.denoising, unit.noising]),
        "pairs",
      )} (${seed}); 95 % intervals are in the data and under the pointer.`,
      layout: "pairs",
      panels: present.flatMap(({ part, name }) =>
        directions.map(([key, label]) =>
          stripsPanel({
            title: `${name}, ${label}`,
            scaled,
            alt: `${label}, ${name}: ${part.sites
              .filter((site) => site.units.length)
              .map((site) => mostUnit(site, key))
              .join("; ")}.`,
            rows: part.sites
              .filter((site) => site.units.length)
              .map((site) => ({
                name: site.name,
                cells: site.units.map((unit) => ({ name: unit.name, estimate: unit[key] })),
              })),
          }),
        ),
      ),
      table: {
        columns: ["variant", "site", "unit", "direction", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.sites.flatMap((site) =>
              site.units.flatMap((unit) =>
                directions.map(([key]) => [
                  name,
                  site.name,
                  unit.name,
                  key,
                  ...estimateCells(unit[key]),
                ]),
              ),
            ),
          ),
      },
    }),
    absent,
  ];
}

function mostUnit(site, key) {
  const best = site.units.reduce((most, unit) =>
    Math.abs(unit[key].value ?? 0) > Math.abs(most[key].value ?? 0) ? unit : most,
  );
  return `${site.name} most by ${best.name} (${plain(best[key].value)})`;
}

function mediationSection() {
  const { present, absent } = having("mediation", "MEDIATION", (part) => part.sites.length);
  if (!present.length) return absent;
  const effects = [
    ["total", "TE"],
    ["direct", "NDE"],
    ["indirect", "NIE"],
    ["totalIndirect", "TIE"],
  ];
  const all = present.flatMap(({ part }) =>
    part.sites.flatMap((site) => effects.map(([key]) => site[key])),
  );
  return [
    figure({
      title: "Mediation at each site",
      legend: swatches(
        effects.map(([key, name], index) => ({
          name: {
            TE: "TE, total",
            NDE: "NDE, direct: mediator held",
            NIE: "NIE, indirect: mediator alone",
            TIE: "TIE, lost when the mediator is held",
          }[name],
          index,
          shape: "bar",
        })),
      ),
      caption: `Outcome: ${said(present, "outcome")}. Lines are 95 % intervals (${said(present, "interval")}); ${counts(all, "pairs")}. TE = Y(x') \u2212 Y(x); NDE = Y(x' with m at m(x)) \u2212 Y(x); NIE = Y(x with m at m(x')) \u2212 Y(x); TIE = Y(x') \u2212 Y(x' with m at m(x)). All panels share one axis.`,
      panels: present.map(({ part, name }) =>
        barsPanel({
          title: name,
          axis: "effect on the outcome",
          extent: extentOf(all, true),
          alt: `Mediation, ${name}: ${part.sites.map((site) => `${site.name}: ${effects.map(([key, label]) => `${label} ${plain(site[key].value)}`).join(", ")}`).join("; ")}.`,
          rows: part.sites.map((site) => ({
            label: site.name,
            marks: effects.map(([key]) => site[key]),
          })),
          series: effects.map(([key, label], index) => ({ name: label, shape: "bar", index })),
        }),
      ),
      table: {
        columns: ["variant", "mediator", "effect", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.sites.flatMap((site) =>
              effects.map(([key, label]) => [name, site.name, label, ...estimateCells(site[key])]),
            ),
          ),
      },
    }),
    absent,
  ];
}
