import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { DamagedIdentityError, loadIdentity, peekIdentity } from "../../src/agent/machine/identity.ts";
import { parseRegistryValue } from "../../src/agent/machine/machine-id.ts";
import { makeSelfSignedCertificate } from "../../src/protocol/certificates.ts";

const onMachine =
  (machineIdHash: string | null, hardwareIdHash: string | null = null) =>
  async () => ({ machineIdHash, hardwareIdHash });

t.test("the identity is made on first start, in a file that only its owner reads", async (t) => {
  const folder = join(t.testdir(), "new", "state");
  const identity = await loadIdentity(folder, onMachine("a"));
  t.equal(identity.madeBecause, "first_start");
  t.match(identity.posServerId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  t.equal(Buffer.from(identity.token, "base64url").length, 32);
  t.equal((await stat(join(folder, "identity.json"))).mode & 0o777, 0o600);
  t.equal((await stat(folder)).mode & 0o777, 0o700);
  const certificate = new X509Certificate(identity.certificate);
  t.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  t.ok(certificate.verify(certificate.publicKey), "signed by itself");
});

t.test("the identity is kept over restarts, and made anew on another machine", async (t) => {
  const folder = t.testdir();
  const load = (machine: ReturnType<typeof onMachine>) => loadIdentity(folder, machine);
  const made = await load(onMachine("a"));
  t.same(await load(onMachine("a")), { ...made, madeBecause: null });
  t.same(await load(onMachine(null)), { ...made, madeBecause: null }, "machine id unreadable");

  const cloned = await load(onMachine("b"));
  t.equal(cloned.madeBecause, "machine_changed");
  t.not(cloned.posServerId, made.posServerId);
  t.not(cloned.token, made.token);
  t.not(cloned.fingerprint, made.fingerprint);
  t.same(await load(onMachine("b")), { ...cloned, madeBecause: null });
});

t.test("a copied disk with the same machine id is known by the hardware below it", async (t) => {
  const folder = t.testdir();
  const kept = async (hardware: string | null) =>
    (await loadIdentity(folder, onMachine("a", hardware))).madeBecause === null;
  const made = await loadIdentity(folder, onMachine("a", "box 1"));
  t.ok(await kept("box 1"));
  t.ok(await kept(null), "read by an account that may not");
  t.equal(await peekIdentity(folder, onMachine("a", "box 2")), null);
  t.match(await peekIdentity(folder, onMachine("a", "box 1")), { posServerId: made.posServerId });

  const cloned = await loadIdentity(folder, onMachine("a", "box 2"));
  t.equal(cloned.madeBecause, "machine_changed");
  t.not(cloned.posServerId, made.posServerId);
  t.equal(await peekIdentity(join(folder, "none")), null);
});

t.test("an identity that was made without knowing the hardware stays, and learns it", async (t) => {
  const folder = t.testdir();
  const { posServerId } = await loadIdentity(folder, onMachine("a"));
  const file = join(folder, "identity.json");
  const made = JSON.parse(await readFile(file, "utf8"));
  t.equal(made.hardwareIdHash, null);
  t.match(await loadIdentity(folder, onMachine("a", "box 1")), { posServerId, madeBecause: null });
  t.same(JSON.parse(await readFile(file, "utf8")), { ...made, hardwareIdHash: "box 1" });
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.match(await loadIdentity(folder, onMachine("a", "box 2")), { madeBecause: "machine_changed" });
});

t.test("the machine's own id is stored as a hash only", async (t) => {
  const folder = t.testdir();
  await loadIdentity(folder);
  const machineId = (await readFile("/etc/machine-id", "utf8")).trim();
  const stored = await readFile(join(folder, "identity.json"), "utf8");
  t.match(JSON.parse(stored).machineIdHash, /^[0-9a-f]{64}$/);
  t.notMatch(stored, machineId);
});

t.test("a damaged identity is an error that says what to do, never a silent new one", async (t) => {
  const folder = t.testdir();
  const { token } = await loadIdentity(folder, onMachine("a"));
  const file = join(folder, "identity.json");
  const whole = await readFile(file, "utf8");
  const otherWord = whole.replace("BEGIN CERT", "BEGIN CART");
  for (const damaged of ["", whole.slice(0, -40), '{"posServerId":1}', otherWord]) {
    await writeFile(file, damaged);
    const error = await loadIdentity(folder, onMachine("a")).catch((reason: Error) => reason);
    t.type(error, DamagedIdentityError);
    t.match(error, { message: /identity\.json is damaged\. Restore it from a backup, or delete it/ });
    t.notMatch(String(error), token);
    t.equal(await readFile(file, "utf8"), damaged, "left as it was");
  }
});

t.test("the ids of a Windows machine are read from reg.exe", async (t) => {
  const output =
    "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n" +
    "    MachineGuid    REG_SZ    8a5d2c3e-0f51-4b1c-9a6e-2f6d3b0e7c11\r\n\r\n";
  t.equal(parseRegistryValue(output, "MachineGuid"), "8a5d2c3e-0f51-4b1c-9a6e-2f6d3b0e7c11");
  const hardware =
    "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\HardwareConfig\r\n" +
    "    LastConfig    REG_SZ    {4c4c4544-0044-3510-8052-b4c04f4a4e32}\r\n\r\n";
  t.equal(parseRegistryValue(hardware, "LastConfig"), "{4c4c4544-0044-3510-8052-b4c04f4a4e32}");
  const none = "ОШИБКА: не удается найти указанный раздел или параметр в реестре.";
  t.equal(parseRegistryValue(none, "LastConfig"), null);
});

for (const [name, until] of [
  ["poswatch-agent", "2049-12-31T23:59:59.000Z"],
  ["касса-".repeat(30), "2126-01-01T00:00:00.000Z"],
] as const)
  t.test(`a certificate until ${until} is signed by its own key`, async (t) => {
    const from = new Date(0);
    const { privateKey, certificate } = makeSelfSignedCertificate(name, from, new Date(until));
    const read = new X509Certificate(certificate);
    t.equal(read.subject, `CN=${name}`);
    t.equal(read.issuer, read.subject);
    t.same([read.validFromDate, read.validToDate], [from, new Date(until)]);
    t.ok(read.verify(read.publicKey));
    t.ok(read.checkPrivateKey(createPrivateKey(privateKey)));
    t.not(makeSelfSignedCertificate(name, from, new Date(until)).certificate, certificate);
  });
