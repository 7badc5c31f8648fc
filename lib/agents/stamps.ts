import { createAgentOf } from '#lib/agents/agent';
import { LISTS } from '#lib/agents/lists';
import type { Stamp } from '#lib/agents/port';

/** Stamps by the lists of this version of Leadstream. */
export function createStamp(): Stamp {
  const agentOf = createAgentOf();
  return ({ name, personal }, model) => ({
    agent: personal.user_agent ? agentOf(personal.user_agent, name) : '',
    network: model?.scoring.isInternal(personal) === true ? 'internal' : '',
    mail_domain: mailDomainOf(personal.email),
    lists: personal.user_agent ? LISTS : '',
  });
}

function mailDomainOf(email: string | null): string {
  if (email === null) return '';
  return email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
}
