import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import t from "tap";
import { Value } from "typebox/value";
import { bundleAgent } from "../../src/agent/packaging/bundle-agent.ts";
import {
  readSigningKey,
  removeUpdate,
  signUpdate,
  writeUpdate,
} from "../../src/agent/packaging/update-files.ts";
import {
  isCodeOf,
  MAX_CODE_BYTES,
  UPDATE_FILES,
  UpdateFacts,
  verifyManifest,
} from "../../src/protocol/agent-update.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startProgram } from "../helpers/program.ts";

const MOST_BYTES = 1_000_000;

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const pem = privateKey.export({ type: "pkcs8", format: "pem" });
const { code } = await bundleAgent({ updateKey: publicKey, version: "1.2.3" });
const update = signUpdate(code, "1.2.3", privateKey);

t.test("an update is small, and made alike each time", async (t) => {
  t.ok(update.compressed.length <= MOST_BYTES, `${update.compressed.length} bytes`);
  t.ok((await bundleAgent({ updateKey: publicKey, version: "1.2.3" })).code.equals(code));
  t.same(signUpdate(code, "1.2.3", privateKey), update);
});

t.test("its agent knows its version and its key, and nothing else of the project", (t) => {
  t.ok(code.includes("1.2.3"));
  t.ok(code.includes(update.facts.publicKey));
  t.notOk(code.includes("build:agent"));
  t.end();
});

t.test("its files say what is in them, for everybody who may read the package", async (t) => {
  const folder = makeFolder(t);
  await writeUpdate(folder, update);
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o644);
  const facts = JSON.parse(readFileSync(join(folder, UPDATE_FILES.facts), "utf8"));
  t.ok(Value.Check(UpdateFacts, facts));
  const key = createPublicKey({ key: Buffer.from(facts.publicKey, "base64"), format: "der", type: "spki" });
  const manifest = verifyManifest(facts, key);
  t.match(manifest, { version: "1.2.3", size: code.length });
  const written = gunzipSync(readFileSync(join(folder, UPDATE_FILES.code)));
  t.ok(manifest && isCodeOf(manifest, written));
  t.equal(createHash("sha256").update(written).digest("hex"), manifest?.sha256);
  await removeUpdate(folder);
  t.same(readdirSync(folder), []);
  await removeUpdate(folder);
});

t.test("what no agent would take is not made", (t) => {
  t.throws(() => signUpdate(code, "1.2.3-rc.1", privateKey), /three numbers/);
  t.throws(() => signUpdate(Buffer.alloc(MAX_CODE_BYTES + 1), "1.2.3", privateKey), /too large/);
  t.end();
});

t.test("the key that openssl makes is taken", async (t) => {
  const file = join(makeFolder(t), "update.key");
  writeFileSync(file, pem);
  t.ok((await readSigningKey(file)).equals(privateKey));
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const WRONG_KEYS: Record<string, string | Buffer> = {
  "of RSA": rsa.export({ type: "pkcs8", format: "pem" }),
  "a public one": publicKey.export({ type: "spki", format: "pem" }),
  "with a password": privateKey.export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  }),
  "no key at all": "update",
};

t.test("a key that cannot sign ends the build with a sentence, before it writes anything", async (t) => {
  const folder = makeFolder(t);
  const build = async (key: string) => {
    const args = ["--to", join(folder, "packages"), "--signing-key", join(folder, key)];
    const program = startProgram(t, "src/agent/packaging/build-agent.ts", { args });
    t.equal(await program.ended, 1);
    t.notMatch(program.output(), /^\s+at /m, "without a stack");
    return program.output();
  };
  t.match(await build("missing.key"), /cannot be read: ENOENT.*\n.*\nopenssl genpkey -algorithm ed25519/);
  for (const [what, key] of Object.entries(WRONG_KEYS)) {
    writeFileSync(join(folder, "wrong.key"), key);
    t.match(await build("wrong.key"), /wrong\.key is no private key of Ed25519/, what);
  }
  t.same(readdirSync(folder), ["wrong.key"]);
});
