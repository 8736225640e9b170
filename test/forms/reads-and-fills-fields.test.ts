import t from "tap";
import { Type } from "typebox";
import { fieldsOf } from "../../src/monitor/forms/field-model.ts";
import { readForm, Text, Texts, Tick } from "../../src/monitor/forms/fields.ts";
import { translator } from "../../src/monitor/viewer/language.ts";

const ru = translator("ru");

t.test("a field shows what was typed, what is wrong with it, and where both notes stand", async (t) => {
  const form = { typed: { name: "x" }, problems: { name: "organization.problem.nameTooLong" } };
  const field = fieldsOf(ru, { ...form, limits: { maxLength: 100 } });
  t.match(field("name", { label: "Название", hint: "Как в CRM" }), {
    value: "x",
    problem: /100/,
    hint: "Как в CRM",
    describedBy: "problem-name hint-name",
  });
  t.match(field("crmId", { label: "CrmId" }), { value: "", problem: null, hint: null, describedBy: null });
});

t.test("a password is never shown again", async (t) => {
  const field = fieldsOf(ru, { typed: { password: "correct horse" }, problems: {} });
  t.equal(field("password", { label: "Пароль", type: "password" }).value, "");
});

t.test("the first wrong field of a refused form has the focus, and no other", async (t) => {
  const focused = (problems: Record<string, string>) => {
    const field = fieldsOf(ru, { typed: {}, problems });
    return [
      field("name", { label: "Название", isFocused: true }),
      field("crmId", { label: "CrmId" }),
      field("address", { label: "Адрес" }),
    ]
      .filter(({ isFocused }) => isFocused)
      .map(({ name }) => name);
  };
  t.same(focused({}), ["name"]);
  t.same(focused({ address: "form.required", crmId: "form.required" }), ["crmId"]);
});

const FORM = Type.Object({ name: Text, isWanted: Tick, ids: Texts });
const EMPTY = { name: "", isWanted: false, ids: [] };

const CASES: [what: string, sent: unknown, read: object][] = [
  ["nothing", undefined, EMPTY],
  ["what is no form", "name=x", EMPTY],
  [
    "all of it",
    { name: " x ", isWanted: "1", ids: ["1", "2"] },
    { name: " x ", isWanted: true, ids: ["1", "2"] },
  ],
  ["one of a list", { ids: "5" }, { ...EMPTY, ids: ["5"] }],
  ["an empty box", { isWanted: "" }, EMPTY],
  ["a field twice", { name: ["a", "b"], isWanted: ["1", "1"] }, EMPTY],
  ["objects", { name: { a: 1 }, isWanted: {}, ids: [{}, "3"] }, { ...EMPTY, ids: ["3"] }],
  ["numbers, false and null", { name: 5, isWanted: false, ids: 7 }, EMPTY],
  ["null", { name: null, isWanted: null, ids: null }, EMPTY],
  ["zero and true", { name: 0, isWanted: true }, EMPTY],
  ["a prototype", Object.fromEntries([["__proto__", ["a", "b"]]]), EMPTY],
  ["other fields", { other: "x", name: "y" }, { ...EMPTY, name: "y" }],
];

for (const [what, sent, read] of CASES)
  t.test(`a form is read from ${what}, which stays as it is`, async (t) => {
    const before = structuredClone(sent);
    t.same(readForm(FORM, sent), read);
    t.same(sent, before);
  });
