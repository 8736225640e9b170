import t from "tap";
import {
  archiveName,
  newArchivePath,
  readStoredName,
  safeName,
} from "../../src/monitor/log-archives/store/paths.ts";

const DAY = "2026-11-24";

t.test("a file is named after the POS server and the day, in plain ASCII", async (t) => {
  const name = (posServerName: string, number = 1) =>
    archiveName({ crmId: "100237", posServerName, day: DAY, number });
  t.equal(name("Тверская, 12"), "pos-100237-tverskaya-12-2026-11-24.zip");
  t.equal(name("Тверская, 12", 2), "pos-100237-tverskaya-12-2026-11-24-2.zip");
  t.equal(name("Щёлковское ш., д. 7/«Ёлка»"), "pos-100237-shchelkovskoe-sh-d-7-elka-2026-11-24.zip");
  t.equal(name("Café Ünal"), "pos-100237-cafe-unal-2026-11-24.zip");
  t.equal(name("北京 🍜"), "pos-100237-2026-11-24.zip", "what has no letters of ours is left out");
  t.equal(name("../../etc"), "pos-100237-etc-2026-11-24.zip");
  t.ok(name("Ж".repeat(300)).length < 80);
});

t.test("a folder keeps what a person reads, and nothing that a Windows share refuses", async (t) => {
  t.equal(safeName("ООО «Вкусный дом»"), "ООО «Вкусный дом»");
  t.equal(safeName('a<b>c:d"e/f\\g|h?i*j'), "a b c d e f g h i j");
  t.equal(safeName(" .. Кафе. . "), "Кафе");
  t.equal(safeName("a\u0000b\u202ec\nd"), "a b c d");
  for (const device of ["CON", "prn", "Aux", "nul", "COM1", "lpt9", "COM¹", "CONIN$"]) {
    t.equal(safeName(device), `${device}_`);
    t.equal(safeName(`${device}.log`), `${device}_.log`);
  }
  t.equal(safeName("Console"), "Console");
  for (const nothing of ["", "...", "///", "\u200b"]) t.equal(safeName(nothing), "_");
  t.equal([...safeName("Я".repeat(300))].length, 40);
  t.equal(safeName(`${"я".repeat(39)}. хвост`), "я".repeat(39), "a cut leaves no dot at the end");
  t.equal(safeName(`${"🍜".repeat(50)}`), "🍜".repeat(40), "no half of a letter");
  t.equal(safeName("и\u0306"), "й", "composed, as Windows writes it");
});

t.test("each file of the store is its own, whatever its folders share", async (t) => {
  const names = { organizationName: "A/B", posServerName: "Кафе.", crmId: "1" };
  const archive = { ...names, day: DAY, number: 1, archiveId: 7 };
  const paths = Array.from({ length: 20 }, () => newArchivePath(archive));
  t.equal(new Set(paths.map((path) => path.toLowerCase())).size, 20);
  for (const path of paths) {
    t.match(path, /^A B\/Кафе\/2026-11-24\/pos-1-kafe-2026-11-24_7-[0-9a-f]{8}\.zip$/);
    const name = path.split("/").at(-1) ?? "";
    t.same(readStoredName(name), { archiveId: 7, isPart: false });
    t.same(readStoredName(`${name}.part`), { archiveId: 7, isPart: true });
  }
  const ofOthers = ["pos-1.zip", "report.zip", "x.part", "pos-1_7-00000000.zip.bak", "POS-1_7-00000000.ZIP"];
  for (const name of ofOthers) t.equal(readStoredName(name), null, name);
});
