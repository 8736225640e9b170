import { statSync } from "node:fs";

/**
 * Of what is installed: root leaves nothing in the data folder that the service could not change.
 * @param isForGood root is given up; otherwise `asRoot` is possible.
 */
export function becomeOwner(
  { DATA_DIR: folder, POSWATCH_DATA: installed }: NodeJS.ProcessEnv,
  isForGood: boolean,
): void {
  const owner = installed && folder === installed ? statSync(folder, { throwIfNoEntry: false }) : undefined;
  if (process.getuid?.() !== 0 || !owner || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  if (isForGood) {
    process.setgid?.(owner.gid);
    process.setuid?.(owner.uid);
    return;
  }
  process.setegid?.(owner.gid);
  process.seteuid?.(owner.uid);
}

/** Whether root acts as the owner of the data. */
export const isActing = () => process.getuid?.() === 0 && process.geteuid?.() !== 0;

/** As root again, where root acts as the owner: for files that are named in the command. */
export function asRoot<T>(work: () => T): T {
  if (!isActing()) return work();
  const [user = 0, group = 0] = [process.geteuid?.(), process.getegid?.()];
  process.seteuid?.(0);
  process.setegid?.(0);
  try {
    return work();
  } finally {
    process.setegid?.(group);
    process.seteuid?.(user);
  }
}
