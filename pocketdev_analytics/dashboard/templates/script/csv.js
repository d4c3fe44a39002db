// A table as CSV: exact values; text that a spreadsheet would run as a formula is quoted.
function cellNumber(cell) {
  const text = cell.title || cell.textContent;
  return text.replace(/[^0-9.\-]/g, "");
}
function field(cell) {
  const isNumber = cell.tagName === "TD" && !cell.classList.contains("t");
  const isDate = /^\d{4}-\d\d/.test(cell.textContent);
  const text = isNumber && !isDate ? cellNumber(cell) : cell.title || cell.textContent;
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
function offerCsv() {
  for (const button of document.querySelectorAll(".csv")) {
    button.hidden = false;
    button.addEventListener("click", () => save(button));
  }
}
