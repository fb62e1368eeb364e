// Maps over the places of an image, one small canvas per unit, a pixel per place.

// maps: [{unit, values: grid}]
function pixelsPanel({ title, alt, maps, scaled, wide }) {
  const readout = element("p", { class: "readout", "aria-hidden": "true" });
  return {
    title,
    alt,
    wide,
    paint: (host) => {
      const tiles = maps.map((map) => {
        const canvas = element("canvas", {
          width: map.values.columns,
          height: map.values.rows,
          "aria-hidden": "true",
        });
        fill(canvas, map.values, scaled);
        canvas.addEventListener("mousemove", (event) => {
          readout.textContent = placeText(
            map,
            event.offsetX / canvas.clientWidth,
            event.offsetY / canvas.clientHeight,
          );
        });
        const most = rangeOf(map.values.values);
        return element(
          "div",
          { class: "map" },
          element("span", { class: "name" }, map.unit),
          canvas,
          element(
            "span",
            { class: "most" },
            most ? plain(Number(most[1].toPrecision(3))) : "undefined",
          ),
        );
      });
      host.replaceChildren(element("div", { class: "maps" }, tiles), readout);
    },
  };
}

function fill(canvas, grid, scaled) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(grid.columns, grid.rows);
  grid.values.forEach((value, at) => {
    const colour = scaled.colour(value);
    image.data.set([colour[0], colour[1], colour[2], 255], at * 4);
  });
  context.putImageData(image, 0, 0);
}

function placeText(map, across, down) {
  const column = Math.min(
    Math.max(Math.floor(across * map.values.columns), 0),
    map.values.columns - 1,
  );
  const row = Math.min(Math.max(Math.floor(down * map.values.rows), 0), map.values.rows - 1);
  return `${map.unit}, row ${row}, column ${column}: ${plain(map.values.values[row * map.values.columns + column])}`;
}
