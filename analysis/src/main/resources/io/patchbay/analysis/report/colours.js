// Two themes. Variants and effects use the Okabe-Ito set, told apart also by dash and shape;
// magnitudes use viridis; signed values a blue-orange ramp whose middle is the paper.

const LIGHT = {
  ink: "#1d2126",
  muted: "#5d646c",
  rule: "#dddad2",
  panel: "#ffffff",
  gap: "#e9e6df",
  series: ["#0072b2", "#d55e00", "#009e73", "#b3568c", "#b58900", "#3a9bd4", "#6b5bb0", "#444444"],
  diverging: [
    "#053061",
    "#2166ac",
    "#67a4cf",
    "#bcd7e8",
    "#f7f5f0",
    "#f6d0a4",
    "#e8964a",
    "#bd5a10",
    "#7a3100",
  ],
};
const DARK = {
  ink: "#e4e6e8",
  muted: "#9ea6ae",
  rule: "#33393f",
  panel: "#1b1f23",
  gap: "#2a2f34",
  series: ["#56b4e9", "#f08a4b", "#2fc49a", "#d994bb", "#e0b83a", "#8fc7ee", "#a99be8", "#c8c8c8"],
  diverging: [
    "#b9dcf7",
    "#7db8e8",
    "#4486bd",
    "#2b5578",
    "#22272c",
    "#74491f",
    "#b8702a",
    "#eba05a",
    "#ffd5a6",
  ],
};
const VIRIDIS = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 2], [10, 4], [4, 2, 1, 2], [1, 3]];

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
let printing = false;

function theme() {
  return darkQuery.matches && !printing ? DARK : LIGHT;
}

function seriesColour(colours, index) {
  return colours.series[index % colours.series.length];
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// The colour at t in [0, 1] of a ramp of equally spaced stops, as [r, g, b].
function mix(ramp, t) {
  const place = Math.min(Math.max(t, 0), 1) * (ramp.length - 1);
  const left = Math.min(Math.floor(place), ramp.length - 2);
  const from = channels(ramp[left]);
  const to = channels(ramp[left + 1]);
  return from.map((value, at) => Math.round(value + (to[at] - value) * (place - left)));
}

function rgb(colour) {
  return `rgb(${colour.join(",")})`;
}

// Black or white, whichever reads better on a colour (relative luminance, WCAG 2).
function inkOn(colour) {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#111111" : "#ffffff";
}

// From low to high; `signed` puts zero in the middle of the diverging ramp.
function scale(low, high, signed) {
  const bound = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const from = signed ? -bound : low;
  const to = signed ? bound : high > low ? high : low + 1;
  const ramp = () => (signed ? theme().diverging : VIRIDIS);
  return {
    from,
    to,
    colour: (value) =>
      value === null ? channels(theme().gap) : mix(ramp(), (value - from) / (to - from)),
    ramp,
  };
}

// The bar that explains a scale; its colours follow the theme.
function scaleLegend(scaled, label) {
  const bar = element("span", { class: "ramp", "aria-hidden": "true" });
  const paint = () =>
    bar.style.setProperty("background", `linear-gradient(to right, ${scaled.ramp().join(", ")})`);
  paint();
  onTheme.push(paint);
  const end = (value) => plain(Number(value.toPrecision(3)));
  const middle = scaled.from < 0 && scaled.to > 0 ? element("span", {}, "0") : null;
  return element(
    "div",
    { class: "legend" },
    element(
      "span",
      { class: "ramped" },
      bar,
      element(
        "span",
        { class: "ends" },
        element("span", {}, end(scaled.from)),
        middle,
        element("span", {}, end(scaled.to)),
      ),
    ),
    element("span", {}, label),
  );
}

const onTheme = [];

// Swatches that follow the theme: [{name, index, shape}].
function swatches(entries) {
  return element(
    "div",
    { class: "legend" },
    entries.map((entry) => {
      const mark = element("span", { class: "swatch " + entry.shape, "aria-hidden": "true" });
      const paint = () =>
        mark.style.setProperty(
          "color",
          entry.muted ? theme().muted : seriesColour(theme(), entry.index),
        );
      paint();
      onTheme.push(paint);
      return element("span", { class: "entry" }, mark, entry.name);
    }),
  );
}

// A short line in a variant's own colour and dash.
function lineSwatch(name, index) {
  const canvas = element("canvas", { class: "dash", width: 56, height: 12, "aria-hidden": "true" });
  const paint = () => {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, 56, 12);
    context.strokeStyle = seriesColour(theme(), index);
    context.lineWidth = 4;
    context.setLineDash(dashPixels(index).map((part) => part * 2));
    context.beginPath();
    context.moveTo(0, 6);
    context.lineTo(56, 6);
    context.stroke();
  };
  paint();
  onTheme.push(paint);
  return element("span", { class: "entry" }, canvas, name);
}

function dashPixels(index) {
  const dash = DASHES[index % DASHES.length];
  return dash === "solid" ? [] : dash === "dashed" ? [6, 4] : dash === "dotted" ? [2, 2] : dash;
}
