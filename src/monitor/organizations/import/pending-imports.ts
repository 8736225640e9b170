import { randomUUID } from "node:crypto";
import type { ImportPlan } from "./plan-import.ts";

export const PENDING_IMPORT_MS = 30 * 60_000;
export const MAX_PENDING_PER_USER = 3;
export const MAX_PENDING = 20;

interface PendingImport {
  userId: number;
  plan: ImportPlan;
  expiresAt: number;
}

/** Plans between preview and apply. In memory only, since they hold tokens: a restart asks to upload again. */
export interface PendingImports {
  /** Keeps a plan for its user, in place of the oldest when there are too many. @returns its id. */
  keep(userId: number, plan: ImportPlan, now: number): string;
  /** Puts another plan of the same file in the place of one that is still kept, under its id. */
  replace(userId: number, id: string, plan: ImportPlan, now: number): void;
  /** @returns null when it was dropped, has expired or belongs to another user. */
  find(userId: number, id: string, now: number): ImportPlan | null;
  /** Forgets a plan of this user that was applied or cancelled. */
  drop(userId: number, id: string): void;
}

/** Makes an empty store of pending imports. */
export function createPendingImports(): PendingImports {
  // A map keeps the order of insertion, so the first entry is the oldest.
  const pending = new Map<string, PendingImport>();

  return {
    keep(userId, plan, now) {
      dropExpired(pending, now);
      const own = [...pending].filter(([, entry]) => entry.userId === userId).map(([id]) => id);
      const [oldest] = own.length >= MAX_PENDING_PER_USER ? own : pending.keys();
      const isFull = own.length >= MAX_PENDING_PER_USER || pending.size >= MAX_PENDING;
      if (isFull && oldest) pending.delete(oldest);
      const id = randomUUID();
      pending.set(id, { userId, plan, expiresAt: now + PENDING_IMPORT_MS });
      return id;
    },
    replace(userId, id, plan, now) {
      if (pending.get(id)?.userId === userId) {
        pending.set(id, { userId, plan, expiresAt: now + PENDING_IMPORT_MS });
      }
    },
    find(userId, id, now) {
      dropExpired(pending, now);
      const entry = pending.get(id);
      return entry?.userId === userId ? entry.plan : null;
    },
    drop(userId, id) {
      if (pending.get(id)?.userId === userId) pending.delete(id);
    },
  };
}

function dropExpired(pending: Map<string, PendingImport>, now: number): void {
  for (const [id, entry] of pending) {
    if (entry.expiresAt <= now) pending.delete(id);
  }
}
