import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  SVGRenderer,
  TooltipComponent,
  VisualMapComponent,
]);

const number = (cell) => {
  const text = cell.dataset.value ?? cell.textContent;
  const value = Number.parseFloat(text.replaceAll(/[^\d.-]/g, ""));
  return Number.isNaN(value) ? null : value;
};

const readTable = (table) => {
  const series = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    series,
    categories: rows.map((row) => row.cells[0].textContent.trim()),
    values: rows.map((row) => [...row.cells].slice(1).map(number)),
  };
};

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const base = () => ({
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  aria: { enabled: true, decal: { show: true } },
  color: ["--celadon-fill", "--indigo-fill", "--amber-fill", "--vermilion-fill", "--quiet-fill"].map(token),
  textStyle: { fontFamily: token("--sans"), color: token("--ink-soft") },
  grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
  tooltip: { renderMode: "richText", trigger: "axis", backgroundColor: token("--card"), textStyle: { color: token("--ink") } },
});

const axisStyle = () => ({
  axisLine: { lineStyle: { color: token("--line-strong") } },
  axisLabel: { color: token("--ink-soft") },
  splitLine: { lineStyle: { color: token("--line") } },
});

const plotted = (kind, data) => ({
  ...base(),
  legend: { show: data.series.length > 1, top: 0, left: 0, textStyle: { color: token("--ink") } },
  xAxis: { type: "category", data: data.categories, ...axisStyle() },
  yAxis: { type: "value", ...axisStyle() },
  series: data.series.map((name, at) => ({
    name,
    type: kind,
    barMaxWidth: 36,
    symbolSize: 7,
    data: data.values.map((row) => row[at]),
  })),
});

const heat = (data) => {
  const cells = data.values.flatMap((row, y) => row.map((value, x) => [x, y, value ?? "-"]));
  const figures = cells.map((cell) => cell[2]).filter((value) => value !== "-");
  return {
    ...base(),
    aria: { enabled: true },
    tooltip: { ...base().tooltip, trigger: "item" },
    xAxis: { type: "category", data: data.series, ...axisStyle() },
    yAxis: { type: "category", data: data.categories, inverse: true, ...axisStyle() },
    visualMap: {
      show: false,
      min: Math.min(...figures),
      max: Math.max(...figures),
      inRange: { color: [token("--celadon-wash"), token("--celadon-soft"), token("--celadon-fill")] },
    },
    series: [{ type: "heatmap", data: cells, label: { show: true, color: token("--ink") } }],
  };
};

/** Draw a figure from the table it names; the table stays as its twin. */
export const draw = (figure) => {
  const table = document.getElementById(figure.dataset.table);
  if (!table) {
    return;
  }
  figure.classList.add("is-drawn");
  const data = readTable(table);
  const plot = echarts.init(figure.querySelector(".chart-plot"), null, { renderer: "svg" });
  const paint = () => plot.setOption(figure.dataset.chart === "heat" ? heat(data) : plotted(figure.dataset.chart, data), true);
  paint();
  new ResizeObserver(() => plot.resize()).observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
};
