// Light or dark: what the reader chose, else the system.
const root = document.documentElement;
const data = JSON.parse(document.getElementById("data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = remembered(), printing = false;

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
  redraw();
}
function watchTheme() {
  document.getElementById("theme").addEventListener("click", () => {
    chosen = (chosen || system()) === "dark" ? "light" : "dark";
    remember(chosen);
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();
}
