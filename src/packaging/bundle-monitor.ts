import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Plugin } from "esbuild";
import { buildAssets } from "../monitor/plugins/build-assets.ts";
import { bundle } from "./bundle.ts";
import { PROJECT } from "./project.ts";
import { BuildError } from "./run-tool.ts";

/** Beside the program: what runs in a worker, is imported by its address, or is a migration. */
const ENTRIES = [
  "src/monitor/commands/main.ts",
  "src/monitor/**/*-worker.ts",
  "src/monitor/**/export.ts",
  "src/protocol/pattern-worker.ts",
  "migrations/*.ts",
];
/** Read when the monitor runs, each in its place. */
const READ = [
  "views/**/*.eta",
  "public/**/*.{svg,png,webmanifest}",
  "src/monitor/translations/*/*.json",
  "src/installation/poswatch.service",
];
/** With native code, so in a folder of their own. */
const PACKAGES = ["better-sqlite3", "@node-rs/argon2"];
const WORKER_URL = /new URL\("(\.[^"]*)\.ts", import\.meta\.url\)/g;
/** For packages of CommonJS within a module. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

export type MonitorBundle = Awaited<ReturnType<typeof bundleMonitor>>;

/** Bundles the monitor without its `PACKAGES`. The same sources always make the same bytes. @throws BuildError */
export async function bundleMonitor() {
  const entries = globSync(ENTRIES, { cwd: PROJECT }).sort();
  const bundled = await bundle({
    entryPoints: entries.map((file) => ({ in: join(PROJECT, file), out: outputOf(file) })),
    outdir: join(PROJECT, "app"),
    chunkNames: "code/[hash]",
    splitting: true,
    format: "esm",
    external: PACKAGES,
    define: { POSWATCH_ASSETS_ARE_BUILT: "true" },
    banner: { js: REQUIRE },
    plugins: [placesOfFiles(entries)],
  });
  /** Contents by their paths in the program's folder; `code/commands.main.js` is the program. */
  const files = new Map<string, Buffer>([["package.json", Buffer.from('{ "type": "module" }\n')]]);
  for (const { path, contents } of bundled.files)
    files.set(relative(join(PROJECT, "app"), path), Buffer.from(contents));
  for (const file of globSync(READ, { cwd: PROJECT }).sort())
    files.set(file, readFileSync(join(PROJECT, file)));
  const assets = await buildAssets();
  for (const [path, text] of assets.texts) files.set(`public/${path}`, Buffer.from(text));
  return { files, inputs: [...bundled.inputs, ...assets.inputs] };
}

/** All lie one folder deep, so that what is beside them is found from any of them. */
function outputOf(file: string): string {
  if (file.startsWith("migrations/")) return file.replace(/\.ts$/, "");
  return `code/${file.replace(/^src\/(?:monitor\/)?|\.ts$/g, "").replaceAll("/", ".")}`;
}

/** Code of many folders lies in one: what it finds from its own folder is found from the program's. */
function placesOfFiles(entries: readonly string[]): Plugin {
  const place = (path: string, text: string) =>
    text
      .replaceAll(WORKER_URL, (_, name: string) => {
        const file = relative(PROJECT, resolve(dirname(path), `${name}.ts`));
        if (!entries.includes(file)) throw new BuildError(`${path} names ${file}, which is no entry`);
        return `new URL("../${outputOf(file)}.js", import.meta.url)`;
      })
      .replaceAll("import.meta.dirname", `(import.meta.dirname + "/../${relative(PROJECT, dirname(path))}")`);
  return {
    name: "places of files",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]src[\\/](?:monitor|protocol)[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        return text.includes("import.meta") ? { contents: place(path, text), loader: "ts" } : null;
      }),
  };
}
