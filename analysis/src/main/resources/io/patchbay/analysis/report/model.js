// The model behind the page, and which of its variants have which part.

const model = JSON.parse(document.getElementById("data").textContent);
for (const variant of model.variants) Object.assign(variant, variant.mechanisms);
const seed = `seed ${model.seed}`;

// Splits the variants into those that have a part and lines that say why the others have not.
function having(key, section, filled) {
  const present = [];
  const absent = [];
  model.variants.forEach((variant, index) => {
    const part = variant[key];
    if (part !== null && filled(part)) present.push({ variant, index, name: variant.name, part });
    else
      absent.push({
        name: variant.name,
        reason: variant.absent[section] || "not computed in this run",
      });
  });
  return { present, absent: absentLines(absent) };
}

// Variants that lack a part for one reason share a line.
function absentLines(absent) {
  const byReason = new Map();
  for (const { name, reason } of absent)
    byReason.set(reason, [...(byReason.get(reason) || []), name]);
  return [...byReason].map(([reason, names]) =>
    element("p", { class: "missing" }, `Left out for ${listed(names)}: ${sentence(reason)}`),
  );
}

function estimateCells(estimate) {
  return estimate
    ? [estimate.value, estimate.low, estimate.high, estimate.n]
    : [null, null, null, null];
}

const ESTIMATE_COLUMNS = ["value", "low", "high", "n"];

// What the parts of all variants say under a key, each text once.
function said(present, key) {
  return listed([...new Set(present.map(({ part }) => part[key]))]);
}
