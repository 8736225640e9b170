import type { FastifyRequest } from "fastify";
import { readName } from "../registry/names.ts";

const MAX_FILE_NAME_LENGTH = 120;

/** A file that a form has sent. */
export interface Upload {
  fileName: string;
  bytes: Buffer;
}

interface FilePart {
  type: "file";
  filename: string;
  toBuffer(): Promise<Buffer>;
}

/**
 * Turns the parts of a multipart form into fields, as other forms have them, so that its CSRF token is checked like
 * theirs. Its file is `file`, or null when none was chosen.
 */
export async function flattenParts(request: FastifyRequest): Promise<void> {
  const parts = isObject(request.body) ? request.body : {};
  request.body = { _csrf: textOf(parts._csrf), file: await fileOf(parts.file) };
}

/** The file of a flattened form. */
export function uploadOf(body: unknown): Upload | null {
  return isObject(body) ? ((body.file as Upload | null | undefined) ?? null) : null;
}

function textOf(part: unknown): string {
  if (typeof part === "string") return part;
  return isObject(part) && typeof part.value === "string" ? part.value : "";
}

async function fileOf(part: unknown): Promise<Upload | null> {
  if (!isFilePart(part) || part.filename === "") return null;
  const fileName = readName(part.filename).slice(-MAX_FILE_NAME_LENGTH);
  return { fileName, bytes: await part.toBuffer() };
}

function isFilePart(part: unknown): part is FilePart {
  return isObject(part) && part.type === "file" && typeof part.filename === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
