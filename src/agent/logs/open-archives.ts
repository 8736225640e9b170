import type { Readable } from "node:stream";

const MAX_AT_ONCE = 2;

export interface OpenArchives {
  hasRoom(): boolean;
  add(archive: Readable): void;
  /** Lets no archive begin until the returned function is called; null while any is open. */
  holdOff(): (() => void) | null;
  end(): void;
}

export function createOpenArchives(): OpenArchives {
  const open = new Set<Readable>();
  let isHeldOff = false;
  return {
    hasRoom: () => !isHeldOff && open.size < MAX_AT_ONCE,
    add(archive) {
      open.add(archive);
      archive.once("close", () => open.delete(archive));
    },
    holdOff() {
      if (open.size > 0) return null;
      isHeldOff = true;
      return () => {
        isHeldOff = false;
      };
    },
    end() {
      for (const archive of open) archive.destroy();
    },
  };
}
