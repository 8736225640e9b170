/** A POS server as the audit log names it. */
export interface NamedPosServer {
  id: number;
  name: string;
  organizationId: number;
}
