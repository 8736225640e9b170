import t from "tap";
import { failed } from "../../src/monitor/outgoing/failure.ts";
import { hideSecrets, secretsOfProxy, secretsOfUrl } from "../../src/monitor/outgoing/hide-secrets.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

t.test("a secret is hidden as it is, and as it stands in an address", async (t) => {
  const hide = hideSecrets(["12:abc"]);
  t.equal(hide("GET /bot12:abc/getMe 12%3Aabc, 12:ab"), "GET /bot…/getMe …, 12:ab");
  t.equal(hideSecrets(["12:abc", "12:abcdef"])("12:abcdef"), "…", "the longer one first");
  t.equal(hideSecrets(["p%40ss%20word"])("p@ss word, p%40ss%20word"), "…, …", "known as it is written");
  t.equal(hideSecrets(["50%"])("50% and 50%25"), "… and …", "that looks like an encoding");
  t.equal(hideSecrets(["", "a"])("as it is"), "as it is", "what is none, or a letter");
});

t.test("a secret is hidden in base64, alone, in something longer and in part", async (t) => {
  const secret = "secret-of-a-proxy";
  const hide = hideSecrets([secret]);
  t.equal(hide(`key ${base64(secret)}, and so on`), "key …, and so on");
  t.equal(hide(`key ${base64(`abc${secret}`)}`), "key …");
  t.equal(hide(`${base64(secret).slice(0, 12)} is cut`), "… is cut");
  const words = "certificate/authorities+unknown ZmluZSBhcyBpdCBpcyBoZXJl";
  t.equal(hide(words), words, "what only looks like base64 stays");
});

t.test("of a proxy it is the password, also beside its login", async (t) => {
  const hide = hideSecrets(secretsOfProxy("http://anna:p%40ss%20word@proxy:3128"));
  t.equal(hide(`p@ss word, p%40ss%20word, Basic ${base64("anna:p@ss word")}`), "…, …, Basic …");
  t.equal(hide("anna at proxy:3128"), "anna at proxy:3128");
  for (const proxy of ["", "none", "http://proxy:3128", "http://anna@proxy:3128"])
    t.same(secretsOfProxy(proxy), [], proxy);
});

t.test("of an address it is all but the host, and each long part of its own", async (t) => {
  const url =
    "https://robot-12345:pass@hooks.example/v1/Zm9vYmFyYmF6/%D1%81%D0%B5%D0%BA%D1%80%D0%B5%D1%82-1?key=0123456789&x=1";
  const hide = hideSecrets(secretsOfUrl(url));
  t.equal(hide(`POST ${url}`), "POST …");
  t.equal(hide("hooks.example: /v1 has no Zm9vYmFyYmF6"), "hooks.example: /v1 has no …");
  t.equal(hide("секрет-1, 0123456789, robot-12345, pass"), "…, …, …, …");
  t.equal(hideSecrets(secretsOfUrl("not an address"))("not an address"), "…");
});

t.test("what is hidden before it is cut cannot be seen in part", async (t) => {
  const secret = "0123456789-secret-of-a-bot";
  const hide = hideSecrets([secret]);
  for (let before = 270; before <= 300; before++) {
    const { detail } = failed("temporary", hide(`${"x".repeat(before)}${secret} is unknown`));
    t.notMatch(detail, "01234", `after ${before} characters`);
    t.ok(detail.length <= 300);
  }
});
