// Builds static/dist: style sheets, scripts and the icon sprite under names that carry a digest of
// their content, each with its .br and .gz sibling, and manifest.json that maps plain to real names.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const SOURCE = join(HERE, "src");
const DIST = join(HERE, "dist");
const ICONS = join(ROOT, "node_modules", "lucide-static", "icons");
const TARGET = ["chrome99", "safari15.4", "firefox97"];

// Bytes after gzip that a first visit may cost (docs/design.md).
const BUDGET = { "app.css": 25 * 1024, "app.js": 25 * 1024, "icons.svg": 10 * 1024 };

const bundle = async (entry, extra) => {
  const result = await build({
    entryPoints: [join(SOURCE, entry)],
    bundle: true,
    minify: true,
    write: false,
    target: TARGET,
    legalComments: "none",
    logLevel: "warning",
    ...extra,
  });
  return result.outputFiles[0].contents;
};

const style = (entry) => bundle(entry, { loader: { ".css": "css" } });
const script = (entry, extra = {}) => bundle(entry, { format: "esm", ...extra });

const iconNames = async () => {
  const text = await readFile(join(SOURCE, "icons.txt"), "utf8");
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
};

const sources = async (folder) => {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      found.push(...(await sources(path)));
    } else if ([".html", ".py"].includes(extname(path))) {
      found.push(path);
    }
  }
  return found;
};

// An icon named in a page but missing from the sprite would be an empty square: refuse.
const checkIcons = async (names) => {
  const known = new Set(names);
  const pattern = /(?:\bicon\(|\bicon=|\bicon_name=|"icon": ?)"([a-z0-9-]+)"/g;
  const folders = ["templates", "app"].map((name) => join(ROOT, name)).filter(existsSync);
  for (const path of (await Promise.all(folders.map(sources))).flat()) {
    for (const [, name] of (await readFile(path, "utf8")).matchAll(pattern)) {
      if (!known.has(name)) {
        throw new Error(`${path}: icon "${name}" is not in static/src/icons.txt`);
      }
    }
  }
};

const symbol = async (name) => {
  const svg = await readFile(join(ICONS, `${name}.svg`), "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replaceAll(/\s*\n\s*/g, "")}</symbol>`;
};

const mark = async () => {
  const svg = await readFile(join(SOURCE, "favicon.svg"), "utf8");
  const inner = svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="mark" viewBox="0 0 32 32">${inner}</symbol>`;
};

const sprite = async () => {
  const names = await iconNames();
  await checkIcons(names);
  const symbols = await Promise.all(names.map(symbol));
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg">${await mark()}${symbols.join("")}</svg>`,
  );
};

const brotli = (content) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

const place = async (name, content) => {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const ending = extname(name);
  const real = `${name.slice(0, -ending.length)}.${digest}${ending}`;
  const [gz, br] = [gzipSync(content, { level: 9 }), brotli(content)];
  await Promise.all([
    writeFile(join(DIST, real), content),
    writeFile(join(DIST, `${real}.gz`), gz),
    writeFile(join(DIST, `${real}.br`), br),
  ]);
  return { name, real, raw: content.length, gz: gz.length, br: br.length };
};

const report = (files) => {
  for (const file of files) {
    const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(9);
    console.log(`${file.name.padEnd(12)}${kib(file.raw)}${kib(file.gz)} gz${kib(file.br)} br`);
  }
  const heavy = files.filter((file) => file.gz > (BUDGET[file.name] ?? Infinity));
  for (const file of heavy) {
    console.error(`${file.name} is over its budget of ${BUDGET[file.name] / 1024} KB (gz)`);
  }
  return heavy.length === 0;
};

const contents = {
  "app.css": await style("css/app.css"),
  "print.css": await style("css/print.css"),
  "app.js": await script("js/app.js"),
  "charts.js": await script("js/charts.js"),
  "icons.svg": await sprite(),
  "favicon.svg": await readFile(join(SOURCE, "favicon.svg")),
};
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const files = [];
for (const [name, content] of Object.entries(contents)) {
  files.push(await place(name, content));
}
const manifest = Object.fromEntries(files.map((file) => [file.name, file.real]));
await writeFile(join(DIST, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
process.exitCode = report(files) ? 0 : 1;
