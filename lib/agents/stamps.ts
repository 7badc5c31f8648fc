import { createAgentOf } from '#lib/agents/agent';
import { LISTS } from '#lib/agents/lists';
import type { Stamp, Stampable } from '#lib/agents/port';
import type { Model } from '#lib/model/model';

/** Stamps by the lists of this version of Leadstream. */
export function createStamp(): Stamp {
  const agentOf = createAgentOf();
  return ({ name, personal }, model) => ({
    agent: personal.user_agent ? agentOf(personal.user_agent, name) : '',
    network: networkOf(personal, model),
    mail_domain: mailDomainOf(personal.email),
    lists: personal.user_agent ? LISTS : '',
  });
}

/** An address of the company's own tells more than its network does. */
function networkOf({ ip, email }: Stampable['personal'], model: Model | undefined): string {
  const isInternal = model?.scoring.isInternal;
  if (isInternal === undefined) return '';
  if (isInternal({ ip: null, email })) return 'staff';
  return isInternal({ ip, email: null }) ? 'internal' : '';
}

function mailDomainOf(email: string | null): string {
  if (email === null) return '';
  return email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
}
