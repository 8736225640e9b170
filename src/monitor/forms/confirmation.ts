/** The question before something that others notice at once (`forms/confirmation`). */
export interface Confirmation {
  title: string;
  subtitle: string;
  /** What will happen; the last one says how to undo it. */
  texts: string[];
  /** Why it was refused. */
  problem?: string | null;
  /** The form's action. */
  path: string;
  /** A hidden field. */
  sends?: { name: string; value: string };
  submit: string;
  isDanger: boolean;
  backUrl: string;
}
