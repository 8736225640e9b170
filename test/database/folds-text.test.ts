import t from "tap";
import { searchText, sortText } from "../../src/monitor/database/text.ts";

t.test("texts that people do not tell apart are searched for alike", async (t) => {
  for (const [left, right] of [
    ["Ёлка", "елка"],
    ["ЁЖ", "еж"],
    ["Й".normalize("NFD"), "й"],
    ["кафе\u00A0\t  12", "кафе 12"],
    ["ﬁ", "fi"],
  ]) {
    t.equal(searchText(left ?? ""), searchText(right ?? ""), `${left} and ${right}`);
  }
  t.not(searchText("кафе"), searchText("кофе"));
  t.equal(searchText("Арбат", null, "100237"), "арбат\n100237");
  t.notMatch(searchText("ab", "cd"), "bc");
  t.equal(searchText(null), "");
});

t.test("names are in the order that people expect", async (t) => {
  const names = ["«Аист»", "Ева", "Ёж", "Ежи", "кафе 2", "Кафе 12", '"Кафе" 100', "Юг"];
  t.same([...names].reverse().sort(byKey), names);
});

function byKey(left: string, right: string): number {
  return sortText(left) < sortText(right) ? -1 : 1;
}
