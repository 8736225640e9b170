import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";

const SECRET = "токен-a-token-that-nobody-may-see";

t.test("what was sealed does not hold the secret, and is opened again, also by a later start", async (t) => {
  const folder = t.testdir();
  const box = openSecretBox(folder);
  const [first, second] = [Buffer.from(box.seal(SECRET)), Buffer.from(box.seal(SECRET))];
  t.equal(openSecretBox(folder).open(first), SECRET);
  t.equal(openSecretBox(folder).open(box.seal("")), "");
  t.notMatch(first.toString("latin1"), "a-token");
  t.notOk(first.equals(second), "it is another one each time");
});

t.test("the key file is for its owner only, also when it was copied carelessly", async (t) => {
  const folder = t.testdir();
  const file = join(folder, "secret.key");
  openSecretBox(folder);
  t.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o644);
  openSecretBox(folder);
  t.equal(statSync(file).mode & 0o777, 0o600);
});

t.test("another key, a changed byte and a cut value are refused without the secret", async (t) => {
  const folder = t.testdir();
  const box = openSecretBox(folder);
  const sealed = Buffer.from(box.seal(SECRET));
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    t.throws(() => box.open(changed));
  }
  for (let length = 0; length < sealed.length; length++) t.throws(() => box.open(sealed.subarray(0, length)));
  rmSync(join(folder, "secret.key"));
  const error = t.throws(() => openSecretBox(folder).open(sealed));
  t.notMatch(String(error), "a-token");
});

t.test("a key file that is none is refused and left as it is", async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, "secret.key"), "short");
  t.throws(() => openSecretBox(folder), /secret\.key is not a key of 32 bytes: put the original file back/);
  t.equal(readFileSync(join(folder, "secret.key"), "utf8"), "short");
});

t.test("a key that is missing although something was sealed with it is not made anew", async (t) => {
  const folder = t.testdir();
  t.throws(
    () => openSecretBox(folder, [Buffer.alloc(60)]),
    /secret\.key is missing, and the tokens .* npm run restore -- FILE\. If it is lost for good, see "When the key is lost"/,
  );
  t.same(readdirSync(folder), []);
});
