// Every text of a run enters the page as a text node, never as markup.

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "css") {
      for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    } else if (typeof value === "function") {
      node.addEventListener(name, value);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// The columns of a data table are strings, its cells strings, numbers or null. A column of numbers
// stands flush right under its name.
function dataTable(columns, rows) {
  const numbers = columns.map(
    (unused, at) =>
      rows.some((row) => typeof row[at] === "number") &&
      rows.every((row) => typeof row[at] !== "string" || row[at] === NOTHING),
  );
  const kind = (at) => (numbers[at] ? "number" : null);
  return element(
    "table",
    { class: "data" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        columns.map((name, at) => element("th", { scope: "col", class: kind(at) }, name)),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map((row) =>
        element(
          "tr",
          {},
          row.map((cell, at) => element("td", { class: kind(at) }, cellText(cell))),
        ),
      ),
    ),
  );
}

// A data table as a panel of a figure: wide ones scroll inside it.
function tablePanel(columns, rows) {
  return { title: "", node: element("div", { class: "scroll tall" }, dataTable(columns, rows)) };
}

function cellText(cell) {
  if (cell === null || cell === undefined) return "undefined";
  return typeof cell === "number" ? plain(cell) : String(cell);
}

// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe.
function csv(columns, rows) {
  const quote = (cell) => {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "number") return String(cell);
    const text = /^[=+\-@\t\r]/.test(cell) ? "'" + cell : String(cell);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [columns, ...rows].map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
