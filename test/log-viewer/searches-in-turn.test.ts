import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { getPage, textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const PARTS = 8;

t.test("one person's searches keep neither views nor the search of another waiting", async (t) => {
  const monitor = await startMonitor(t);
  const part = Buffer.from(serviceLog(20_000));
  const files = { "big.log": Array.from({ length: PARTS }, () => part), "small.log": "[ERROR] needle\n" };
  const id = await addLogArchive(monitor, files);
  const [big, small] = [`/log-archives/${id}/files/1`, `/log-archives/${id}/files/2`];
  for (const path of [big, small]) {
    await waitFor(async () => (await getPage(monitor.app, path)).statusCode === 303);
  }
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });
  const order: string[] = [];
  const noted = async (name: string, asked: ReturnType<typeof anna.get>) => {
    const answer = await asked;
    order.push(name);
    return answer;
  };

  const searches = [1, 2, 3, 4].map((n) =>
    noted(`search ${n}`, anna.get(`${big}?line=1&q=absent-${n}&find=next`)),
  );
  const refused = await anna.get(`${big}?line=1&q=absent-5&find=next`);
  t.equal(refused.statusCode, 429);
  t.match(refused.headers, { "retry-after": "5" });
  t.match(textOf(refused.body), "Сейчас идёт слишком много поисков по логам");

  const [view, found] = await Promise.all([
    noted("view", anna.get(`${big}?line=100`)),
    noted("Boris", boris.get(`${small}?q=needle&find=next`)),
  ]);
  t.equal(view.statusCode, 200);
  t.equal(found.statusCode, 303);
  await Promise.all(searches);
  t.ok(order.indexOf("view") < order.indexOf("search 2"), order.join());
  t.ok(order.indexOf("Boris") < order.indexOf("search 2"), order.join());
});
