// A dashboard: its facts are unpacked, then every panel follows the filters.
import { createControls } from "./controls.js";
import { decodeFacts } from "./facts.js";
import { isFiltered, periodOf, toggle } from "./filters.js";
import { drawPanel, keyFigures } from "./panels.js";
import { startShell } from "./shell.js";
import { unpack } from "./unpack.js";
import { createView, entriesOf } from "./view.js";
import { createWriter, writeKeys } from "./write.js";

const SPARK_DAYS = 60;

/** The mark that was clicked: in a stack the part under the pointer, which Plotly knows by its top. */
function clicked({ points, event }) {
  const above = points.filter(({ bbox }) => bbox && bbox.y0 <= event.clientY + 1);
  return above.sort((a, b) => b.bbox.y0 - a.bbox.y0)[0] ?? points[0];
}
/** Filter by the marks of a chart: `marksOf` has what each point of each trace filters by. */
function followClicks(plot, marksOf, onClick) {
  // Where nothing hovers, a tap shows what a mark is.
  if (!matchMedia("(hover: hover)").matches) return;
  plot.classList.toggle("is-clickable", marksOf().flat(2).some(Boolean));
  if (plot.dataset.clicks) return;
  plot.dataset.clicks = "followed";
  plot.on("plotly_click", (event) => {
    const { curveNumber, pointNumber } = clicked(event);
    const mark = [pointNumber].flat().reduce((marks, at) => marks?.[at], marksOf()[curveNumber]);
    if (mark) onClick({ ...mark, code: mark.entry?.code });
  });
}
/** What is in view under filters, for the interpreter of panels. */
function pageOf(source, { spec, state, palette }, wanted) {
  const { days = state.days, before } = periodOf(wanted, state), { names } = wanted;
  const [first, last] = state.days;
  const within = ([from, to]) => [from > first ? from : first, to < last ? to : last];
  const view = (of) => createView(source, { names, days: within(of) });
  return {
    spec, state, palette, scale: source.facts.scale, names: Object.keys(names),
    view: view(days), before: before && before[0] >= first ? view(before) : null, beforeDays: before,
  };
}
/** Start the page; its own words are those of no filter. @param {object} data */
function startDashboard(data) {
  const { spec, state } = data, shown = { page: null, isWritten: false, writer: null, controls: null };
  function follow(source, wanted, isFirst) {
    shown.page = pageOf(source, data, wanted);
    shown.isWritten = !isFirst || isFiltered(wanted);
    const { isEmpty } = shown.page.view;
    for (const part of document.querySelectorAll(".keys, .group.live")) part.hidden = isEmpty;
    document.getElementById("nothing").hidden = !isEmpty;
    if (!isEmpty && shown.isWritten) writeKeys(keyFigures(shown.page, SPARK_DAYS));
  }
  function make(id) {
    if (!spec?.panels[id] || shown.page.view.isEmpty) return;
    const drawn = drawPanel(spec.panels[id], shown.page);
    if (drawn.figure) data.figures[id] = drawn.figure;
    if (shown.isWritten) shown.writer.write(id, drawn);
  }
  return startShell(data, {
    makeOf: (id) => () => make(id),
    onDrawn: (plot, id) => followClicks(plot, () => data.figures[id].filters ?? [], (mark) =>
      shown.controls.ask(toggle(shown.controls.wanted(), mark))),
    finish: () => shown.writer?.finish(),
    async prepare(queue) {
      if (!document.getElementById("facts")) return;
      const facts = decodeFacts(await unpack("facts"), state.week_start ?? 0);
      const source = { ...spec, facts, tick: state.tick ?? 1, entry: entriesOf(facts) };
      shown.writer = createWriter();
      shown.controls = createControls(state, facts.domains, (wanted) => {
        follow(source, wanted, false);
        queue.renew();
      });
      follow(source, shown.controls.wanted(), true);
    },
  });
}

startDashboard(JSON.parse(document.getElementById("data").textContent));
