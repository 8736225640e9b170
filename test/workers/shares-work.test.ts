import t from "tap";
import { createShareWork } from "../../src/monitor/workers/share-work.ts";

const STAYING = new AbortController().signal;

/** Work that ends when it is told, and what became of its signals. */
function prepare() {
  const share = createShareWork<string>();
  const begun: { signal: AbortSignal; result: PromiseWithResolvers<string> }[] = [];
  const ask = (key: string, signal = STAYING) =>
    share(key, signal, (ending) => {
      const result = Promise.withResolvers<string>();
      begun.push({ signal: ending, result });
      return result.promise;
    });
  return { begun, ask };
}

t.test("what several ask for at once is done once, and anew for whoever comes later", async (t) => {
  const { begun, ask } = prepare();
  const both = [ask("a"), ask("a")];
  const other = ask("b");
  t.equal(begun.length, 2);
  begun[0]?.result.resolve("A");
  begun[1]?.result.resolve("B");
  t.same(await Promise.all([...both, other]), ["A", "A", "B"]);
  const later = ask("a");
  begun[2]?.result.resolve("again");
  t.equal(await later, "again");
  const failing = [ask("a"), ask("a")];
  begun[3]?.result.reject(new Error("no"));
  for (const asked of failing) await t.rejects(asked, /no/, "what fails is told to all who wait");
});

t.test("who leaves ends nothing for the others; when nobody waits any more it ends", async (t) => {
  const { begun, ask } = prepare();
  const [first, second] = [new AbortController(), new AbortController()];
  const [one, other] = [ask("a", first.signal), ask("a", second.signal)];
  first.abort(new Error("the first left"));
  await t.rejects(one, /the first left/);
  t.notOk(begun[0]?.signal.aborted);
  second.abort(new Error("the second left"));
  await t.rejects(other, /the second left/);
  t.ok(begun[0]?.signal.aborted);
  const next = ask("a");
  t.equal(begun.length, 2, "what ends is not given to whoever comes next");
  begun[0]?.result.resolve("old");
  begun[1]?.result.resolve("new");
  t.equal(await next, "new");
});
