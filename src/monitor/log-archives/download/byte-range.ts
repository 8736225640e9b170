const ONE_RANGE = /^bytes=(\d*)-(\d*)$/;

/** Bytes of a file, the last one included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Reads which part of a file is asked for. Several ranges, and what is no range, are answered with the whole file.
 * @returns null = all of it.
 */
export function readByteRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | null {
  const [, first = "", last = ""] = ONE_RANGE.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return null;
  const range =
    first === ""
      ? { start: Math.max(bytes - Number(last), 0), end: bytes - 1 }
      : { start: Number(first), end: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1) };
  if (last !== "" && first !== "" && Number(last) < Number(first)) return null;
  return range.start < bytes && range.start <= range.end ? range : "unsatisfiable";
}
