import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";

const CSS_DIRECTORY = join(import.meta.dirname, "../../public/css");
const STYLESHEETS = readdirSync(CSS_DIRECTORY).filter((file) =>
  /^(?:poswatch|pages|wall|.+-page)\.css$/.test(file),
);
/** The wall stands alone: what it has in common with the pages is in its style sheet too. */
const SHARED_BY_WALL = ["tokens.css", "base.css", "primitives.css", "pictures.css", "axis.css", "states.css"];

const VIEWS_DIRECTORY = join(import.meta.dirname, "../../views");
/** Scripts look for them, and tests. */
const WITHOUT_STYLE = ["freshness-text", "wall-fresh-text", "notes-card"];

const IMPORT = /@import "\.\/(.+)";/g;
const read = (file: string) =>
  readFileSync(join(CSS_DIRECTORY, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
const partsOf = (stylesheet: string) => [...read(stylesheet).matchAll(IMPORT)].map(([, file = ""]) => file);
const CLASS = /\.([a-z][\w-]*)/g;
const classesOf = (file: string) =>
  [...read(file).replace(IMPORT, "").matchAll(CLASS)].map(([, name = ""]) => name);

t.test("every part belongs to one style sheet", async (t) => {
  const parts = readdirSync(CSS_DIRECTORY).filter((file) => !STYLESHEETS.includes(file));
  const twice = [...SHARED_BY_WALL, "checks.css", "switch.css"];
  t.same(STYLESHEETS.flatMap(partsOf).sort(), [...parts, ...twice].sort());
});

t.test("browsers get each style sheet with every part in it, and each script with its imports", async (t) => {
  const { app } = await startMonitor(t);
  for (const stylesheet of STYLESHEETS) {
    const { statusCode, headers, body } = await app.inject(app.assetUrl(`css/${stylesheet}`));
    t.equal(statusCode, 200, stylesheet);
    t.equal(headers["content-type"], "text/css; charset=utf-8");
    t.notMatch(body, /@import|\/\*|\n./, "nothing but rules");
    const classes = [stylesheet, ...partsOf(stylesheet)].flatMap(classesOf);
    const missing = classes.filter((name) => !body.includes(name));
    t.same(missing, []);
  }
  for (const script of ["poswatch.js", "wall.js"]) {
    const { headers, body } = await app.inject(app.assetUrl(`js/${script}`));
    t.equal(headers["content-type"], "text/javascript; charset=utf-8");
    t.notMatch(body, /\bimport[ ("{]/, script);
    for (const part of ["window.htmx=", "HX-PTag"]) t.match(body, part);
  }
});

t.test("every class that a view names has a style", async (t) => {
  const styled = new Set(readdirSync(CSS_DIRECTORY).flatMap(classesOf));
  for (const file of readdirSync(VIEWS_DIRECTORY, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".eta")) continue;
    // What a view decides on is no name, nor what it is put together with.
    const view = readFileSync(join(VIEWS_DIRECTORY, file), "utf8")
      .replace(/<%=[\s\S]*?%>/g, "\0")
      .replace(/<%[\s\S]*?%>/g, " ");
    const named = [...view.matchAll(/ class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(/\s+/));
    const unstyled = named.filter((name) => name !== "" && !name.includes("\0") && !styled.has(name));
    const missing = unstyled.filter((name) => !WITHOUT_STYLE.includes(name));
    t.same(missing, [], file);
  }
});
