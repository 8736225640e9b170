import t from "tap";
import { createWordSearch } from "../../src/agent/sync-log/word-search.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";
import { requiredWords } from "../../src/protocol/required-words.ts";

const WORDS: [source: string, words: string[] | null][] = [
  ["обмен", ["обмен"]],
  ["обмен|sync", ["обмен", "sync"]],
  ["(?:обмен|синхрониз)\\p{L}*.*(?:успеш|заверш)", ["обмен", "синхрониз"]],
  ["(?<message>не удал\\p{L}*.*)", ["удал"]],
  ["foo(?:bar|b)?x", ["foo"]],
  ["foo\\.ba", ["foo"]],
  ["[abc]def", ["def"]],
  ["[]обмен[x]", ["обмен"]],
  ["[^]обмен[x]", ["обмен"]],
  ["[^a\\]]обмен", ["обмен"]],
  ["обмен+ом", ["обме"]],
  ["(?<!обмен)цикл", ["цикл"]],
  ["обмен|x", null],
  ["(?:обмен)*", null],
  ["(?:обмен|)", null],
  ["об?", null],
  ["[обмен]", null],
  ["[^обмен]", null],
  ["[]", null],
  ["[^]|обмен", null],
  ["\\d+", null],
  ["", null],
];

t.test("words that are in whatever a pattern matches", async (t) => {
  for (const [source, words] of WORDS) t.same(requiredWords([source]), words, source);
  t.same(requiredWords(["обмен.*начат", "начат.*обмен"]), ["начат"]);
  t.same(requiredWords(["(?:sync|обмен).*начат", "обмен|sync", "sync"]), ["sync", "обмен"]);
  t.equal(requiredWords(["обмен", "\\d+"]), null, "each of them has to tell");
  t.same(requiredWords([]), []);
});

t.test("no text is skipped that a pattern matches", async (t) => {
  const russian = ["обмен", "обмен успеш", "не удалось", "обменом", "обменном", "xобменx", "цикл"];
  const texts = [...russian, "sync", "foox", "foobx", "foo.bar", "bdef", "x"];
  for (const [source] of WORDS) {
    const pattern = compilePattern(source);
    const hasWords = createWordSearch(requiredWords([source]), "utf-8");
    for (const text of texts) if (pattern.test(text)) t.ok(hasWords(Buffer.from(text)), `${source}: ${text}`);
  }
});
