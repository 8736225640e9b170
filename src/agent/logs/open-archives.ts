import type { Readable } from "node:stream";

const MAX_AT_ONCE = 2;

export type OpenArchives = ReturnType<typeof createOpenArchives>;

export function createOpenArchives() {
  const open = new Set<Readable>();
  let isHeldOff = false;
  return {
    hasRoom: () => !isHeldOff && open.size < MAX_AT_ONCE,
    add(archive: Readable): void {
      open.add(archive);
      archive.once("close", () => open.delete(archive));
    },
    /** Lets no archive begin until the returned function is called; null while any is open. */
    holdOff(): (() => void) | null {
      if (open.size > 0) return null;
      isHeldOff = true;
      return () => {
        isHeldOff = false;
      };
    },
    end(): void {
      for (const archive of open) archive.destroy();
    },
  };
}
