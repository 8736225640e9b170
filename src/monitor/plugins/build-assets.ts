import { join, relative } from "node:path";
import { build, stop } from "esbuild";

const PROJECT = join(import.meta.dirname, "../../..");
const PUBLIC_DIRECTORY = join(PROJECT, "public");
/** Files that pages load; each gets its imports. */
const ENTRIES = ["js/*.js", "css/poswatch.css", "css/pages.css", "css/*-page.css", "css/wall.css"];

/**
 * Bundles and minifies the scripts and style sheets.
 * @returns their texts by paths below `public/`; `inputs`: the sources, by paths below the project.
 */
export async function buildAssets() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: ENTRIES.map((entry) => `public/${entry}`),
    outdir: "public",
    outbase: "public",
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    external: ["../icons/*"],
    metafile: true,
    write: false,
    logLevel: "silent",
  }).finally(stop);
  const texts = outputFiles.map(({ path, text }) => [relative(PUBLIC_DIRECTORY, path), text] as const);
  return { texts: new Map(texts), inputs: Object.keys(metafile.inputs) };
}
