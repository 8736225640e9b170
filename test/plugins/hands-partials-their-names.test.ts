import { join } from "node:path";
import { Eta } from "eta";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { getPage } from "../helpers/page.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";

const VIEWS_DIRECTORY = join(import.meta.dirname, "../../views");
/** Every template may use these. */
const COMMON = ["t", "format", "language", "csrfToken", "assetUrl"];
const INHERITED = "{...it, ...(__eta_d ?? {})}";

/** Eta that hands a partial the common names and the names of its include, and nothing else of its caller. */
function createStrictEta(): Eta {
  const common = COMMON.map((name) => `${name}: it.${name}`).join(", ");
  const processFnString = (body: string) => body.replaceAll(INHERITED, `{${common}, ...(__eta_d ?? {})}`);
  return new Eta({ views: VIEWS_DIRECTORY, plugins: [{ processFnString }] });
}

t.test("no partial uses a name of its caller that its include does not hand over", async (t) => {
  const monitor = await startMonitor(t);
  const rendered = new Map<string, object>();
  const { eta } = monitor.app;
  const render = eta.render;
  let depth = 0;
  eta.render = function (template, data, meta) {
    if (depth === 0) rendered.set(`${template} ${rendered.size}`, data as object);
    depth++;
    try {
      return render.call(this, template, data, meta);
    } finally {
      depth--;
    }
  };

  const { requestOf } = await addOneOfEach(monitor);
  const states = await addOneInEachState(monitor);
  const ofStates = Object.values(states)
    .flat()
    .flatMap((id) => [`/pos-servers/${id}`, `/pos-servers/${id}/menu`]);
  const addresses = registeredRoutes(monitor)
    .filter((route) => route.startsWith("GET ") && !route.endsWith(".xlsx"))
    .map((route) => requestOf(route).url);
  for (const url of [...addresses, ...ofStates]) {
    await getPage(monitor.app, url);
    await getPage(monitor.app, url, { refresh: {} });
  }

  const plain = new Eta({ views: VIEWS_DIRECTORY });
  const strict = createStrictEta();
  t.match(plain.compileToString("<%~ include('/x') %>"), INHERITED, "Eta hands over the data of the caller");
  t.ok(rendered.size > 100, `${rendered.size} pages and parts`);
  for (const [name, data] of rendered) {
    const template = name.split(" ")[0] ?? "";
    t.equal(strict.render(template, data), plain.render(template, data), template);
  }
});
