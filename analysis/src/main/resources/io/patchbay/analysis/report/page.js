// Puts the sections on the page, with a list of them beside it.

const SECTIONS = model.reproduction ? REPRODUCTION : [
  ["summary", "Summary", summarySection],
  ["training", "Training", trainingSection],
  ["reconstructions", "Reconstructions", reconstructionSection],
  ["traversals", "Traversals", traversalSection],
  ["strength", "Causal effect strength", strengthSection],
  ["factors", "Latents and factors", factorSection],
  [
    "places",
    "Where effects land",
    () =>
      placeSection(
        "places",
        "PLACES",
        "Where in the image a unit acts",
        "Each map is the image plane.",
      ),
  ],
  ["patching", "Activation patching", patchingSection],
  ["mediation", "Mediation", mediationSection],
  [
    "occlusion",
    "Occlusion",
    () =>
      placeSection(
        "occlusion",
        "OCCLUSION",
        "Where in the image a latent looks",
        "Each map is the image plane: how much the latent's mean changes when that place is covered.",
      ),
  ],
  ["scores", "Disentanglement", scoreSection],
  ["profile", "Layer profile", profileSection],
  ["units", "What units mean", unitSection],
  ["attribution", "Attribution patching", attributionSection],
  ["circuits", "Circuits", circuitSection],
  ["motifs", "Motifs", motifSection],
  ["causes", "Causes between factors", causeSection],
  ["guards", "Controls", guardSection],
  ["making", "How it was made", makingSection],
  ["notes", "Limits", noteSection],
];

function head() {
  const failed = model.guards.flatMap((run) => [
    ...(run.balanced ? [] : [`${run.name}: cells do not add up`]),
    ...run.controls
      .filter((control) => !control.passed)
      .map((control) => `${run.name}: ${control.name}`),
  ]);
  return [
    element("h1", {}, model.title),
    model.summary ? element("p", { class: "lead" }, model.summary) : null,
    element(
      "p",
      { class: "byline" },
      `${model.created} \u00b7 ${seed} \u00b7 ${model.made.device}`,
    ),
    failed.length
      ? element(
          "p",
          { class: "alarm", role: "alert" },
          `\u2717 ${failed.length} control${failed.length > 1 ? "s" : ""} failed (${listed(failed)}). The figures of these sweeps are not to be trusted.`,
        )
      : null,
  ];
}

function build() {
  document.getElementById("head").append(...element("div", {}, head()).childNodes);
  const links = [];
  for (const [id, title, make] of SECTIONS) {
    let content;
    try {
      content = make();
    } catch (error) {
      report.errors.push(`${title}: ${error.message}`);
      content = [
        element("p", { class: "missing" }, `This section could not be built: ${error.message}`),
      ];
    }
    document
      .getElementById("content")
      .append(
        element(
          "section",
          { id, "aria-labelledby": id + "-title" },
          element("h2", { id: id + "-title" }, title),
          content,
        ),
      );
    links.push(element("li", {}, element("a", { href: "#" + id }, title)));
  }
  document
    .getElementById("contents")
    .append(element("h2", {}, "Contents"), element("ol", {}, links));
  document
    .getElementById("foot")
    .append(element("p", {}, "Made by Patchbay. This page loads nothing from a network."));
  follow(links);
  if (drawAll) drawEverything();
  report.ready = true;
}

// Marks the section at the top of the window in the list.
function follow(links) {
  const sections = SECTIONS.map(([id]) => document.getElementById(id));
  let planned = false;
  const update = () => {
    planned = false;
    const passed = sections.filter((section) => section.getBoundingClientRect().top < 120).length;
    links.forEach((link, at) => {
      const here = at === Math.max(0, passed - 1);
      if (here) link.firstChild.setAttribute("aria-current", "true");
      else link.firstChild.removeAttribute("aria-current");
    });
  };
  window.addEventListener(
    "scroll",
    () => {
      if (!planned) requestAnimationFrame(update);
      planned = true;
    },
    { passive: true },
  );
  update();
}

build();
