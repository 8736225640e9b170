/** What is asked before something is done that others notice at once, as `forms/confirmation` shows it. */
export interface Confirmation {
  title: string;
  subtitle: string;
  /** What will happen; the last one says how it is taken back. */
  texts: string[];
  /** Why it was not done when it was asked for. */
  problem: string | null;
  /** Where the answer is sent to, and what it says. */
  path: string;
  sends: { name: string; value: string };
  submit: string;
  isDanger: boolean;
  /** The page that it was asked from. */
  backUrl: string;
}
