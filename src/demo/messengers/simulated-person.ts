export interface SimulatedPerson {
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
}

/** `Анна Иванова` */
export function fullNameOf({ firstName, lastName }: SimulatedPerson): string {
  return [firstName, lastName].filter(Boolean).join(" ");
}
