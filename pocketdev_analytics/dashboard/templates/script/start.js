// What is packed is unpacked, then the page is drawn and follows its reader.
async function unpacked(id) {
  const packed = document.getElementById(id);
  const bytes = Uint8Array.from(atob(packed.textContent), (character) => character.charCodeAt(0));
  packed.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream);
}
// plotly.js lies gzipped in the page; the policy lets exactly this script run, by its hash.
async function runPlotly() {
  const script = document.createElement("script");
  script.textContent = await (await unpacked("plotly")).text();
  // It brings the style sheet of its maps, which no chart here uses and the policy refuses.
  const { appendChild } = Node.prototype;
  Node.prototype.appendChild = function (node) {
    return node.nodeName === "STYLE" && node.textContent ? node : appendChild.call(this, node);
  };
  try { document.head.append(script); } finally { Node.prototype.appendChild = appendChild; }
}

const seenUnder = (filters) => Object.fromEntries(
  Object.entries(cubes).map(([name, cube]) => [name, cellsOf(cube, filters)]));
/** What is seen in the equal period before, where the page knows all of it. */
function seenBefore() {
  const { before } = periodOf(state);
  if (!before || before[0] < data.controls.first) return null;
  return { days: before, seen: seenUnder({ ...filtersOf(state), days: before }) };
}
/** Make all that follows the filters anew; the page's own words are those of no filter. */
function follow({ isFirst = false } = {}) {
  const seen = seenUnder(filtersOf(state)), { keys, main } = pages[data.page];
  const isEmpty = main.every((name) => !seen[name].length);
  for (const part of document.querySelectorAll(".keys, .group.live")) part.hidden = isEmpty;
  document.getElementById("nothing").hidden = !isEmpty;
  if (isEmpty) {
    turn++;
    root.dataset.charts = "drawn";
    return undefined;
  }
  const isWritten = !(isFirst && !isFiltered());
  if (isWritten) writeKeys(keys(seen, seenBefore()));
  for (const [id, { make }] of Object.entries(data.live)) {
    const made = makers[make](id, seen);
    figures[id] = made.figure;
    if (isWritten) writePanel(id, made);
  }
  return isFirst ? undefined : drawInTurn(plots.filter((plot) => plot.dataset.panel in data.live));
}
async function start() {
  if (!document.getElementById("plotly")) return;
  root.classList.remove("no-charts");
  for (const details of document.querySelectorAll("details")) details.open = false;
  for (const plot of plots)
    plot.style.minHeight = `${data.figures[plot.dataset.panel].layout.height || 320}px`;
  try {
    await runPlotly();
    if (document.getElementById("cubes")) {
      readCubes(new Uint8Array(await (await unpacked("cubes")).arrayBuffer()));
      watchTables();
      watchFilters(() => follow());
      follow({ isFirst: true });
    }
    drawn = true;
    await drawInTurn(plots);
    followWidths();
  } catch (error) {
    root.classList.add("no-charts");
    document.getElementById("no-charts").hidden = false;
    for (const details of document.querySelectorAll("details")) details.open = true;
    throw error;
  }
  for (const wide of document.querySelectorAll(".wide")) wide.scrollLeft = wide.scrollWidth;
}

watchTheme();
offerCsv();
followPrinting();
start();
