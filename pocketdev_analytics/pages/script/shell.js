// What dashboards, session pages and notebooks share: colours, charts, widths, paper, CSV.
import { createCharts } from "./charts.js";
import { offerCsv } from "./csv.js";
import { createQueue } from "./queue.js";
import { followTheme } from "./theme.js";
import { runPlotly } from "./unpack.js";

/** Show every table in place of its chart, and say why. */
function giveUp() {
  document.documentElement.classList.add("no-charts");
  document.getElementById("no-charts").hidden = false;
  for (const details of document.querySelectorAll(".panel details")) details.open = true;
}

/**
 * Start a page.
 * @param {object} data as `createCharts` takes it
 * @param {{makeOf?: (id: string) => () => void, prepare?: (queue: object) => Promise<void>|void,
 *   onDrawn?: (plot: HTMLElement, id: string) => void, finish?: () => void}} [hooks] what makes
 *   a panel before it is drawn, what is done before the first chart, after each, and before
 *   paper and CSV need all
 * @returns {Promise<void>}
 */
export async function startShell(data, hooks = {}) {
  const { makeOf = () => () => {}, prepare = () => {}, onDrawn, finish = () => {} } = hooks;
  const shell = { redraw: () => {} }, root = document.documentElement;
  const theme = followTheme(() => shell.redraw());
  const panels = [...document.querySelectorAll(".panel")];
  const idOf = (panel) => panel.id.replace("panel-", "");
  const charts = createCharts(data, theme.isDark, onDrawn);
  const queue = createQueue(panels, (panel) => {
    const plot = panel.querySelector(".plot");
    return { make: makeOf(idOf(panel)), draw: () => plot && charts.draw(plot) };
  });
  const finishAll = () => {
    queue.finish();
    finish();
  };
  offerCsv(finishAll);
  if (!document.getElementById("plotly")) {
    root.dataset.charts = "drawn"; // a page without charts has none to wait for
    return;
  }
  root.classList.remove("no-charts");
  for (const details of document.querySelectorAll(".panel details")) details.open = false;
  for (const plot of charts.plots)
    plot.style.minHeight = `${data.figures[plot.dataset.panel].layout.height ?? data.height ?? 320}px`;
  try {
    await prepare(queue);
    await runPlotly();
    shell.redraw = charts.redraw;
    charts.followPrinting(finishAll);
    await queue.renew();
    charts.followWidths();
    document.getElementById("no-charts").remove();
  } catch (error) {
    giveUp();
    throw error;
  }
  for (const wide of document.querySelectorAll(".wide")) wide.scrollLeft = wide.scrollWidth;
}
