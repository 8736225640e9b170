import t from "tap";
import { describedBy, fieldsOf } from "../../src/monitor/forms/field-model.ts";
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

t.test("only the notes that are there describe a field", async (t) => {
  t.equal(describedBy("q", null), null);
  t.equal(describedBy("q", "нет"), "problem-q");
  t.equal(describedBy("q", null, "да"), "hint-q");
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
