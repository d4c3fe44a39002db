// A figure as the page holds it, in the colours and for the width it is seen at.
const plots = [...document.querySelectorAll(".plot")];
const fine = matchMedia("(pointer: fine)");
const PRINT_WIDTH = 660, PRINT_HEIGHT = 210, NARROW = 520, LABEL = 17, LETTER = 7;
const EMPTY_HEIGHT = 96;
const figures = { ...data.figures }, hidden = new Set();
let turn = 0;

function recoloured(value) {
  if (typeof value === "string") return data.swaps[value] || value;
  if (Array.isArray(value)) return value.map(recoloured);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recoloured(v)]));
  return value;
}
const short = (label) => escaped(shortened(unescaped(label), LABEL));
function narrowed(layout) {
  for (const axis of [layout.xaxis, layout.xaxis2]) if (axis) axis.tickangle = 0;
  // Between the ends there is no room for the middle.
  if (layout.xaxis2) Object.assign(layout.xaxis2, { tickvals: [0, 100], ticktext: ["0", "100%"] });
  if (layout.xaxis.type === "date") layout.xaxis.nticks = 5;
  // Beside the squares the scale of colours would take a fifth of their room.
  if (layout.coloraxis) layout.coloraxis.showscale = false;
  const { ticktext } = layout.yaxis || {};
  if (ticktext && layout.yaxis.tickvals) {
    layout.yaxis.ticktext = ticktext.map(short);
    // Words stand beside bars; a log axis has none.
    if (layout.xaxis.range && layout.xaxis.type !== "log") layout.xaxis.range = [0, layout.xaxis.range[1] * 1.35];
  }
}
/** Of labels that would overlap side by side every second, every third. */
function thinOut(axis, width) {
  const lines = (axis.ticktext ?? []).flatMap((label) => label.split("<br>"));
  const longest = LETTER * Math.max(0, ...lines.map((line) => line.length)) + LETTER;
  const each = Math.ceil((axis.ticktext?.length ?? 0) / Math.floor((0.85 * width) / longest));
  if (each > 1)
    for (const name of ["tickvals", "ticktext"])
      axis[name] = axis[name].filter((_, place) => place % each === 0);
}
const keyOf = (id, trace) => `${id} ${trace.name}`;
function seenFigure(id, width) {
  const isDark = theme() === "dark", copy = structuredClone(figures[id]), { layout } = copy;
  const isTopped = layout.xaxis2 || layout.xaxis.side === "top";
  Object.assign(layout, {
    template: data.templates[theme()],
    margin: { l: 8, r: 20, t: isTopped ? 26 : 8, b: 8 },
    height: layout.height || (printing ? PRINT_HEIGHT : 320),
    width,
    dragmode: fine.matches && !layout.xaxis.fixedrange ? "zoom" : false,
    showlegend: false,
  });
  for (const trace of copy.data) trace.visible = !hidden.has(keyOf(id, trace));
  if (isEmpty(copy)) emptied(layout);
  if (isDark && layout.shapes) layout.shapes = recoloured(layout.shapes);
  if (layout.xaxis.type !== "log") thinOut(layout.xaxis, width);
  if (width < NARROW) narrowed(layout);
  return { data: isDark ? recoloured(copy.data) : copy.data, layout };
}
const isEmpty = (figure) => !figure.data.some((trace) => trace.x?.length);
/** One line in place of axes, names of rows and a legend of nothing. */
function emptied(layout) {
  for (const [name, axis] of Object.entries(layout))
    if (/^[xy]axis/.test(name)) axis.visible = false;
  layout.height = EMPTY_HEIGHT;
  layout.shapes = [];
  layout.annotations = [{ text: "Nothing to show.", showarrow: false, xref: "paper", yref: "paper" }];
}
// The legend is of buttons, so that it wraps on a phone and a keyboard reaches it.
function legend(plot, traces) {
  const id = plot.dataset.panel, chart = plot.closest(".chart");
  const before = chart.previousElementSibling;
  const has = before.className === "legend";
  const named = traces.filter((trace) => trace.showlegend !== false);
  const { showlegend } = figures[id].layout;
  if (showlegend === false || named.length < 2 || isEmpty(figures[id])) {
    if (has) before.remove();
    return;
  }
  const box = has ? before : document.createElement("div");
  box.className = "legend";
  if (!has) chart.before(box);
  while (box.children.length > named.length) box.lastChild.remove();
  while (box.children.length < named.length) box.append(legendButton(plot, id));
  [...box.children].forEach((button, index) => {
    button.dataset.trace = keyOf(id, named[index]);
    button.firstChild.style.background = named[index].marker.color;
    button.lastChild.textContent = unescaped(named[index].name);
    button.setAttribute("aria-pressed", String(named[index].visible));
  });
}
function legendButton(plot) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("i"), document.createElement("span"));
  button.addEventListener("click", () => {
    const key = button.dataset.trace;
    if (!hidden.delete(key)) hidden.add(key);
    draw(plot);
  });
  return button;
}
function draw(plot) {
  const width = printing ? PRINT_WIDTH : Math.floor(plot.clientWidth);
  if (!width) return undefined;
  const { data: traces, layout } = seenFigure(plot.dataset.panel, width);
  plot.style.minHeight = `${layout.height}px`;
  legend(plot, traces);
  return Plotly.react(plot, traces, layout, { displayModeBar: false, responsive: false });
}
/** Those that were drawn; the others are yet to come, and will be as they should. */
const redraw = () => plots.filter((plot) => plot.data).forEach(draw);
const frame = () => new Promise((done) => { setTimeout(done); });
/** Show these panels, those on screen first, one after the other; a later call takes over. */
async function showInTurn(panels, show) {
  const own = ++turn, middle = innerHeight / 2;
  root.dataset.charts = "drawing";
  const distance = (panel) => {
    const { top, bottom } = panel.getBoundingClientRect();
    return Math.max(top - middle, middle - bottom, 0);
  };
  const far = new Map(panels.map((panel) => [panel, distance(panel)]));
  // What is written already, the key figures, is seen before the first chart is drawn.
  await frame();
  if (own !== turn) return;
  for (const panel of [...panels].sort((a, b) => far.get(a) - far.get(b))) {
    show(panel);
    const plot = panel.querySelector(".plot");
    if (plot) await draw(plot);
    await frame();
    if (own !== turn) return;
  }
  root.dataset.charts = "drawn";
}
function followWidths() {
  const widths = new Map(plots.map((plot) => [plot, plot.clientWidth]));
  const watcher = new ResizeObserver((entries) => {
    if (printing) return;
    for (const { target } of entries)
      if (Math.abs(widths.get(target) - target.clientWidth) > 1) {
        widths.set(target, target.clientWidth);
        draw(target);
      }
  });
  plots.forEach((plot) => watcher.observe(plot));
}
function followPrinting() {
  const forPrint = (isPrinting) => {
    if (printing === isPrinting) return;
    printing = isPrinting;
    makeAll();
    redraw();
  };
  addEventListener("beforeprint", () => forPrint(true));
  addEventListener("afterprint", () => forPrint(false));
}
