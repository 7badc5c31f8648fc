import type { Fields, Reported } from '#test/oracle/reported';

/** The conditions that tests' models use, by their text in the model, written anew by hand. */
const OF_EVENTS: Readonly<Record<string, (event: Reported) => boolean>> = {
  'event.path == "/pricing"': ({ path }) => path === '/pricing',
  'event.path == "/pricing" || event.path.startsWith("/pricing/")': ({ path }) =>
    path === '/pricing' || path?.startsWith('/pricing/') === true,
  'event.properties.asset_type == "white_paper"': ({ properties }) => properties.asset_type === 'white_paper',
};

const DECIDES = /(^|[^a-z])(ceo|cto|cmo|head|director|vp)([^a-z]|$)/;

const OF_LEADS: Readonly<Record<string, (traits: Fields) => boolean>> = {
  'lead.traits.company_size >= 50': ({ company_size }) => typeof company_size === 'number' && company_size >= 50,
  'lead.traits.title.lowerAscii().matches("(^|[^a-z])(ceo|cto|cmo|head|director|vp)([^a-z]|$)")': ({ title }) =>
    typeof title === 'string' && DECIDES.test(lowerAscii(title)),
  'lead.traits.industry.lowerAscii() == "software"': ({ industry }) =>
    typeof industry === 'string' && lowerAscii(industry) === 'software',
  'lead.traits.title.lowerAscii() == "student"': ({ title }) =>
    typeof title === 'string' && lowerAscii(title) === 'student',
};

/** Whether a condition on an event holds. Throws at one that is not written here. */
export function holdsOf(where: string | undefined, event: Reported): boolean {
  if (where === undefined) return true;
  const condition = OF_EVENTS[where.trim()];
  if (condition === undefined) throw new Error(`test/oracle/conditions.ts lacks the condition ${where}`);
  return condition(event);
}

/** Whether a condition on a lead's traits holds. Throws at one that is not written here. */
export function holdsOfTraits(where: string, traits: Fields): boolean {
  const condition = OF_LEADS[where.trim()];
  if (condition === undefined) throw new Error(`test/oracle/conditions.ts lacks the condition ${where}`);
  return condition(traits);
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
