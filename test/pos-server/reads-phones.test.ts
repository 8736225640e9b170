import t from "tap";
import { readPhone } from "../../src/monitor/pos-server/phone.ts";

t.test("a number is kept as people write it, and dialled as a phone needs it", async (t) => {
  const numbers: [written: string, url: string][] = [
    ["+7 495 555-01-12", "tel:+74955550112"],
    ["+7 (495) 555-01-12", "tel:+74955550112"],
    ["8(495)5550112", "tel:84955550112"],
    ["495.555.01.12", "tel:4955550112"],
    ["8 495 555-01-12 доб. 34", "tel:84955550112,34"],
    ["8 495 555-01-12, доб 34", "tel:84955550112,34"],
    ["8 495 555-01-12 вн. 7", "tel:84955550112,7"],
    ["+44 20 7946 0958 ext. 12", "tel:+442079460958,12"],
    ["+44 20 7946 0958x12", "tel:+442079460958,12"],
    ["8 495 555-01-12 #34", "tel:84955550112,34"],
    ["8 495 555-01-12, 34", "tel:84955550112,34"],
    ["1204", "tel:1204"],
  ];
  for (const [written, url] of numbers) t.same(readPhone(written), { text: written, url }, written);
  t.same(
    readPhone("  +7\u00a0495 555–01—12 "),
    { text: "+7 495 555-01-12", url: "tel:+74955550112" },
    "as it was pasted",
  );
});

t.test("what nobody can call is refused", async (t) => {
  const wrong = [
    "",
    "abc",
    "12",
    "+",
    "Мария",
    "+7 495 555-01-12 Мария",
    "7+495 555 01 12",
    "+7 495 555-01-12; +7 495 555-01-13",
    "1234567890123456",
    "javascript:alert(1)",
    '+7 495 555-01-12" onclick="x',
    `8${" 4".repeat(40)}`,
    ",".repeat(16_000),
  ];
  for (const text of wrong) t.equal(readPhone(text), null, text.slice(0, 40));
});
