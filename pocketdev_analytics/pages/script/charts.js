// Figures drawn in the colours and for the width that they are seen at, on screen and on paper.
import { fit } from "./fit.js";
import { showLegend } from "./legend.js";

const PRINT_WIDTH = 650, PRINT_HEIGHT = 210, EMPTY_HEIGHT = 96, DEFAULT_HEIGHT = 320;

/** @param {unknown} value @param {Object<string, string>} colours @returns {unknown} */
function recoloured(value, colours) {
  if (typeof value === "string") return colours[value] ?? value;
  if (Array.isArray(value)) return value.map((each) => recoloured(each, colours));
  if (value && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, recoloured(each, colours)]));
  return value;
}
/** @param {{data: object[]}} figure */
const isEmpty = (figure) => !figure.data.some((trace) => trace.x?.length || trace.y?.length);
/** One line in place of axes, names of rows and a legend of nothing. */
function emptied(layout) {
  for (const [name, axis] of Object.entries(layout))
    if (/^[xy]axis/.test(name)) axis.visible = false;
  layout.height = EMPTY_HEIGHT;
  layout.shapes = [];
  layout.annotations = [{ text: "Nothing to show.", showarrow: false, xref: "paper", yref: "paper" }];
}

/**
 * The charts of a page.
 * @param {{figures: Object<string, {data: object[], layout: object, template?: object}>,
 *   templates: {light: object, dark: object}, swaps: Object<string, string>, height?: number}} data
 *   `swaps` names the dark colour in the place of each light one
 * @param {() => boolean} isDark
 * @param {(plot: HTMLElement, id: string) => void} [onDrawn] called once a chart has its marks
 */
export function createCharts(data, isDark, onDrawn = () => {}) {
  const plots = [...document.querySelectorAll(".plot")], hidden = new Set();
  const isFine = matchMedia("(pointer: fine)").matches;
  const state = { isPrinting: false };
  const keyOf = (id, name) => `${id} ${name}`;

  /** The figure as it is seen at a width. */
  function seen(id, width) {
    const { data: traces, layout: style, template = data.templates.light } = data.figures[id];
    const figure = structuredClone({ data: traces, layout: style }), { layout } = figure;
    const dark = isDark() && !state.isPrinting, isTopped = layout.xaxis2 || layout.xaxis?.side === "top";
    Object.assign(layout, {
      template: dark ? data.templates.dark : template,
      margin: { l: 8, r: 20, t: isTopped ? 26 : 8, b: 8 },
      height: layout.height || (state.isPrinting ? PRINT_HEIGHT : data.height ?? DEFAULT_HEIGHT),
      width,
      dragmode: isFine && !layout.xaxis?.fixedrange ? "zoom" : false,
    });
    if (isEmpty(figure)) emptied(layout);
    // Plotly orders categories by traces that are there, though only in a legend.
    for (const trace of figure.data) if (hidden.has(keyOf(id, trace.name))) trace.visible = "legendonly";
    fit(figure, width);
    return dark ? { data: recoloured(figure.data, data.swaps),
      layout: { ...layout, shapes: recoloured(layout.shapes, data.swaps) } } : figure;
  }
  /** @param {HTMLElement} plot @returns {Promise<void>|undefined} */
  function draw(plot) {
    const id = plot.dataset.panel, width = state.isPrinting ? PRINT_WIDTH : Math.floor(plot.clientWidth);
    if (!width) return undefined;
    const figure = seen(id, width), { layout } = figure;
    plot.style.minHeight = `${layout.height}px`;
    layout.showlegend = showLegend(plot, figure.data, {
      isWanted: layout.showlegend !== false && !isEmpty(figure),
      isHidden: (name) => hidden.has(keyOf(id, name)),
      onPress: (name) => {
        if (!hidden.delete(keyOf(id, name))) hidden.add(keyOf(id, name));
        draw(plot);
      },
    });
    return Plotly.react(plot, figure.data, layout, { displayModeBar: false, responsive: false })
      .then(() => onDrawn(plot, id));
  }
  /** Those that were drawn; the others are yet to come, and will be as they should. */
  const redraw = () => plots.filter((plot) => plot.data).forEach(draw);
  /** Draw a chart again when its room changes. */
  function followWidths() {
    const widths = new Map(plots.map((plot) => [plot, plot.clientWidth]));
    const watcher = new ResizeObserver((entries) => {
      for (const { target } of state.isPrinting ? [] : entries)
        if (Math.abs(widths.get(target) - target.clientWidth) > 1) {
          widths.set(target, target.clientWidth);
          if (target.data) draw(target);
        }
    });
    plots.forEach((plot) => watcher.observe(plot));
  }
  /** Draw for paper and back. @param {() => void} before what has to be drawn first */
  function followPrinting(before = () => {}) {
    const print = (isPrinting) => {
      if (state.isPrinting === isPrinting) return;
      state.isPrinting = isPrinting;
      before();
      plots.forEach(draw);
    };
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
  }
  return { plots, draw, redraw, followWidths, followPrinting };
}
