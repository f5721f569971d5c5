const STEP = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Arrow keys walk through the links of a building or a matrix. */
export const gridKeys = (root) => {
  root.addEventListener("keydown", (event) => {
    const step = STEP[event.key];
    const cell = step && event.target.closest?.("[data-grid] td");
    if (!cell) {
      return;
    }
    const table = cell.closest("table");
    let row = cell.parentElement.rowIndex;
    let column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const next = table.rows[row]?.cells[column];
      if (!next) {
        return;
      }
      const link = next.querySelector("a");
      if (link) {
        event.preventDefault();
        link.focus();
        return;
      }
    }
  });
};
