/** Why a database cannot be restored, in words for the person who wants it. */
export class RestoreError extends Error {}
