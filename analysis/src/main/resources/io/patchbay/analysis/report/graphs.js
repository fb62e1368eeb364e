// Graphs: circuits of units in layers, and causal graphs of factors.

// Pixels over and under a graph, for the names of units at its edge.
const ABOVE = 18;
const BELOW = 26;
const corner = (at) => ({ x: at, y: at, index: 0, size: 0 });

// graph(width, height): {nodes, edges}
// nodes: [{label, title, x, y, index, size, side}], x and y in [0, 1]; one of no size is but a
// label; its side of the unit is below where nothing else is said
// edges: [{from, to, weight, text, faint}]; places in the list of nodes.
function graphPanel({ title, alt, wide, tall, controls, graph, arrow, letters, sides }) {
  const aside = sides || 46;
  const option = (colours, width) => {
    const height = tall(width);
    const { nodes, edges } = graph(width, height);
    const room = { width: width - 2 * aside, height: height - ABOVE - BELOW };
    const most = Math.max(...edges.map((edge) => Math.abs(edge.weight)), 1e-12);
    return {
      ...baseOption(colours),
      tooltip: {
        ...baseOption(colours).tooltip,
        formatter: (hit) =>
          hit.dataType === "edge"
            ? tip(`${nodes[edges[hit.dataIndex].from].title} \u2192 ${nodes[edges[hit.dataIndex].to].title}`, [
                edges[hit.dataIndex].text,
              ])
            : tip(
                nodes[hit.dataIndex].title,
                nodes[hit.dataIndex].size ? graphDegrees(edges, hit.dataIndex) : [],
              ),
      },
      series: [
        {
          type: "graph",
          layout: "none",
          left: aside,
          right: aside,
          top: ABOVE,
          bottom: BELOW,
          roam: false,
          emphasis: { focus: "adjacency", lineStyle: { opacity: 1 } },
          edgeSymbol: ["none", "arrow"],
          edgeSymbolSize: arrow || 5,
          label: {
            show: true,
            position: "bottom",
            distance: 3,
            color: colours.ink,
            fontSize: letters || 10,
            textBorderColor: colours.panel,
            textBorderWidth: 3,
            formatter: (hit) => nodes[hit.dataIndex]?.label ?? "",
          },
          // Corners that nobody sees: without them the drawing is stretched to fit, and its units
          // are ellipses.
          data: [...nodes, corner(0), corner(1)].map((node, at) => ({
            id: String(at),
            x: node.x * room.width,
            y: node.y * room.height,
            symbolSize: node.size,
            label: { position: node.side ?? "bottom" },
            itemStyle: { color: seriesColour(colours, node.index) },
          })),
          links: edges.map((edge) => ({
            source: String(edge.from),
            target: String(edge.to),
            lineStyle: {
              width: 0.6 + (3.4 * Math.abs(edge.weight)) / most,
              color: edge.faint
                ? colours.muted
                : edge.weight < 0
                  ? colours.series[1]
                  : colours.series[0],
              opacity: edge.faint ? 0.5 : 0.75,
              type: edge.faint ? "dashed" : "solid",
              curveness: edge.bend ?? 0,
            },
          })),
        },
      ],
    };
  };
  return { title, alt, wide, controls, height: tall, option };
}

function graphDegrees(edges, node) {
  const into = edges.filter((edge) => edge.to === node).length;
  const out = edges.filter((edge) => edge.from === node).length;
  return [`${grouped(into)} in, ${grouped(out)} out`];
}

function circuitSection() {
  const { present, absent } = having("circuits", "CIRCUITS", (part) => part.length);
  if (!present.length) return absent;
  const measures = [
    ["faithfulness", "carried by the circuit alone"],
    ["completeness", "carried by all but the circuit"],
    ["minimality", "lost with its least edge"],
  ];
  const all = present.flatMap(({ part }) =>
    part.flatMap((circuit) => measures.map(([key]) => circuit[key])),
  );
  return [
    figure({
      title: "Circuits, one factor at a time",
      caption: `Units in the order of computation, left to right; an edge carries the change of one unit to one other. Blue edges add to the factor's effect, orange ones take from it; width is the size of an edge's effect. Point at a unit for its edges; the slider hides the weaker edges, and begins where at most ${MOST_EDGES} are left. Outcome: ${listed([...new Set(present.flatMap(({ part }) => part.map((circuit) => circuit.outcome)))])}.`,
      layout: "stacked",
      panels: present.map(({ part, name }) => circuitPanel(part, name)),
      table: {
        columns: ["variant", "factor", "from", "to", "effect"],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.flatMap(({ factor, graph }) =>
              graph.edges.map((edge) => [
                name,
                factor,
                unitName(graph.nodes[edge.from]),
                unitName(graph.nodes[edge.to]),
                edge.weight,
              ]),
            ),
          ),
      },
    }),
    figure({
      title: "How much a circuit explains",
      legend: swatches(measures.map(([, name], index) => ({ name, index, shape: "bar" }))),
      caption: `Share of the factor's effect: faithfulness (1 is best), completeness (0 is best), minimality (above 0: no edge is idle). Lines are 95 % intervals on inputs that discovery did not see; ${counts(all, "pairs")}. All panels share one axis.`,
      panels: present.map(({ part, name }) =>
        barsPanel({
          title: name,
          axis: "share of the factor's effect",
          extent: extentOf(all, true, 8),
          alt: `Circuits of ${name}: ${part.map((circuit) => `${circuit.factor}: ${measures.map(([key, label]) => `${label} ${plain(circuit[key].value)}`).join(", ")}`).join("; ")}.`,
          rows: part.map((circuit) => ({
            label: circuit.factor,
            marks: measures.map(([key]) => circuit[key]),
          })),
          series: measures.map(([, label], index) => ({ name: label, shape: "bar", index })),
        }),
      ),
      table: {
        columns: ["variant", "factor", "measure", ...ESTIMATE_COLUMNS],
        rows: () =>
          present.flatMap(({ part, name }) =>
            part.flatMap((circuit) =>
              measures.map(([key]) => [name, circuit.factor, key, ...estimateCells(circuit[key])]),
            ),
          ),
      },
    }),
    searchFigure(present),
    absent,
  ];
}

// What the circuits rest on: the probe, the screen, and the pairs that they were found on.
function searchFigure(present) {
  return figure({
    title: "How the circuits were found",
    caption:
      "Edges: those of the circuit, of all in that part of the model. Idle: the share of the circuit's edges that bring less than 0.005 of the effect each; a circuit with many is faithful, not the smallest. Missed: the share of the effect of all edges that lies outside those that the gradient screen puts first, by a random audit of the others. Found at: faithfulness on the pairs that the circuit was found on, where it flatters. Left out: pairs in which the reading does not move. Brackets are 95 % intervals.",
    layout: "stacked",
    panels: [
      tablePanel(
        [
          "variant",
          "circuit",
          "edges",
          "of",
          "units",
          "idle",
          "missed",
          "found at",
          "pairs",
          "left out",
          "R\u00b2 of the probe",
        ],
        present.flatMap(({ part, name }) =>
          part.map(({ factor, graph, search }) => [
            name,
            factor,
            graph.edges.length,
            search.edges,
            graph.nodes.length,
            shareText(search.idle),
            shareText(search.missed),
            search.found,
            search.foundOn,
            search.dropped,
            shareText(search.probe),
          ]),
        ),
      ),
    ],
  });
}

function unitName(node) {
  return `${node.site}/${node.unit}`;
}

const MOST_EDGES = 300;
const SHARES = Array.from({ length: 20 }, (unused, at) => at / 20);

// The least step of the slider that leaves few enough edges to tell apart.
function readable(graph) {
  const sizes = graph.edges.map((edge) => Math.abs(edge.weight));
  const most = rangeOf(sizes)?.[1] ?? 0;
  return (
    SHARES.find((share) => sizes.filter((size) => size >= share * most).length <= MOST_EDGES) ??
    SHARES.at(-1)
  );
}

function circuitPanel(part, name) {
  const shown = { circuit: part[0], share: readable(part[0].graph) };
  const slider = element("input", {
    type: "range",
    min: 0,
    max: SHARES.at(-1),
    step: SHARES[1],
    value: shown.share,
    "aria-label": "Hide edges under this share of the strongest",
  });
  const controls = (refresh) => {
    slider.addEventListener("input", () => {
      shown.share = Number(slider.value);
      refresh();
    });
    return element(
      "div",
      { class: "controls" },
      choice(
        "Factor",
        part.map((circuit) => circuit.factor),
        "",
        (event) => {
          shown.circuit = part.find((circuit) => circuit.factor === event.target.value);
          shown.share = readable(shown.circuit.graph);
          slider.value = shown.share;
          refresh();
        },
      ),
      element(
        "label",
        {},
        "Hide edges under ",
        slider,
        " of the strongest",
      ),
    );
  };
  return graphPanel({
    title: name,
    wide: true,
    controls,
    tall: () => Math.max(160, Math.min(640, 70 + 24 * widestLayer(shown.circuit.graph))),
    graph: (width, height) => layered(shown.circuit.graph, shown.share, width, height),
    alt: `Circuits of ${name}: ${part.map(({ factor, graph }) => `${factor}: ${graph.nodes.length} units, ${graph.edges.length} edges`).join("; ")}.`,
  });
}

function widestLayer(graph) {
  const sizes = new Map();
  for (const node of graph.nodes) sizes.set(node.layer, (sizes.get(node.layer) || 0) + 1);
  return Math.max(...sizes.values(), 1);
}

// Layers as columns under the names of their sites; inside a column, units go near those they are
// joined to. Names that have no room are left to the pointer.
function layered(graph, share, width, height) {
  const most = Math.max(...graph.edges.map((edge) => Math.abs(edge.weight)), 0);
  const edges = graph.edges.filter((edge) => Math.abs(edge.weight) >= share * most);
  const layers = [...new Set(graph.nodes.map((node) => node.layer))].sort((a, b) => a - b);
  const columns = layers.map((layer) =>
    graph.nodes.map((node, at) => at).filter((at) => graph.nodes[at].layer === layer),
  );
  const place = new Map();
  const settle = () =>
    columns.forEach((column) =>
      column.forEach((at, row) => place.set(at, (row + 0.5) / column.length)),
    );
  settle();
  const joined = graph.nodes.map(() => []);
  for (const edge of edges) {
    joined[edge.from].push(edge.to);
    joined[edge.to].push(edge.from);
  }
  const middle = (at) =>
    joined[at].length
      ? joined[at].reduce((sum, other) => sum + place.get(other), 0) / joined[at].length
      : place.get(at);
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const column of columns) {
      const wish = new Map(column.map((at) => [at, middle(at)]));
      column.sort((a, b) => wish.get(a) - wish.get(b));
    }
    settle();
  }
  const sites = [...new Set(graph.nodes.map((node) => node.site))];
  const across = (layer) => (layers.length < 2 ? 0.5 : layers.indexOf(layer) / (layers.length - 1));
  const named = (height - 70) / widestLayer(graph) >= 20;
  const nodes = graph.nodes.map((node, at) => ({
    label: named ? node.unit : "",
    title: unitName(node),
    x: across(node.layer),
    y: 0.08 + 0.92 * place.get(at),
    index: sites.indexOf(node.site),
    size: joined[at].length ? 9 : 4,
  }));
  const room = width / layers.length / 6;
  const headings = columns.map((column) => {
    const node = graph.nodes[column[0]];
    const short = node.site.split(".").at(-1);
    return {
      label: node.site.length <= room ? node.site : short.length <= room ? short : "",
      title: node.site,
      x: across(node.layer),
      y: 0,
      index: 0,
      size: 0,
    };
  });
  return {
    nodes: [...nodes, ...headings],
    edges: edges.map((edge) => ({ ...edge, text: `effect ${plain(edge.weight)}` })),
  };
}
