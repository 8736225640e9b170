/** First one POS server, then some, then all that are left. */
export const WAVES = ["one", "some", "rest"] as const;
export const LAST_WAVE = WAVES.length;
const SHARE_OF_SECOND = 0.05;
/** In the last wave machines are switched off in the wrong moment: more than these, and more than this share, are too many. */
const FAILURES_BORNE = 2;
const SHARE_BORNE = 0.02;

/** How many POS servers of a wave are in which state. */
export interface WaveCounts {
  waiting: number;
  sent: number;
  done: number;
  failed: number;
}

/** Of a wave that has nobody yet. */
export const NOBODY: WaveCounts = { waiting: 0, sent: 0, done: 0, failed: 0 };

/** How many POS servers the wave has of as many as there are to update; the last one takes all that are left. Pure. */
export function sizeOfWave(wave: number, posServers: number): number {
  if (wave === 1) return 1;
  return wave === LAST_WAVE ? posServers : Math.ceil(posServers * SHARE_OF_SECOND);
}

/** Whether all of a wave have told that they run the new version, or why they do not. Pure. */
export function isWaveOver({ wave, size }: { wave: number; size: number }, counts: WaveCounts): boolean {
  const { waiting, sent, done, failed } = counts;
  return wave < LAST_WAVE && waiting + sent === 0 && done + failed >= size;
}

/** Whether so many failures that nobody has seen yet are a reason to stop, at this wave, of so many POS servers so far. Pure. */
export function areTooMany(failures: number, wave: number, posServers: number): boolean {
  if (wave < LAST_WAVE) return failures > 0;
  return failures > FAILURES_BORNE && failures > posServers * SHARE_BORNE;
}
