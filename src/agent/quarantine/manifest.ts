import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Bytes, Nullable, Time } from "../../protocol/field-types.ts";
import { writeFileAtomically } from "../../protocol/files.ts";
import { exists, readJsonFile } from "../files/files.ts";

const MANIFEST_FILE = "manifest.json";

const ManifestFile = Type.Object({
  /** Relative, with `/` between its parts. */
  name: Type.String({ minLength: 1, pattern: "^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\\\]+$" }),
  bytes: Bytes,
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
});
export type ManifestFile = Static<typeof ManifestFile>;

const Manifest = Type.Object({
  /** When the database had been moved here. */
  movedAt: Time,
  /** `Idempotency-Key` of the reset; null = moved away for a database that was restored. */
  key: Nullable(Type.String()),
  files: Type.Array(ManifestFile),
});
export type Manifest = Static<typeof Manifest>;

const validator = Compile(Manifest);

/** Hashes all files of a folder and writes its manifest; a folder without files is removed. */
export async function writeManifest(
  folder: string,
  about: Pick<Manifest, "movedAt" | "key">,
  signal?: AbortSignal,
): Promise<void> {
  const files: ManifestFile[] = [];
  for (const name of await listFiles(folder)) {
    if (name !== MANIFEST_FILE) files.push({ name, ...(await hashFile(join(folder, name), signal)) });
  }
  if (files.length === 0) return rm(folder, { recursive: true, force: true });
  const manifest: Manifest = { ...about, files };
  await writeFileAtomically(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
}

/** @returns null when there is none. @throws when it cannot be read or is no manifest. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const file = join(folder, MANIFEST_FILE);
  const found = await readJsonFile(file);
  if (!found) return null;
  if (validator.Check(found.content)) return found.content;
  throw new Error(`${file} is damaged`);
}

export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<Pick<ManifestFile, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  const content = createReadStream(path);
  await pipeline(content, hash, signal ? { signal } : {});
  return { bytes: content.bytesRead, sha256: hash.digest("hex") };
}

async function listFiles(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}
