// Tables of pictures cut from one sheet.

function sheetAddress(dataUri) {
  const bytes = Uint8Array.from(atob(dataUri.slice(dataUri.indexOf(",") + 1)), (letter) =>
    letter.charCodeAt(0),
  );
  return URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
}

// columns: heading texts; rows: [{name, detail}] in the order of the sheet.
function picturesTable({ alt, sheet, columns, rows }) {
  const share = (at, count) => (count > 1 ? at / (count - 1) : 0);
  const cell = (row, column) =>
    element(
      "td",
      {},
      element("span", {
        class: "tile",
        css: {
          "--x": share(column, sheet.columns),
          "--y": share(row, sheet.rows),
        },
      }),
    );
  const table = element(
    "table",
    {
      class: sheet.width < 48 ? "pictures coarse" : "pictures",
      css: {
        "--sheet": `url("${sheetAddress(sheet.dataUri)}")`,
        "--columns": sheet.columns,
        "--rows": sheet.rows,
        "--shape": `${sheet.width} / ${sheet.height}`,
      },
    },
    element("caption", { class: "unseen" }, alt),
    columns
      ? element(
          "thead",
          {},
          element(
            "tr",
            {},
            element("td", {}),
            columns.map((name) => element("th", { scope: "col" }, name)),
          ),
        )
      : null,
    element(
      "tbody",
      {},
      rows.map((row, at) =>
        element(
          "tr",
          {},
          element(
            "th",
            { scope: "row" },
            row.name,
            row.detail ? element("small", {}, row.detail) : null,
          ),
          Array.from({ length: sheet.columns }, (unused, column) => cell(at, column)),
        ),
      ),
    ),
  );
  return element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": alt }, table);
}
