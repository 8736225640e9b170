/** The question before something that others notice at once, as `forms/confirmation` shows it. */
export interface Confirmation {
  title: string;
  subtitle: string;
  /** What will happen; the last one says how it is taken back. */
  texts: string[];
  /** Why it was refused. */
  problem: string | null;
  /** Where the form is sent to, with this hidden field. */
  path: string;
  sends: { name: string; value: string };
  submit: string;
  isDanger: boolean;
  backUrl: string;
}
