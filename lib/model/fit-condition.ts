import { Environment } from '@marcbachmann/cel-js';
import { allowMixedNumbers } from '#lib/model/arithmetic';
import { comparisonsIn } from '#lib/model/comparisons';
import { type Asked, explainCondition, type Misread, misreadAt } from '#lib/model/misread';
import { mistypedAnywhere } from '#lib/model/mistyped';
import type { Profile } from '#lib/model/model';
import { traitsNeeded, traitsRead } from '#lib/model/reads';

/** A condition on what is known of a person, checked and ready: true or false of a profile, never an error. */
export interface FitCondition {
  readonly ok: true;
  readonly matches: (profile: Profile) => boolean;
  /** Names of the traits it reads. */
  readonly traits: readonly string[];
}

/** What conditions call `lead`. */
class LeadView {
  profile: Profile | undefined;

  get email(): string {
    return this.profile?.email ?? '';
  }
  /** What stands behind the last @ of the address. */
  get email_domain(): string {
    const { email } = this;
    return email.includes('@') ? email.slice(email.lastIndexOf('@') + 1) : '';
  }
  get traits(): Profile['traits'] {
    return this.profile?.traits ?? {};
  }
}

const LEAD: Asked = {
  name: 'lead',
  fields: ['email', 'email_domain', 'traits'],
  open: 'traits',
  example: 'lead.traits.company_size >= 50',
};

const ENVIRONMENT = createEnvironment();

function createEnvironment(): Environment {
  const fields = { email: 'string', email_domain: 'string', traits: 'map<string, dyn>' };
  const environment = new Environment({ homogeneousAggregateLiterals: false })
    .registerType('Lead', { ctor: LeadView, fields })
    .registerVariable('lead', 'Lead');
  allowMixedNumbers(environment);
  return environment;
}

/** Compiles a CEL expression over `lead`. Where it cannot be evaluated (a trait that is not known), it is false. */
export function compileFitCondition(text: string): FitCondition | Misread {
  const checked = ENVIRONMENT.check(text);
  if (!checked.valid) return explainCondition(text, checked.error, LEAD);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    const problem = `the condition gives ${checked.type ?? 'something else'}, not yes or no`;
    return { ok: false, problem, remedy: `compare it, like \`${LEAD.example}\``, within: 0 };
  }
  const evaluate = ENVIRONMENT.parse(text);
  const traits = traitsRead(evaluate.ast);
  if (traits === undefined) {
    const problem = 'the condition reads traits without naming them';
    return { ok: false, problem, remedy: 'name each trait, like `lead.traits.company_size`', within: 0 };
  }
  const mistyped = misreadAt(text, comparisonsIn(evaluate.ast), mistypedAnywhere);
  if (mistyped !== undefined) return mistyped;
  const needed = traitsNeeded(evaluate.ast);
  const lead = new LeadView();
  const context = { lead };
  const matches = (profile: Profile) => {
    for (const name of needed) if (!Object.hasOwn(profile.traits, name)) return false;
    lead.profile = profile;
    try {
      return evaluate(context) === true;
    } catch {
      return false;
    } finally {
      lead.profile = undefined;
    }
  };
  return { ok: true, matches, traits };
}
