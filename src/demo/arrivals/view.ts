import type { SimulatedPerson } from "../messengers/simulated-person.ts";

/** Somebody through whose eyes one can look. */
export interface Onlooker {
  /** As the address of the page has it. */
  key: string;
  /** Such as «Администратор». */
  role: string;
  user: SimulatedPerson;
}

export interface GroupChat {
  id: number;
  title: string;
}

/** Who looks at which chat: the group, or the one that they have with the bot. */
export interface View {
  onlooker: Onlooker;
  chatId: number;
  isPrivate: boolean;
}

/** What there is to look at. */
export interface Sights {
  /** At least one; the first one looks unless told. */
  onlookers: readonly [Onlooker, ...Onlooker[]];
  group: GroupChat;
}

/** Reads who looks at what; what is not there is taken for the first that is. */
export function readView({ onlookers, group }: Sights, { as, chat }: { as?: string; chat?: string }): View {
  const onlooker = onlookers.find(({ key }) => key === as) ?? onlookers[0];
  const isPrivate = chat === "private";
  return { onlooker, isPrivate, chatId: isPrivate ? onlooker.user.id : group.id };
}

export function urlOf(key: string, isPrivate: boolean): string {
  return `/?as=${encodeURIComponent(key)}&chat=${isPrivate ? "private" : "group"}`;
}
