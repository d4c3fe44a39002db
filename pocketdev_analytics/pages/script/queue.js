// Panels in turn: those on screen first, one a task, so that the page answers in between; the
// others when the browser is idle.

/** @typedef {{make: () => void, draw: () => (Promise<void>|void)}} Work what a panel needs */

const IDLE_WITHIN = 100; // milliseconds

/** @returns {Promise<void>} the next task */
const nextTask = () => new Promise((done) => { setTimeout(done); });
/** @returns {Promise<void>} when the browser has nothing better to do */
const whenIdle = () => new Promise((done) => {
  if (window.requestIdleCallback) requestIdleCallback(done, { timeout: IDLE_WITHIN });
  else setTimeout(done);
});

/**
 * A queue of the page's panels. `data-charts` of the document says whether all are drawn.
 * @param {HTMLElement[]} panels
 * @param {(panel: HTMLElement) => Work} workOf
 * @returns {{renew: () => Promise<void>, finish: () => void}} `renew` makes and draws every panel
 *   again, and takes over from a call before it; `finish` makes all that wait at once
 */
export function createQueue(panels, workOf) {
  const root = document.documentElement;
  const near = new Set(), unmade = new Set(), undrawn = new Set();
  const state = { turn: 0, onLook: () => {} };
  const make = (panel) => {
    if (unmade.delete(panel)) workOf(panel).make();
  };
  const next = (isWanted) => panels.find((panel) => undrawn.has(panel) && isWanted(panel));
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) near.add(target); else near.delete(target);
    state.onLook();
  }, { rootMargin: "25% 0px" });
  /** Which panels are near, once the browser has laid out what was written so far. */
  const look = () => new Promise((done) => {
    state.onLook = done;
    watcher.disconnect();
    panels.forEach((panel) => watcher.observe(panel));
  });
  return {
    async renew() {
      const turn = ++state.turn, isOver = () => turn !== state.turn;
      root.dataset.charts = "drawing";
      for (const panel of panels) {
        unmade.add(panel);
        undrawn.add(panel);
      }
      // What is written already, the key figures, is seen before the first chart is drawn.
      if (panels.length) await look();
      while (!isOver() && undrawn.size) {
        if (!next((panel) => near.has(panel))) await whenIdle();
        if (isOver()) return;
        const panel = next((each) => near.has(each)) ?? next(() => true);
        make(panel);
        undrawn.delete(panel);
        await workOf(panel).draw();
        await nextTask();
      }
      if (!isOver()) root.dataset.charts = "drawn";
    },
    finish: () => panels.forEach(make),
  };
}
