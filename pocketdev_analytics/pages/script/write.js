// What filters leave, written into the page.
import { fixed } from "./decimals.js";
import { element, isolated } from "./dom.js";
import { count } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {number[]} values @returns {SVGElement} their course, small */
function sparkElement(values) {
  const top = Math.max(...values) || 1, step = 100 / Math.max(values.length - 1, 1);
  const points = values.map((value, index) =>
    `${fixed(index * step, 1)},${fixed(27 - (25 * value) / top, 1)}`).join(" ");
  const svg = document.createElementNS(SVG, "svg");
  for (const [tag, drawn] of [["polygon", `0,28 ${points} 100,28`], ["polyline", points]]) {
    const shape = document.createElementNS(SVG, tag);
    shape.setAttribute("points", drawn);
    svg.append(shape);
  }
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", "0 0 100 28");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
function keyElement({ name, value, exact, note, prefix, spark, change }) {
  const large = element("p", prefix ? [element("span", prefix, { class: "prefix" }), " ", value] : value,
    { class: "value", title: exact });
  const key = element("div", [element("h3", name), large], { class: "key" });
  if (change) key.append(element("p", change, { class: "change" }));
  if (note) key.append(element("p", note, { class: "note" }));
  if (spark.length > 1) key.append(sparkElement(spark));
  return key;
}
/** @param {import("./panels.js").KeyFigure[]} figures */
export const writeKeys = (figures) =>
  document.querySelector(".keys").replaceChildren(...figures.map(keyElement));

function rowElement(columns, cells) {
  return element("tr", cells.map(({ text, exact, link }, index) => {
    const { isText } = columns[index], inside = link ? element("a", text, { href: link }) : text;
    const title = exact ? { title: exact } : {};
    if (!index) return isolated("th", inside, { scope: "row", ...title });
    return isText ? isolated("td", inside, { class: "t", ...title }) : element("td", inside, title);
  }));
}
/** @param {string} id of a panel @param {import("./tables.js").Table} table */
function writeTable(id, { columns, rows, more }) {
  const table = document.getElementById(`table-${id}`), rest = document.querySelector(`#panel-${id} .more`);
  table.tHead.replaceChildren(element("tr", columns.map(({ heading, isText }) =>
    isolated("th", heading, { scope: "col", ...(isText ? { class: "t" } : {}) }))));
  table.tBodies[0].replaceChildren(...rows.map((cells) => rowElement(columns, cells)));
  rest.hidden = !more;
  rest.firstElementChild.textContent = count(more);
}

/**
 * The panels of a page: their words are written at once, a table when it is looked at.
 * @returns {{write: (id: string, drawn: import("./panels.js").Drawn) => void, finish: () => void}}
 */
export function createWriter() {
  const stale = new Map();
  const finish = (id) => {
    const table = stale.get(id);
    stale.delete(id);
    if (table) writeTable(id, table());
  };
  for (const details of document.querySelectorAll(".panel details"))
    details.addEventListener("toggle", () => {
      if (details.open) finish(details.closest(".panel").id.replace("panel-", ""));
    });
  return {
    write(id, { title, summary, notes, remark, table }) {
      const panel = document.getElementById(`panel-${id}`), below = panel.querySelector(".remark bdi");
      const bounds = notes.map((note) => isolated("p", note, { class: "bound" }));
      for (const place of panel.querySelectorAll(`#title-${id}, .away .title`)) place.textContent = title;
      document.getElementById(`summary-${id}`).replaceChildren(element("bdi", summary));
      panel.querySelector(".bounds").replaceChildren(...bounds);
      if (below) below.textContent = remark;
      stale.set(id, table);
      if (panel.querySelector("details")?.open ?? true) finish(id);
    },
    finish: () => [...stale.keys()].forEach(finish),
  };
}
