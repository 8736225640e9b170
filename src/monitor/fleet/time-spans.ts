/** ms UTC; `to` is not part of it. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** What `take` makes of each overlap of two lists of spans, both ascending and without overlaps of their own. */
export function overlapsOf<A extends TimeSpan, B extends TimeSpan, T>(
  ones: readonly A[],
  others: readonly B[],
  take: (one: A, other: B, span: TimeSpan) => T,
): T[] {
  const taken: T[] = [];
  const [rest, otherRest] = [ones.values(), others.values()];
  let one = rest.next().value;
  let other = otherRest.next().value;
  while (one && other) {
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
    if (from < to) taken.push(take(one, other, { from, to }));
    if (one.to < other.to) one = rest.next().value;
    else other = otherRest.next().value;
  }
  return taken;
}

/** @param spans by their beginnings; they may overlap. */
export function joinOverlapping(spans: readonly TimeSpan[]): TimeSpan[] {
  const joined: TimeSpan[] = [];
  for (const { from, to } of spans) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

export function withoutSpan(spans: readonly TimeSpan[], { from, to }: TimeSpan): TimeSpan[] {
  return spans.flatMap((span) => [
    ...(span.from < from ? [{ from: span.from, to: Math.min(span.to, from) }] : []),
    ...(span.to > to ? [{ from: Math.max(span.from, to), to: span.to }] : []),
  ]);
}
