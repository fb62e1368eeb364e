// Whether to believe the figures: controls, provenance, limits.

function guardSection() {
  if (!model.guards.length)
    return [
      element("p", { class: "missing" }, "No sweep of this report recorded its control rows."),
    ];
  return model.guards.map((run) =>
    element(
      "div",
      { class: "guard" },
      element("h3", {}, run.name),
      element(
        "p",
        { class: run.balanced ? "account" : "account failed" },
        `${grouped(run.cells)} cells ${run.balanced ? "=" : "\u2260"} ${grouped(run.computed)} computed + ${grouped(run.deduplicated)} deduplicated + ${grouped(run.provedZero)} proved zero` +
          (run.balanced ? "" : ": does not add up"),
      ),
      run.controls.length
        ? element(
            "div",
            { class: "scroll" },
            element(
              "table",
              { class: "data" },
              element(
                "thead",
                {},
                element(
                  "tr",
                  {},
                  ["control", "rows", "result", "measured", "expected"].map((name) =>
                    element("th", { scope: "col" }, name),
                  ),
                ),
              ),
              element(
                "tbody",
                {},
                run.controls.map((control) =>
                  element(
                    "tr",
                    { class: control.passed ? null : "failed" },
                    element("th", { scope: "row" }, control.name),
                    element("td", { class: "number" }, grouped(control.rows)),
                    element("td", {}, control.passed ? "\u2713 passed" : "\u2717 FAILED"),
                    element("td", {}, control.measured),
                    element("td", {}, control.expected),
                  ),
                ),
              ),
            ),
          )
        : element("p", { class: "missing" }, "This sweep recorded no control rows."),
    ),
  );
}

function makingSection() {
  const pairs = (entries) =>
    element(
      "dl",
      { class: "facts" },
      entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
  return [
    pairs([
      ["Seed", model.seed],
      ["Device", model.made.device],
      ["Ended", model.created],
    ]),
    element("p", { class: "note" }, "Command:"),
    element("pre", { tabindex: 0 }, model.made.command),
    Object.keys(model.made.versions).length
      ? [element("h3", {}, "Versions"), pairs(Object.entries(model.made.versions))]
      : null,
    Object.keys(model.made.settings).length
      ? [element("h3", {}, "Settings"), pairs(Object.entries(model.made.settings))]
      : null,
  ];
}

function noteSection() {
  return model.notes.length
    ? [
        element(
          "ul",
          {},
          model.notes.map((note) => element("li", {}, note)),
        ),
      ]
    : [element("p", { class: "missing" }, "No limits were recorded with this report.")];
}
