/** Charts are heavy: fetched when one is about to be seen, drawn from the table on the page. */
export const loadCharts = (root) => {
  const figures = [...root.querySelectorAll("[data-chart]:not(.is-drawn)")];
  if (figures.length === 0) {
    return;
  }
  const draw = async (figure) => {
    const { draw: drawFigure } = await import(figure.dataset.script);
    drawFigure(figure);
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "300px" },
  );
  for (const figure of figures) {
    seen.observe(figure);
  }
};
