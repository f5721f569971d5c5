import "./htmx.js";
import { announceSwaps } from "./announce.js";
import { loadCharts } from "./chart-loader.js";
import { dialogs } from "./dialog.js";
import { files } from "./files.js";
import { forms } from "./forms.js";
import { gridKeys } from "./grid.js";
import { draftMemory } from "./memory.js";
import { menu } from "./menu.js";
import { offlineNotice } from "./offline.js";
import { picks, settlePicks } from "./picks.js";
import { batch } from "./table.js";
import { showCurrentTab } from "./tabs.js";
import { uploads } from "./uploads.js";
import { waiting } from "./waiting.js";

document.documentElement.classList.add("js");

// Listen once on the document: what htmx swaps in later works without being set up again.
for (const listen of [announceSwaps, dialogs, files, uploads, forms, gridKeys, menu, offlineNotice, picks, batch]) {
  listen(document);
}

// These look at elements; they run again on whatever htmx brings.
const look = (root) => {
  draftMemory(root);
  loadCharts(root);
  settlePicks(root);
  showCurrentTab(root);
  waiting(root);
};
look(document);
document.addEventListener("htmx:load", (event) => look(event.detail.elt));
