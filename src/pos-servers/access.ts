/** The organizations whose POS servers somebody may see: all of them, or these ids. */
export type OrganizationAccess = "all" | readonly number[];
