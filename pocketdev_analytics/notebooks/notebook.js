"use strict";
(async () => {
  const text = (id) => document.getElementById(id).textContent;
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "pocketdev-theme";
  const page = document.getElementById("figures") ? JSON.parse(text("figures")) : null;
  const places = [...document.querySelectorAll("[data-figure]")];
  let isDrawn = false, isPrinting = false;

  // Light or dark: what the reader chose, on this page or a dashboard, else the system.
  let chosen = null;
  try { chosen = localStorage.getItem(KEY); } catch { /* a private window */ }
  const isDark = () => !isPrinting && (chosen || (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => {
    if (chosen) root.dataset.theme = chosen;
    const other = isDark() ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    button.hidden = false;
    if (isDrawn) places.forEach(draw);
  };
  const choose = () => {
    chosen = isDark() ? "light" : "dark";
    try { localStorage.setItem(KEY, chosen); } catch { /* a private window */ }
    showTheme();
  };

  const load = async () => {
    const packed = Uint8Array.from(atob(text("plotly")), (byte) => byte.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  };

  // What fits: a chart is drawn for the width it is seen at.
  const NARROW = 520, LINE = 18, FEW_TICKS = 5, GAP = 10;
  const PRINT_WIDTH = 640, PRINT_HEIGHT = 260;
  const isFine = matchMedia("(pointer: fine)").matches;
  const pen = document.createElement("canvas").getContext("2d");
  const axes = (layout, letter) =>
    Object.keys(layout).filter((name) => name.startsWith(`${letter}axis`)).map((name) => layout[name]);
  const plain = (label) => {
    const words = new DOMParser().parseFromString(String(label).replace(/<br>/g, "\n"), "text/html");
    return words.body.textContent;
  };
  const escaped = (label) =>
    label.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");
  const lengthOf = (label, size) => {
    pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    return Math.max(...plain(label).split("\n").map((line) => pen.measureText(line).width));
  };
  const cut = (words) => (words.length > LINE ? `${words.slice(0, LINE - 1).trimEnd()}…` : words);
  /** A long name in two lines, broken where one of its parts ends. */
  const wrapped = (label) => {
    const words = plain(label), ends = [" ", "-", "/", "_"];
    const end = Math.max(...ends.map((sign) => words.lastIndexOf(sign, LINE - 1))) + 1;
    if (words.length <= LINE || end < 2) return escaped(cut(words));
    return escaped(`${words.slice(0, end).trimEnd()}\n${cut(words.slice(end))}`);
  };
  const namesOf = (data, axis) => axis?.ticktext ||
    [...new Set(data.filter((trace) => trace.orientation === "h").flatMap((trace) => trace.y || []))]
      .filter((name) => typeof name === "string");

  /** How long an axis is to be drawn, beside the names at its left. */
  const roomOf = (axis, layout, width, names = layout.yaxis?.ticktext || []) => {
    const { margin } = layout, [from, to] = axis.domain || [0, 1];
    const longest = Math.max(0, ...names.map((name) => lengthOf(name, layout.yaxis?.tickfont?.size || 12)));
    return (width - margin.l - margin.r - longest - GAP) * (to - from);
  };
  /** Names of two lines, level labels, and few of them. */
  const narrow = (data, layout, width) => {
    const names = namesOf(data, layout.yaxis);
    if (layout.yaxis && names.length) {
      layout.yaxis.tickvals ||= names;
      layout.yaxis.ticktext = names.map(wrapped);
      layout.yaxis.tickfont = { ...layout.yaxis.tickfont, size: 11 };
    }
    for (const axis of axes(layout, "x")) {
      axis.tickangle = 0;
      const { tickvals } = axis, ticktext = axis.ticktext || tickvals;
      if (!tickvals) {
        axis.nticks = FEW_TICKS;
        continue;
      }
      const needed = ticktext.map((label) => lengthOf(label, 12) + GAP);
      const step = Math.ceil(needed.reduce((sum, one) => sum + one, 0) / roomOf(axis, layout, width)) || 1;
      const kept = (_, place) => (ticktext.length - 1 - place) % step === 0;
      axis.tickvals = tickvals.filter(kept);
      if (axis.ticktext) axis.ticktext = ticktext.filter(kept);
    }
  };
  const isBeside = (trace) => trace.orientation === "h" && trace.textposition === "outside";
  /** Words right of a mark that stands in their place, not through it. */
  const besideMarks = (data) => {
    const marks = data.filter((trace) => trace.mode === "markers" && trace.x && trace.y);
    for (const bars of data.filter(isBeside)) {
      const ends = (bars.x || []).map((length, row) => Math.max(length || 0, ...marks.flatMap((trace) =>
        trace.x.filter((_, point) => trace.y[point] === bars.y[row]))));
      if (ends.every((end, row) => end <= (bars.x[row] || 0))) continue;
      const words = { x: ends, y: bars.y, text: bars.text.map((each) => `\u2002${each}`) };
      data.push({ ...words, type: "scatter", mode: "text", textposition: "middle right", cliponaxis: false,
        textfont: { size: 13 }, hoverinfo: "skip", showlegend: false });
      bars.text = null;
    }
  };
  /** An axis so long that the words beside each bar end within the chart. */
  const giveRoom = (data, layout, width) => {
    const axis = layout.xaxis;
    if (!axis?.range || (axis.type && axis.type !== "linear")) return;
    const room = roomOf(axis, layout, width, namesOf(data, layout.yaxis));
    const ends = data.filter((trace) => isBeside(trace) || trace.mode === "text")
      .flatMap((trace) => [...(trace.x || [])].map((length, row) => {
        const words = lengthOf([trace.text].flat()[row] || "", 13) + GAP;
        return (length * room) / Math.max(room - words, room / 4);
      }));
    if (!ends.length) return;
    const needed = Math.max(...ends) || 1;
    axis.range = [0, width < NARROW ? needed : Math.max(axis.range[1], needed)];
  };

  // The legend is of buttons, so that it wraps on a phone and a keyboard reaches it.
  const hidden = new Set();
  const keyOf = (place, trace) => `${place.dataset.figure} ${trace.name}`;
  const named = (data) => data.filter((trace) => trace.showlegend !== false && trace.name);
  const colourOf = (trace) => [trace.marker?.color, trace.line?.color, trace.marker?.line?.color].find((each) => typeof each === "string");
  const legend = (place, data, layout) => {
    const box = place.previousElementSibling, traces = named(data);
    const isShown = layout.showlegend !== false && traces.length > 1 && traces.every(colourOf);
    box.hidden = !isShown;
    if (!isShown) return layout.showlegend !== false && traces.length > 1;
    while (box.children.length < traces.length) box.append(legendButton(place));
    traces.forEach((trace, number) => {
      const one = box.children[number];
      one.dataset.trace = keyOf(place, trace);
      one.firstChild.style.background = colourOf(trace);
      one.lastChild.textContent = plain(trace.name);
      one.setAttribute("aria-pressed", String(!hidden.has(one.dataset.trace)));
    });
    return false;
  };
  const legendButton = (place) => {
    const one = document.createElement("button");
    one.type = "button";
    one.append(document.createElement("i"), document.createElement("span"));
    one.addEventListener("click", () => {
      if (!hidden.delete(one.dataset.trace)) hidden.add(one.dataset.trace);
      draw(place);
    });
    return one;
  };

  const draw = (place) => {
    const width = isPrinting ? PRINT_WIDTH : Math.floor(place.clientWidth);
    if (!width) return;
    const figure = page.figures[place.dataset.figure];
    const { data, layout } = structuredClone(isDark() ? figure.dark : figure);
    const isTopped = layout.xaxis2 || layout.xaxis?.side === "top";
    // The page sets title, summary and legend: what is above is for labels alone.
    layout.margin = { l: 8, r: 24, t: isTopped ? 28 : 10, b: 8 };
    layout.showlegend = legend(place, data, layout);
    // Of a trace that is not there at all Plotly cannot order the categories.
    for (const trace of data) if (hidden.has(keyOf(place, trace))) trace.visible = "legendonly";
    besideMarks(data);
    if (width < NARROW) narrow(data, layout, width);
    giveRoom(data, layout, width);
    const height = isPrinting && !layout.height ? PRINT_HEIGHT : layout.height ?? page.height;
    place.style.minHeight = `${height}px`;
    const template = isDark() ? page.dark : figure.template;
    const dragmode = isFine && !layout.xaxis?.fixedrange ? "zoom" : false;
    Plotly.react(place, data, { ...layout, width, height, template, dragmode }, { displayModeBar: false });
  };
  const followWidths = () => {
    const widths = new Map(places.map((place) => [place, place.clientWidth]));
    const watcher = new ResizeObserver((entries) => {
      for (const { target } of entries)
        if (!isPrinting && Math.abs(widths.get(target) - target.clientWidth) > 1) {
          widths.set(target, target.clientWidth);
          draw(target);
        }
    });
    places.forEach((place) => watcher.observe(place));
  };
  const print = (now) => () => {
    isPrinting = now;
    places.forEach(draw);
  };

  button.addEventListener("click", choose);
  system.addEventListener("change", showTheme);
  showTheme();
  if (!page) return;
  await load();
  document.getElementById("no-charts").remove();
  isDrawn = true;
  places.forEach(draw);
  followWidths();
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
})();
