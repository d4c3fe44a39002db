// What is packed is unpacked, then the page is drawn and follows its reader.
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  + "!#$%:()*+-;.=,?@^_`{|}~";
/** The bytes that five letters each stand four of for (embed.py's `dense`). */
function bytesOf(text) {
  const values = new Uint8Array(128);
  [...LETTERS].forEach((letter, value) => { values[letter.charCodeAt(0)] = value; });
  const padded = text + "~".repeat((5 - (text.length % 5)) % 5);
  const words = new DataView(new ArrayBuffer((padded.length / 5) * 4));
  for (let at = 0, byte = 0; at < padded.length; at += 5, byte += 4) {
    let word = 0;
    for (let letter = at; letter < at + 5; letter++)
      word = word * 85 + values[padded.charCodeAt(letter)];
    words.setUint32(byte, word);
  }
  return new Uint8Array(words.buffer, 0, words.byteLength - (padded.length - text.length));
}
/** What an element has packed: one part or, between spaces, several. */
async function unpacked(id) {
  const packed = document.getElementById(id), parts = packed.textContent.split(" ");
  packed.remove();
  return Promise.all(parts.map((part) => new Response(
    new Blob([bytesOf(part)]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()));
}
// plotly.js lies gzipped in the page; the policy lets exactly this script run, by its hash.
async function runPlotly() {
  const script = document.createElement("script");
  const [text] = await unpacked("plotly");
  script.textContent = new TextDecoder().decode(text);
  // It brings the style sheet of its maps, which no chart here uses and the policy refuses.
  const { appendChild } = Node.prototype;
  Node.prototype.appendChild = function (node) {
    return node.nodeName === "STYLE" && node.textContent ? node : appendChild.call(this, node);
  };
  try { document.head.append(script); } finally { Node.prototype.appendChild = appendChild; }
}

/** The cells of every cube that filters leave, and what was added up of them so far. */
const seenUnder = (filters) => ({
  known: new Map(),
  ...cellsUnder(filters),
});
/** What is seen in the equal period before, where the page knows all of it. */
function seenBefore() {
  const { before } = periodOf(state);
  if (!before || before[0] < data.controls.first) return null;
  return { days: before, seen: seenUnder({ ...filtersOf(state), days: before }) };
}
// Panels that still show what was in view before: each is made anew when its turn comes.
const waiting = new Map();
function make(id) {
  waiting.get(id)?.();
  waiting.delete(id);
}
const makeAll = () => [...waiting.keys()].forEach(make);
const idOf = (panel) => panel.id.replace("panel-", "");
/** Make all that follows the filters anew; the page's own words are those of no filter. */
function follow({ isFirst = false } = {}) {
  const seen = seenUnder(filtersOf(state)), { keys, main } = pages[data.page];
  const isEmpty = main.every((name) => !seen[name].length), isWritten = !isFirst || isFiltered();
  for (const part of document.querySelectorAll(".keys, .group.live")) part.hidden = isEmpty;
  document.getElementById("nothing").hidden = !isEmpty;
  waiting.clear();
  if (!isEmpty) {
    if (isWritten) writeKeys(keys(seen, seenBefore()));
    for (const [id, { make: maker }] of Object.entries(data.live))
      waiting.set(id, () => {
        const made = makers[maker](id, seen);
        figures[id] = made.figure;
        if (isWritten) writePanel(id, made);
      });
  }
  const panels = [...document.querySelectorAll(".panel")];
  return showInTurn(
    panels.filter((panel) => isFirst || waiting.has(idOf(panel))), (panel) => make(idOf(panel)));
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
      for (const part of await unpacked("cubes")) readCubes(new Uint8Array(part));
      addPeriods();
      pages[data.page].read?.();
      watchTables();
      watchFilters(() => follow());
      await follow({ isFirst: true });
    } else await showInTurn([...document.querySelectorAll(".panel")], () => {});
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
