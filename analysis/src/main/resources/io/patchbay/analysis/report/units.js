// What units mean: how many of each kind a site has, and every unit in a table.

const LABELS = ["monosemantic", "polysemantic", "undecided", "inactive"];

// What names no factor has no colour.
const GREYS = {
  undecided: { shape: "middling", opacity: 0.8 },
  inactive: { shape: "pale", opacity: 0.35 },
};
const MOST_UNITS = 100;

function unitSection() {
  const { present, absent } = having("units", "UNITS", (part) => part.rows.length);
  if (!present.length) return absent;
  const stable = present
    .filter(({ part }) => part.stable !== null)
    .map(
      ({ part, name }) =>
        `${name} ${plain(part.stable)}, and ${part.stableNamed === null ? "undefined" : plain(part.stableNamed)} of those that name a factor`,
    );
  return [
    figure({
      title: "Units that mean one factor, several, or none",
      legend: swatches(
        LABELS.map((name, index) =>
          name in GREYS
            ? { name, muted: true, shape: GREYS[name].shape }
            : { name, index, shape: "bar" },
        ),
      ),
      caption: `Share of each site's units with a label; the number of units stands behind the site's name. ${sentence(said(present, "thresholds"))} ${stable.length ? `Share of labels that are the same with half of the inputs: ${listed(stable)}. ` : ""}${counts(
        present.map(({ part }) => part),
        "base inputs",
      )} (${seed}).`,
      layout: "pairs",
      panels: present.map(({ part, name }) => labelPanel(part, name)),
      table: {
        columns: ["variant", "site", ...LABELS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.sites.map((site, at) => [
              name,
              site,
              ...LABELS.map((label) => labelled(part, at, label)),
            ]),
          ),
      },
    }),
    present.map(({ part, name }) => [
      element("h3", {}, `Every unit of ${name}`),
      unitTable(part, name),
    ]),
    absent,
  ];
}

function labelled(part, site, label) {
  return part.rows.filter((row) => row[0] === site && part.labels[row[2]] === label).length;
}

function labelPanel(part, name) {
  const sizes = part.sites.map((site, at) => part.rows.filter((row) => row[0] === at).length);
  const option = (colours) => ({
    ...baseOption(colours),
    grid: { left: 8, right: 20, top: 8, bottom: 24, containLabel: true },
    xAxis: valueAxis(colours, "share of the site's units", { min: 0, max: 1 }),
    yAxis: nameAxis(
      colours,
      part.sites.map((site, at) => `${site} (${sizes[at]})`),
      {
        inverse: true,
        axisLabel: { color: colours.ink, interval: 0, width: 150, overflow: "truncate" },
      },
    ),
    tooltip: {
      ...baseOption(colours).tooltip,
      trigger: "axis",
      axisPointer: { type: "none" },
      formatter: (hits) =>
        tip(
          part.sites[hits[0].dataIndex],
          hits.map(
            (hit) => `${hit.seriesName}: ${labelled(part, hit.dataIndex, hit.seriesName)} units`,
          ),
        ),
    },
    series: LABELS.map((label, index) => ({
      type: "bar",
      stack: "units",
      name: label,
      barMaxWidth: 18,
      data: part.sites.map((site, at) => labelled(part, at, label) / sizes[at]),
      itemStyle:
        label in GREYS
          ? { color: colours.muted, opacity: GREYS[label].opacity }
          : { color: seriesColour(colours, index) },
    })),
  });
  return {
    title: name,
    height: () => part.sites.length * 24 + 56,
    option,
    alt: `Labels, ${name}: ${LABELS.map((label) => `${part.rows.filter((row) => part.labels[row[2]] === label).length} ${label}`).join(", ")}.`,
  };
}

// Columns of the table: [title, the value that sorts it, the text of its cell].
function unitColumns(part) {
  const factor = (at) => (row) => row[4 + 4 * at];
  return [
    ["site", (row) => row[0], (row) => part.sites[row[0]]],
    ["unit", (row) => row[1], (row) => row[1]],
    ["label", (row) => part.labels[row[2]], (row) => part.labels[row[2]]],
    ["image effect", (row) => row[3], (row) => plain(row[3])],
    ...part.factors.map((name, at) => [
      name,
      (row) => (factor(at)(row) === null ? null : Math.abs(factor(at)(row))),
      (row) =>
        row[4 + 4 * at] === null
          ? "\u2013"
          : element(
              "span",
              {
                title: `95 % interval [${plain(row[5 + 4 * at])}, ${plain(row[6 + 4 * at])}], q = ${plain(row[7 + 4 * at])}`,
              },
              plain(row[4 + 4 * at]),
            ),
    ]),
  ];
}

function unitTable(part, name) {
  const columns = unitColumns(part);
  const shown = { site: "", label: "", text: "", column: 3, down: true, most: MOST_UNITS };
  const body = element("tbody", {});
  const count = element("p", { class: "note", "aria-live": "polite" });
  const more = element("button", { type: "button" }, "Show all");
  const heads = columns.map(([title], at) =>
    element(
      "th",
      { scope: "col", class: at > 2 ? "number" : null },
      element(
        "button",
        {
          type: "button",
          class: "sort",
          click: () => {
            shown.down = shown.column === at ? !shown.down : at > 2;
            shown.column = at;
            refresh();
          },
        },
        title,
      ),
    ),
  );
  const refresh = () => {
    const rows = chosenUnits(part, columns, shown);
    body.replaceChildren(
      ...rows
        .slice(0, shown.most)
        .map((row) =>
          element(
            "tr",
            {},
            columns.map(([, , cell], at) =>
              element("td", { class: at > 2 ? "number" : null }, cell(row)),
            ),
          ),
        ),
    );
    heads.forEach((head, at) =>
      head.setAttribute(
        "aria-sort",
        at !== shown.column ? "none" : shown.down ? "descending" : "ascending",
      ),
    );
    count.textContent = `${grouped(Math.min(rows.length, shown.most))} of ${grouped(rows.length)} units that fit, of ${grouped(part.rows.length)}.`;
    more.hidden = rows.length <= shown.most;
  };
  more.addEventListener("click", () => {
    shown.most = Infinity;
    refresh();
  });
  const set = (key) => (event) => {
    shown[key] = event.target.value;
    refresh();
  };
  refresh();
  return element(
    "div",
    { class: "panel units" },
    element(
      "div",
      { class: "controls" },
      choice("Site", ["", ...part.sites], "all", set("site")),
      choice("Label", ["", ...part.labels], "all", set("label")),
      element("label", {}, "Unit ", element("input", { type: "search", size: 8, input: set("text") })),
    ),
    count,
    element(
      "div",
      { class: "scroll tall" },
      element(
        "table",
        { class: "data sortable", "aria-label": `Units of ${name}` },
        element("thead", {}, element("tr", {}, heads)),
        body,
      ),
    ),
    more,
  );
}

// The rows that pass the filters, in the order asked for; what is undefined comes last.
function chosenUnits(part, columns, { site, label, text, column, down }) {
  const key = columns[column][1];
  const order = (a, b) => {
    const left = key(a);
    const right = key(b);
    if (left === null || right === null) return (left === null) - (right === null);
    const by =
      typeof left === "number"
        ? left - right
        : left.localeCompare(right, undefined, { numeric: true });
    return down ? -by : by;
  };
  return part.rows
    .filter(
      (row) =>
        (site === "" || part.sites[row[0]] === site) &&
        (label === "" || part.labels[row[2]] === label) &&
        row[1].includes(text),
    )
    .sort(order);
}

// A select with a name; the empty choice reads `all`.
function choice(name, values, all, change) {
  return element(
    "label",
    {},
    name + " ",
    element(
      "select",
      { change },
      values.map((value) => element("option", { value }, value === "" ? all : value)),
    ),
  );
}
