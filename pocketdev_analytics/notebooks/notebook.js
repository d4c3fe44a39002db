"use strict";
(async () => {
  const text = (id) => document.getElementById(id).textContent;
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "pocketdev-theme";
  const page = document.getElementById("figures") ? JSON.parse(text("figures")) : null;
  let isDrawn = false;

  // Light or dark: what the reader chose, on this page or a dashboard, else the system.
  let chosen = null;
  try { chosen = localStorage.getItem(KEY); } catch { /* a private window */ }
  const isDark = () => (chosen || (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => {
    if (chosen) root.dataset.theme = chosen;
    const other = isDark() ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    button.hidden = false;
    if (isDrawn) draw(isDark());
  };
  const choose = () => {
    chosen = isDark() ? "light" : "dark";
    try { localStorage.setItem(KEY, chosen); } catch { /* a private window */ }
    showTheme();
  };
  const config = { responsive: true, displaylogo: false, displayModeBar: false };

  const load = async () => {
    const packed = Uint8Array.from(atob(text("plotly")), (byte) => byte.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  };

  const PRINT_WIDTH = 640, PRINT_HEIGHT = 260;

  const draw = (dark, isPrinting = false) => {
    for (const place of document.querySelectorAll("[data-figure]")) {
      const figure = page.figures[place.dataset.figure];
      const { data, layout } = dark ? figure.dark : figure;
      // The page sets the title: the room above is the legend's alone.
      const margin = { ...layout.margin, t: 16 };
      const own = layout.height ?? parseInt(place.style.minHeight, 10);
      const height = isPrinting && !layout.height ? PRINT_HEIGHT : own;
      const size = isPrinting ? { height, width: PRINT_WIDTH } : { height };
      const template = dark ? page.dark : figure.template;
      Plotly.react(place, data, { ...layout, margin, ...size, template }, config);
    }
  };

  button.addEventListener("click", choose);
  system.addEventListener("change", showTheme);
  showTheme();
  if (!page) return;
  await load();
  document.getElementById("no-charts").remove();
  isDrawn = true;
  draw(isDark());
  addEventListener("beforeprint", () => draw(false, true));
  addEventListener("afterprint", () => draw(isDark()));
})();
