"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const plots = [...document.querySelectorAll(".plot")];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const fine = matchMedia("(pointer: fine)");
  const PRINT_WIDTH = 660, PRINT_HEIGHT = 210, NARROW = 520, LABEL = 17;
  const hidden = new Set();
  let chosen = remembered(), printing = false, drawn = false;

  // Light or dark: what the reader chose, else the system.
  function remembered() {
    try { return localStorage.getItem("pocketdev-theme"); } catch { return null; }
  }
  function remember(theme) {
    try { localStorage.setItem("pocketdev-theme", theme); } catch { /* a private window */ }
  }
  const system = () => (dark.matches ? "dark" : "light");
  const theme = () => (printing ? "light" : chosen || system());

  function showTheme() {
    const button = document.getElementById("theme");
    if (chosen) root.dataset.theme = chosen; else delete root.dataset.theme;
    const other = (chosen || system()) === "dark" ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    button.hidden = false;
    if (drawn) plots.forEach(draw);
  }

  // A figure as the page holds it, in the colours and for the width it is seen at.
  function recoloured(value) {
    if (typeof value === "string") return data.swaps[value] || value;
    if (Array.isArray(value)) return value.map(recoloured);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recoloured(v)]));
    return value;
  }
  const unescaped = (label) =>
    label.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  function short(label) {
    const text = unescaped(label);
    const cut = text.length > LABEL ? text.slice(0, LABEL - 1) + "…" : text;
    return cut.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }
  function narrowed(layout) {
    Object.assign(layout.xaxis, { tickangle: 0 });
    if (layout.xaxis.type === "date") Object.assign(layout.xaxis, { nticks: 5, tickformat: "%b\n%Y" });
    const { ticktext } = layout.yaxis || {};
    if (ticktext && layout.yaxis.tickvals) {
      layout.yaxis.ticktext = ticktext.map(short);
      if (layout.xaxis.range) layout.xaxis.range = [0, layout.xaxis.range[1] * 1.35];
    }
  }
  function seen(id, width) {
    const mode = theme();
    const copy = structuredClone(data.figures[id]);
    const layout = {
      ...copy.layout,
      template: data.templates[mode],
      margin: { l: 8, r: 20, t: copy.layout.xaxis2 || copy.layout.xaxis.side === "top" ? 26 : 8, b: 8 },
      height: copy.layout.height || (printing ? PRINT_HEIGHT : 320),
      width,
      dragmode: fine.matches && !copy.layout.xaxis.fixedrange ? "zoom" : false,
    };
    layout.showlegend = false;
    copy.data.forEach((trace, index) => { trace.visible = !hidden.has(`${id} ${index}`); });
    if (width < NARROW) narrowed(layout);
    return { data: mode === "dark" ? recoloured(copy.data) : copy.data, layout };
  }
  // The legend is of buttons, so that it wraps on a phone and a keyboard reaches it.
  function legend(plot, traces) {
    const id = plot.dataset.panel;
    const named = traces.filter((trace) => trace.showlegend !== false);
    if (data.figures[id].layout.showlegend === false || named.length < 2) return;
    const chart = plot.closest(".chart");
    const box = chart.previousElementSibling.className === "legend"
      ? chart.previousElementSibling : document.createElement("div");
    box.className = "legend";
    if (!box.parentNode) {
      chart.before(box);
      named.forEach((trace) => box.append(legendButton(plot, id, traces.indexOf(trace))));
    }
    [...box.children].forEach((button, index) => {
      button.firstChild.style.background = named[index].marker.color;
      button.lastChild.textContent = unescaped(named[index].name);
      button.setAttribute("aria-pressed", String(named[index].visible));
    });
  }
  function legendButton(plot, id, index) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("i"), document.createElement("span"));
    button.addEventListener("click", () => {
      const key = `${id} ${index}`;
      if (!hidden.delete(key)) hidden.add(key);
      draw(plot);
    });
    return button;
  }
  function draw(plot) {
    const width = printing ? PRINT_WIDTH : Math.floor(plot.clientWidth);
    if (!width) return;
    const { data: traces, layout } = seen(plot.dataset.panel, width);
    legend(plot, traces);
    return Plotly.react(plot, traces, layout, { displayModeBar: false, responsive: false });
  }

  // plotly.js lies gzipped in the page; the policy lets exactly this script run, by its hash.
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    // It brings the style sheet of its maps, which no chart here uses and the policy refuses.
    const { appendChild } = Node.prototype;
    Node.prototype.appendChild = function (node) {
      return node.nodeName === "STYLE" && node.textContent ? node : appendChild.call(this, node);
    };
    try { document.head.append(script); } finally { Node.prototype.appendChild = appendChild; }
  }
  const frame = () => new Promise((done) => setTimeout(done));
  async function drawAll() {
    const packed = document.getElementById("plotly");
    if (!packed) return;
    root.classList.remove("no-charts");
    for (const details of document.querySelectorAll("details")) details.open = false;
    for (const plot of plots)
      plot.style.minHeight = `${data.figures[plot.dataset.panel].layout.height || 320}px`;
    try {
      await unpack(packed.textContent);
      packed.remove();
      for (const plot of plots) { await draw(plot); await frame(); }
      drawn = true;
      follow();
    } catch (error) {
      root.classList.add("no-charts");
      document.getElementById("no-charts").hidden = false;
      for (const details of document.querySelectorAll("details")) details.open = true;
      throw error;
    }
    for (const wide of document.querySelectorAll(".wide")) wide.scrollLeft = wide.scrollWidth;
    root.dataset.charts = "drawn";
  }
  function follow() {
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

  // A table as CSV: exact values; text that a spreadsheet would run as a formula is quoted.
  function number(cell) {
    const text = (cell.title || cell.textContent).replace("−", "-");
    return text.replace(/[^0-9.\-]/g, "");
  }
  function field(cell) {
    const isNumber = cell.tagName === "TD" && !cell.classList.contains("t");
    const isDate = /^\d{4}-\d\d/.test(cell.textContent);
    const text = isNumber && !isDate ? number(cell) : cell.title || cell.textContent;
    const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }
  function save(button) {
    const table = document.getElementById(button.dataset.table);
    const lines = [...table.rows].map((row) => [...row.cells].map(field).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = `${button.dataset.table.replace("table-", "")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  document.getElementById("theme").addEventListener("click", () => {
    chosen = (chosen || system()) === "dark" ? "light" : "dark";
    remember(chosen);
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  for (const button of document.querySelectorAll(".csv")) {
    button.hidden = false;
    button.addEventListener("click", () => save(button));
  }
  const forPrint = (isPrinting) => {
    if (printing === isPrinting) return;
    printing = isPrinting;
    if (drawn) plots.forEach(draw);
  };
  addEventListener("beforeprint", () => forPrint(true));
  addEventListener("afterprint", () => forPrint(false));
  showTheme();
  drawAll();
})();
