import t from "tap";
import { causeKey } from "../../src/protocol/cause-key.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const SAME: [string, string, string][] = [
  ["numbers", "Ошибка 17 в строке 204", "Ошибка 3 в строке 9"],
  ["times", "timeout at 2026-11-24 13:42:12,546", "timeout at 2025-01-02 00:00:00,001"],
  ["ISO times", "failed 2026-11-24T13:42:12.546Z", "failed 2025-01-02T00:00:00Z"],
  ["IPv4 addresses with ports", "connect ECONNREFUSED 10.8.3.1:8443", "connect ECONNREFUSED 192.168.0.7:443"],
  ["IPv6 addresses", "connect ECONNREFUSED fe80:0:0:1:2:3:4:5", "connect ECONNREFUSED 2001:db8:0:1:2:3:4:aa"],
  ["URLs", "no answer from https://a.example/x?y=1", "no answer from http://b.example:81"],
  ["identifiers", "guest 5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2", "guest 00000000-0000-0000-0000-000000000001"],
  ["hexadecimal codes", "HRESULT 0x80131509", "HRESULT 0x8007000e"],
  ["names in «quotes»", "нет программы «Кофе»", "нет программы «Завтрак»"],
  ['names in "quotes"', 'no program "Coffee"', 'no program "Breakfast"'],
  ["names in “quotes”", "no program “Coffee”", "no program “Breakfast”"],
  ["letter case and spaces", "Нарушена   Целостность\tбазы", "нарушена целостность базы"],
];

t.test("texts that differ in what changes each time are one cause", async (t) => {
  for (const [what, left, right] of SAME) {
    t.equal(causeKey(left), causeKey(right), what);
    t.not(causeKey(left), "", "and something of them is left");
  }
});

t.test("texts that say something else are another cause", async (t) => {
  t.not(causeKey("connect ECONNREFUSED 10.0.0.1:1"), causeKey("connect EHOSTUNREACH 10.0.0.1:1"));
  t.not(causeKey("нарушена целостность базы"), causeKey("нет места на диске"));
  t.equal(causeKey("Ошибка 17"), "ошибка #");
});

t.test("a cause is short, and folding a long hostile text takes no time", async (t) => {
  const pieces = ["««", "# ", "a.", "f:"].map((piece) => piece.repeat(1_000));
  const hostile = [...pieces, `#${" ".repeat(1_999)}`];
  const cpuMs = await cpuTimeOf(() => {
    for (const text of hostile) t.ok(causeKey(text).length <= 160);
  });
  t.ok(cpuMs < 500, "all of them within half a second");
});
