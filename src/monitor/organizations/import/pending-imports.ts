import { randomUUID } from "node:crypto";
import type { ImportPlan } from "./plan-import.ts";

export const PENDING_IMPORT_MS = 30 * 60_000;
export const MAX_PENDING_PER_USER = 3;
export const MAX_PENDING = 20;

export type PendingImports = ReturnType<typeof createPendingImports>;

/** Plans between preview and apply, only in memory, since they contain tokens: after a restart one has to upload again. */
export function createPendingImports() {
  // A map keeps the order of insertion, so the first entry is the oldest.
  const pending = new Map<string, { userId: number; plan: ImportPlan; expiresAt: number }>();

  return {
    /** Keeps a plan for its user, and drops the oldest when there are too many. @returns its id. */
    keep(userId: number, plan: ImportPlan, now: number): string {
      dropExpired(now);
      const own = [...pending].filter(([, entry]) => entry.userId === userId).map(([id]) => id);
      const [oldest] = own.length >= MAX_PENDING_PER_USER ? own : pending.keys();
      const isFull = own.length >= MAX_PENDING_PER_USER || pending.size >= MAX_PENDING;
      if (isFull && oldest) pending.delete(oldest);
      const id = randomUUID();
      pending.set(id, { userId, plan, expiresAt: now + PENDING_IMPORT_MS });
      return id;
    },
    replace(userId: number, id: string, plan: ImportPlan, now: number): void {
      if (pending.get(id)?.userId === userId) {
        pending.set(id, { userId, plan, expiresAt: now + PENDING_IMPORT_MS });
      }
    },
    /** null = it was dropped, has expired, or belongs to another user. */
    find(userId: number, id: string, now: number): ImportPlan | null {
      dropExpired(now);
      const entry = pending.get(id);
      return entry?.userId === userId ? entry.plan : null;
    },
    drop(userId: number, id: string): void {
      if (pending.get(id)?.userId === userId) pending.delete(id);
    },
  };

  function dropExpired(now: number): void {
    for (const [id, { expiresAt }] of pending) if (expiresAt <= now) pending.delete(id);
  }
}
