import t from "tap";
import { formatEnrolmentCode, parseEnrolmentCode } from "../../src/protocol/enrolment.ts";

const CODE = {
  monitor: "https://poswatch.example:8443/pos",
  pins: [`sha256:${"0".repeat(64)}`, `sha256:${"f".repeat(64)}`],
  secret: "a".repeat(43),
};
const encode = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");

t.test("a code is one line of base64url, and is read as it is pasted", async (t) => {
  const text = formatEnrolmentCode(CODE);
  t.match(text, /^[\w-]+$/);
  t.same(parseEnrolmentCode(text), CODE);
  t.same(parseEnrolmentCode(` ${text.slice(0, 40)}\r\n  ${text.slice(40)}\n`), CODE);
  const withSlash = formatEnrolmentCode({ ...CODE, monitor: `${CODE.monitor}/`, pins: [] });
  t.same(parseEnrolmentCode(withSlash), { ...CODE, pins: [] });
});

t.test("what is none is null, never an error", async (t) => {
  const { monitor, pins, secret } = CODE;
  for (const text of [
    "",
    "poswatch://x",
    "not a code",
    "a".repeat(3_000),
    encode(null),
    encode({}),
    encode([]),
    encode([monitor, pins]),
    encode(["ftp://x", pins, secret]),
    encode(["https://user:password@x", pins, secret]),
    encode(["https://x/?a=1", pins, secret]),
    encode([7, pins, secret]),
    encode([monitor, "sha256:0", secret]),
    encode([monitor, ["sha256:0"], secret]),
    encode([monitor, pins, "short"]),
    encode([monitor, pins, "a b".repeat(20)]),
    Buffer.from("{").toString("base64url"),
  ])
    t.equal(parseEnrolmentCode(text), null, text.slice(0, 40));
});
