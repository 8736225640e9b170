import type { Kysely } from "kysely";
import type { Database } from "../monitor/database/schema.ts";
import { findOrganizationId } from "../monitor/organizations/registry/registry.ts";
import { hashPassword } from "../monitor/people/registry/passwords.ts";
import { addUser, findUserByLogin, setPasswordHash } from "../monitor/people/registry/users.ts";

const MANAGER_CRM_IDS = ["100237", "100512"];

/** Adds `admin`, who sees everything, and `manager`, who has two organizations; both get this password. */
export async function addDemoUsers(db: Kysely<Database>, password: string): Promise<void> {
  const now = Date.now();
  const passwordHash = await hashPassword(password);
  await addOrReset("admin", "Анна Иванова", true);
  const managerId = await addOrReset("manager", "Пётр Смирнов", false);
  for (const crmId of MANAGER_CRM_IDS) {
    const organizationId = await findOrganizationId(db, crmId);
    if (organizationId === null) throw new Error(`The demo has no organization with CrmId ${crmId}`);
    await db
      .insertInto("user_organization")
      .values({ user_id: managerId, organization_id: organizationId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async function addOrReset(login: string, name: string, isAdministrator: boolean): Promise<number> {
    const known = await findUserByLogin(db, login);
    if (!known) return await addUser(db, { login, name, isAdministrator, passwordHash }, now);
    await setPasswordHash(db, known.id, passwordHash);
    return known.id;
  }
}
