// Light or dark: what the reader chose, on this page or another, else the system; paper is light.

const KEY = "pocketdev-theme";

/** @returns {?string} the reader's choice */
function remembered() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}
/** @param {string} theme */
function remember(theme) {
  try { localStorage.setItem(KEY, theme); } catch { /* a private window */ }
}

/**
 * Follow the system and the page's button.
 * @param {() => void} onChange called when the colours change
 * @returns {{isDark: () => boolean}}
 */
export function followTheme(onChange) {
  const root = document.documentElement, button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const state = { chosen: remembered() };
  const isDark = () => (state.chosen ? state.chosen === "dark" : system.matches);
  const show = () => {
    if (state.chosen) root.dataset.theme = state.chosen;
    const other = isDark() ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    button.hidden = false;
  };
  button.addEventListener("click", () => {
    state.chosen = isDark() ? "light" : "dark";
    remember(state.chosen);
    show();
    onChange();
  });
  system.addEventListener("change", () => {
    show();
    onChange();
  });
  show();
  return { isDark };
}
