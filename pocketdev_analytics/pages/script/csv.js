// A table as CSV: exact values; text that a spreadsheet would run as a formula is quoted.

/**
 * One field.
 * @param {{text: string, exact: string, isNumber: boolean}} cell @returns {string}
 */
export function csvField({ text, exact, isNumber }) {
  const isDate = /^\d{4}-\d\d/.test(text), shown = exact || text;
  const value = isNumber && !isDate ? shown.replace("−", "-").replace(/[^0-9.-]/g, "") : shown;
  const safe = !isNumber && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
/** @param {HTMLTableElement} table @returns {string} */
const csvOf = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => csvField({
  text: cell.textContent,
  exact: cell.title,
  isNumber: cell.tagName === "TD" && !cell.classList.contains("t"),
})).join(",") + "\r\n").join("");

/** Let the page's buttons save their tables. @param {(id: string) => void} [before] */
export function offerCsv(before = () => {}) {
  for (const button of document.querySelectorAll(".csv")) {
    const id = button.dataset.table;
    button.hidden = false;
    button.addEventListener("click", () => {
      before(id.replace("table-", ""));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(
        new Blob([csvOf(document.getElementById(id))], { type: "text/csv" }));
      link.download = `${id.replace("table-", "")}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
}
