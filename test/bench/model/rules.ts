import { readModel, versionOf } from '#lib/model/files';
import type { ModelFiles } from '#lib/model/model';

/** Behaviours of the bench's events, the frequent ones first. */
const NAMES = [
  'page_viewed',
  'email_opened',
  'email_clicked',
  'asset_downloaded',
  'webinar_registered',
  'form_submitted',
  'trial_started',
];
const CONDITIONS = [
  'event.path == "/pricing" || event.path.startsWith("/pricing/")',
  'event.source == "newsletter"',
  'event.url.contains("/docs")',
  'event.path == "/webinars/spring" && event.medium == "cpc"',
];

export interface RulesGiven {
  readonly rules: number;
  /** `some`: a quarter of the rules is on each event's kind, as in a model that grew; `all`: on page views; `none`: on others. */
  readonly match: 'some' | 'all' | 'none';
}

/** The model that ships, under engine 3 and with so many rules of another's making. */
export async function modelWith({ rules, match }: RulesGiven): Promise<{ version: string; files: ModelFiles }> {
  const shipped = await readModel('model');
  const lines = Array.from({ length: rules }, (_, i) => {
    const points = i % 9 === 8 ? -3 : 1 + (i % 10);
    const halfLife = [7, 14, 30, 90][i % 4];
    const where = CONDITIONS[i % CONDITIONS.length];
    return `  - { id: rule_${i}, on: ${nameOf(i, rules, match)}, where: '${where}', points: ${points}, half_life: ${halfLife}d }`;
  });
  const scoring = ['engine: 4', 'half_life: 30d', 'rules:', ...lines, ''].join('\n');
  const files = Object.fromEntries(Object.entries(shipped).filter(([path]) => !path.includes('.test.')));
  const own = { ...files, 'scoring.yaml': scoring };
  return { version: versionOf(own), files: own };
}

/** A model of many rules has them on many behaviours: four on each. */
function nameOf(i: number, rules: number, match: RulesGiven['match']): string {
  if (match === 'all') return 'page_viewed';
  const behaviours = Math.max(NAMES.length, Math.ceil(rules / 4));
  const place = i % behaviours;
  const known = match === 'some' ? NAMES[place] : undefined;
  return known ?? `behaviour_${place}`;
}
