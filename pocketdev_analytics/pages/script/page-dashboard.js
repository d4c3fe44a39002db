// A dashboard: its facts are unpacked, then every panel follows the filters.
import { createControls } from "./controls.js";
import { decodeFacts } from "./facts.js";
import { isFiltered, periodOf, toggle } from "./filters.js";
import { drawPanel, keyFigures } from "./panels.js";
import { startShell } from "./shell.js";
import { unpack } from "./unpack.js";
import { createView, entriesOf } from "./view.js";
import { createWriter, writeKeys } from "./write.js";

const data = JSON.parse(document.getElementById("data").textContent), { spec, state, palette } = data;
const SPARK_DAYS = 60;
// What is in view: the page's facts, its filters, and what panels are drawn from.
const shown = { page: null, isWritten: false, writer: null, controls: null };

/** @param {object} source @param {import("./filters.js").Wanted} wanted */
function pageOf(source, wanted) {
  const { days = state.days, before } = periodOf(wanted, state), { names } = wanted;
  const [first, last] = state.days;
  const within = ([from, to]) => [from > first ? from : first, to < last ? to : last];
  const isKnown = before && before[0] >= first;
  return {
    spec, state, palette, scale: source.facts.scale, names: Object.keys(names),
    view: createView(source, { names, days: within(days) }),
    before: isKnown ? createView(source, { names, days: within(before) }) : null,
    beforeDays: before,
  };
}
/** Make all that follows the filters again; the page's own words are those of no filter. */
function follow(source, wanted, isFirst) {
  shown.page = pageOf(source, wanted);
  shown.isWritten = !isFirst || isFiltered(wanted);
  const { isEmpty } = shown.page.view;
  for (const part of document.querySelectorAll(".keys, .group.live")) part.hidden = isEmpty;
  document.getElementById("nothing").hidden = !isEmpty;
  if (!isEmpty && shown.isWritten) writeKeys(keyFigures(shown.page, SPARK_DAYS));
}
function make(id) {
  if (!spec?.panels[id] || shown.page.view.isEmpty) return;
  const drawn = drawPanel(spec.panels[id], shown.page);
  data.figures[id] = drawn.figure;
  if (shown.isWritten) shown.writer.write(id, drawn);
}
/** The mark that was clicked: in a stack the part under the pointer, which Plotly knows by its top. */
function clicked({ points, event }) {
  const above = points.filter(({ bbox }) => bbox && bbox.y0 <= event.clientY + 1);
  return above.sort((a, b) => b.bbox.y0 - a.bbox.y0)[0] ?? points[0];
}
function followClicks(plot, id) {
  const filtersOf = () => data.figures[id]?.filters ?? [];
  plot.classList.toggle("is-clickable", filtersOf().flat(2).some(Boolean));
  if (plot.dataset.clicks || !filtersOf().length) return;
  plot.dataset.clicks = "followed";
  plot.on("plotly_click", (event) => {
    const point = clicked(event), marks = point && filtersOf()[point.curveNumber];
    const mark = point && [point.pointNumber].flat().reduce((of, at) => of?.[at], marks);
    if (mark) shown.controls.ask(toggle(shown.controls.wanted(), { ...mark, code: mark.entry?.code }));
  });
}

startShell(data, {
  makeOf: (id) => () => make(id),
  onDrawn: followClicks,
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
