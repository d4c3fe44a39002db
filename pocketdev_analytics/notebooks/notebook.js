"use strict";
(async () => {
  const text = (id) => document.getElementById(id).textContent;
  const page = JSON.parse(text("figures"));
  const isDark = matchMedia("(prefers-color-scheme: dark)");
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

  await load();
  document.getElementById("no-charts").remove();
  draw(isDark.matches);
  isDark.addEventListener("change", () => draw(isDark.matches));
  addEventListener("beforeprint", () => draw(false, true));
  addEventListener("afterprint", () => draw(isDark.matches));
})();
