import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";

const CSS_DIRECTORY = join(import.meta.dirname, "../../public/css");
const STYLESHEET = "poswatch.css";

t.test("browsers get one style sheet with every part in it, in the order of its list", async (t) => {
  const { app } = await startMonitor(t);
  const { statusCode, headers, body } = await app.inject(app.assetUrl(`css/${STYLESHEET}`));
  t.equal(statusCode, 200);
  t.equal(headers["content-type"], "text/css; charset=utf-8");
  t.notMatch(body, "@import");

  const list = readFileSync(join(CSS_DIRECTORY, STYLESHEET), "utf8");
  const listed = [...list.matchAll(/@import "\.\/(.+)";/g)].map(([, file = ""]) => file);
  const parts = readdirSync(CSS_DIRECTORY).filter((file) => file !== STYLESHEET);
  t.same(listed.toSorted(), parts.toSorted(), "every file is listed once");
  t.notMatch(body, "/*", "comments stay at home");
  const rulesOf = (file: string) =>
    readFileSync(join(CSS_DIRECTORY, file), "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/\n\s*/g, "\n")
      .trim();
  const places = listed.map((file) => body.indexOf(rulesOf(file)));
  t.notOk(places.includes(-1), "every part is there whole");
  t.same(
    places,
    places.toSorted((a, b) => a - b),
  );
});
