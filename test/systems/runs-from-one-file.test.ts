import { spawn } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import t, { type Test } from "tap";
import { Value } from "typebox/value";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { NODE_VERSION } from "../../src/packaging/fetch-package.ts";
import { readSigningKey, signUpdate, updateFiles } from "../../src/packaging/update-files.ts";
import {
  isCodeOf,
  MAX_CODE_BYTES,
  UPDATE_FILES,
  UpdateFacts,
  verifyManifest,
} from "../../src/protocol/agent-update.ts";
import { type AgentFolder, callAgent, makeAgentFolder, sendToAgent } from "../helpers/agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const bundle = await bundleAgent();

function runBundle(t: Test, folder: AgentFolder, args: string[], env: NodeJS.ProcessEnv = {}) {
  const program = join(folder.root, "agent.cjs");
  writeFileSync(program, bundle.code);
  const configFile = join(folder.root, "agent.json");
  const options = { cwd: folder.root, env: { ...process.env, ...env } };
  const child = spawn(process.execPath, [program, "--config", configFile, ...args], options);
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  return { child, output: () => output };
}

t.test("the agent in one file pairs, serves, and stops when its host closes its input", async (t) => {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  const pairing = runBundle(t, folder, ["pairing"]);
  t.same(await once(pairing.child, "close"), [0, null], pairing.output());
  const agent = runBundle(t, folder, [], { POSWATCH_HOST: "1" });
  await waitFor(() => agent.output().includes("agent is ready"));
  const address = `https://127.0.0.1:${folder.config.port}`;
  const listening = { address, pairingString: pairing.output().trim() };
  t.match(await callAgent(listening, "/v1/status"), { status: 200 });
  const nothing = { attempted: [], failed: [], excluded: [] };
  for (const [succeeded, status] of [
    ["Cycle \\S+ closed", 200],
    ["(?:.?.?){1000}closed", 400],
  ] as const) {
    const body = { logs: { ...nothing, succeeded: [succeeded] } };
    const answer = await sendToAgent(listening, "/v1/configuration", body, { method: "PUT" });
    t.equal(answer.status, status, "it compiles in a worker of the same file");
  }
  agent.child.stdin.end();
  t.same(await once(agent.child, "exit"), [0, null]);
});

t.test("it checks the machine and names what is wrong as the source does", async (t) => {
  const folder = await makeAgentFolder(t);
  const check = runBundle(t, folder, ["--check"]);
  await once(check.child, "close");
  t.match(check.output(), /Часы|Время/);
  writeFileSync(join(folder.root, "agent.json"), "{");
  const broken = runBundle(t, folder, []);
  t.same(await once(broken.child, "close"), [1, null]);
  t.match(broken.output(), "agent.json");
});

t.test("it names the commands that whoever runs it can give", async (t) => {
  const folder = await makeAgentFolder(t);
  const byItself = runBundle(t, folder, ["quarantine"]);
  t.same(await once(byItself.child, "close"), [2, null]);
  t.match(byItself.output(), /^Такой команды нет: quarantine\n\nЗапуск: node ".*agent\.cjs" --config ФАЙЛ/);
  const installed = runBundle(t, folder, ["quarantine"], { POSWATCH_HOST: "1" });
  t.same(await once(installed.child, "close"), [2, null]);
  t.match(installed.output(), /\nЗапуск: & ".*poswatch-agent\.exe" КОМАНДА\n/);
  t.notMatch(installed.output(), /--config|--check/);
});

t.test("its host starts it as npm does", async (t) => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const flags = scripts.agent.match(/ --\S+/g).join("");
  t.match(flags, "--max-semi-space-size");
  const source = readFileSync("src/agent/windows-service/agent-process.c", "utf8");
  t.match(source, `#define FLAGS L"${flags.trim()}"`);
});

t.test("it comes with the Node that it is tried with, and the licenses of what is in it", async (t) => {
  t.equal(NODE_VERSION, process.versions.node);
  const isAscii = bundle.code.every((byte) => byte < 0x80);
  t.ok(isAscii, "no letter makes Node keep its text twice as large");
  for (const name of ["Node.js", "fastify", "re2js", "typebox", "ws", "yazl"])
    t.match(bundle.licenses, new RegExp(`^${name}$`, "m"));
  t.notMatch(bundle.licenses, /^undefined$/m);
});

const MOST_BYTES = 1_000_000;

const PEM = { type: "pkcs8", format: "pem" } as const;
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const pem = privateKey.export(PEM);
const { code } = await bundleAgent({ updateKey: publicKey, version: "1.2.3" });
const update = signUpdate(code, "1.2.3", privateKey);

t.test("an update is small, made alike each time, and knows its version and key alone", async (t) => {
  t.ok(update.compressed.length <= MOST_BYTES, `${update.compressed.length} bytes`);
  t.ok((await bundleAgent({ updateKey: publicKey, version: "1.2.3" })).code.equals(code));
  t.same(signUpdate(code, "1.2.3", privateKey), update);
  t.ok(code.includes("1.2.3"));
  t.ok(code.includes(update.facts.publicKey));
  t.notOk(code.includes("build:agent"));
});

t.test("its files say what is in them", async (t) => {
  const files = new Map(updateFiles(update));
  const facts = JSON.parse(String(files.get(UPDATE_FILES.facts)));
  t.ok(Value.Check(UpdateFacts, facts));
  const key = createPublicKey({ key: Buffer.from(facts.publicKey, "base64"), format: "der", type: "spki" });
  const manifest = verifyManifest(facts, key);
  t.match(manifest, { version: "1.2.3", size: code.length });
  const written = gunzipSync(files.get(UPDATE_FILES.code) ?? "");
  t.ok(manifest && isCodeOf(manifest, written));
  t.equal(createHash("sha256").update(written).digest("hex"), manifest?.sha256);
});

t.test("the key that openssl makes is taken, what no agent would take is not made", async (t) => {
  t.throws(() => signUpdate(code, "1.2.3-rc.1", privateKey), /three numbers/);
  t.throws(() => signUpdate(Buffer.alloc(MAX_CODE_BYTES + 1), "1.2.3", privateKey), /too large/);
  const file = join(makeFolder(t), "update.key");
  writeFileSync(file, pem);
  t.ok((await readSigningKey(file)).equals(privateKey));
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const WRONG_KEYS: Record<string, string | Buffer> = {
  "of RSA": rsa.export(PEM),
  "a public one": publicKey.export({ type: "spki", format: "pem" }),
  "with a password": privateKey.export({ ...PEM, cipher: "aes-256-cbc", passphrase: "secret" }),
  "no key at all": "update",
};

t.test("a key that cannot sign ends the build with a sentence, before it writes anything", async (t) => {
  const folder = makeFolder(t);
  const build = async (key: string) => {
    const args = ["--agent-only", "--to", join(folder, "packages"), "--signing-key", join(folder, key)];
    const program = startProgram(t, "src/packaging/build.ts", { args });
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

t.test("what is missing to build is said at once, all of it, with how to get it", async (t) => {
  const folder = makeFolder(t);
  const build = async (...args: string[]) => {
    const program = startProgram(t, "src/packaging/build.ts", { args, env: { PATH: folder } });
    t.equal(await program.ended, 1);
    return program.output();
  };
  const missing = await build("--to", join(folder, "built"));
  const tools = ["x86_64-w64-mingw32-gcc-win32", "x86_64-w64-mingw32-windres", "npm", "tar"];
  for (const tool of tools) t.match(missing, new RegExp(`^${tool} is not there\\. Install .+$`, "m"));
  t.match(await build(), /^--to FOLDER says where the archives go\n\nnpm run build -- --to FOLDER /);
  t.same(readdirSync(folder), []);
});
