import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";

const CSS_DIRECTORY = join(import.meta.dirname, "../../public/css");
const STYLESHEETS = [
  "poswatch.css",
  "pages.css",
  "pos-server-page.css",
  "incidents-page.css",
  "report-page.css",
  "log-viewer-page.css",
  "audit-page.css",
  "settings-page.css",
  "batch-page.css",
  "log-search-page.css",
  "import-page.css",
  "help-page.css",
  "about-page.css",
  "people-page.css",
  "enrolment-page.css",
  "log-patterns-page.css",
  "wall.css",
];
/** The wall stands alone: what it has in common with the pages is in its style sheet too. */
const SHARED_BY_WALL = ["tokens.css", "base.css", "primitives.css", "pictures.css", "axis.css", "states.css"];

const VIEWS_DIRECTORY = join(import.meta.dirname, "../../views");
/** Scripts look for them, and tests. */
const WITHOUT_STYLE = ["freshness-text", "wall-fresh-text", "notes-card"];

const partsOf = (stylesheet: string) =>
  [...readFileSync(join(CSS_DIRECTORY, stylesheet), "utf8").matchAll(/@import "\.\/(.+)";/g)].map(
    ([, file = ""]) => file,
  );

t.test("every part belongs to one style sheet", async (t) => {
  const parts = readdirSync(CSS_DIRECTORY).filter((file) => !STYLESHEETS.includes(file));
  t.same(
    STYLESHEETS.flatMap(partsOf).sort(),
    [...parts, ...SHARED_BY_WALL, "checks.css", "switch.css"].sort(),
  );
});

for (const stylesheet of STYLESHEETS) {
  t.test(`browsers get ${stylesheet} with every part in it, in the order of its list`, async (t) => {
    const { app } = await startMonitor(t);
    const { statusCode, headers, body } = await app.inject(app.assetUrl(`css/${stylesheet}`));
    t.equal(statusCode, 200);
    t.equal(headers["content-type"], "text/css; charset=utf-8");
    t.notMatch(body, "@import");
    t.notMatch(body, "/*", "comments stay at home");
    const rulesOf = (file: string) =>
      readFileSync(join(CSS_DIRECTORY, file), "utf8")
        .replace(/\/\*[\s\S]*?\*\//g, "")
        .replace(/\n\s*/g, "\n")
        .trim();
    const places = partsOf(stylesheet).map((file) => body.indexOf(rulesOf(file)));
    t.notOk(places.includes(-1), "every part is there whole");
    t.same(
      places,
      places.toSorted((a, b) => a - b),
    );
  });
}

t.test("every class that a view names has a style", async (t) => {
  const rules = readdirSync(CSS_DIRECTORY).map((file) => readFileSync(join(CSS_DIRECTORY, file), "utf8"));
  const styled = new Set(
    rules.flatMap((css) => [...css.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name)),
  );
  for (const file of readdirSync(VIEWS_DIRECTORY, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".eta")) continue;
    // What a view decides on is no name, nor what it is put together with.
    const view = readFileSync(join(VIEWS_DIRECTORY, file), "utf8")
      .replace(/<%=[\s\S]*?%>/g, "\0")
      .replace(/<%[\s\S]*?%>/g, " ");
    const named = [...view.matchAll(/ class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(/\s+/));
    const unstyled = named.filter((name) => name !== "" && !name.includes("\0") && !styled.has(name));
    t.same(
      unstyled.filter((name) => !WITHOUT_STYLE.includes(name)),
      [],
      file,
    );
  }
});

t.test(
  "browsers get the script of a page with htmx and what it imports, and what is shared only there",
  async (t) => {
    const { app } = await startMonitor(t);
    const get = async (file: string) => (await app.inject(app.assetUrl(`js/${file}`))).body;
    for (const [script, imported] of Object.entries({
      "poswatch.js": ["formatAge", "keepFocus", "findInLongSelects", "sendOnce"],
      "wall.js": ["formatDuration", "followServer"],
    })) {
      const body = await get(script);
      t.notMatch(body, /^import /m, script);
      t.ok(body.indexOf("globalThis.htmx = htmx") > 30_000);
      for (const name of imported) t.equal(body.split(`function ${name}(`).length, 2, name);
    }
    t.equal(await get("keep-focus.js"), 'export * from "./poswatch.js";\n');
  },
);
