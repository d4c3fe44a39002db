// What a filter leaves, written into the page. Names are only ever text: no markup is read.
const SVG = "http://www.w3.org/2000/svg";
function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
function isolated(tag, text, attributes) {
  const made = element(tag, "", attributes);
  made.append(element("bdi", text));
  return made;
}

function writeKeys(figuresInLarge) {
  document.querySelector(".keys").replaceChildren(...figuresInLarge.map(keyElement));
}
function keyElement({ name, value, exact, note, prefix, spark, change: changeText }) {
  const key = element("div", "", { class: "key" });
  const large = element("p", "", { class: "value", title: exact });
  if (prefix) large.append(element("span", prefix, { class: "prefix" }), " ");
  large.append(value);
  key.append(element("h3", name), large);
  if (changeText) key.append(element("p", changeText, { class: "change" }));
  if (note) key.append(element("p", note, { class: "note" }));
  if (spark.length > 1) key.append(sparkElement(spark));
  return key;
}
function sparkElement(values) {
  const top = Math.max(...values) || 1, step = 100 / Math.max(values.length - 1, 1);
  const points = values
    .map((value, index) => `${fixed(index * step, 1)},${fixed(27 - (25 * value) / top, 1)}`)
    .join(" ");
  const svg = document.createElementNS(SVG, "svg");
  const shape = (tag, drawnPoints) => {
    const made = document.createElementNS(SVG, tag);
    made.setAttribute("points", drawnPoints);
    return made;
  };
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", "0 0 100 28");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(shape("polygon", `0,28 ${points} 100,28`), shape("polyline", points));
  return svg;
}

const stale = new Map();
/** A panel's words at once; its table once it is looked at. */
function writePanel(id, { title, summary, notes, table }) {
  const panel = document.getElementById(`panel-${id}`);
  if (title)
    for (const place of panel.querySelectorAll(`#title-${id}, .away .title`))
      place.textContent = title;
  document.getElementById(`summary-${id}`).replaceChildren(element("bdi", summary));
  if (notes)
    panel.querySelector(".bounds").replaceChildren(
      ...notes.map((note) => isolated("p", note, { class: "bound" })));
  const details = panel.querySelector("details");
  if (details && !details.open) stale.set(id, table);
  else writeTable(id, table);
}
function writeTable(id, { columns, rows, more }) {
  stale.delete(id);
  const table = document.getElementById(`table-${id}`), panel = document.getElementById(`panel-${id}`);
  const head = element("tr");
  head.append(...columns.map(([, heading, isText]) =>
    isolated("th", heading, { scope: "col", ...(isText ? { class: "t" } : {}) })));
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...rows.map((cells) => rowElement(columns, cells)));
  const rest = panel.querySelector(".more");
  rest.hidden = !more;
  rest.firstElementChild.textContent = count(more);
}
function rowElement(columns, cells) {
  const row = element("tr");
  row.append(...cells.map(([text, exact, link], index) => {
    const isText = columns[index][2], title = exact ? { title: exact } : {};
    const inside = link ? element("a", text, { href: link }) : text;
    const cell = index
      ? element("td", "", isText ? { class: "t", ...title } : title)
      : element("th", "", { scope: "row", ...title });
    if (index && !isText) cell.append(inside);
    else {
      const isolate = element("bdi");
      isolate.append(inside);
      cell.append(isolate);
    }
    return cell;
  }));
  return row;
}
function watchTables() {
  for (const details of document.querySelectorAll(".panel details"))
    details.addEventListener("toggle", () => {
      const id = details.closest(".panel").id.replace("panel-", "");
      if (details.open && stale.has(id)) writeTable(id, stale.get(id));
    });
}
