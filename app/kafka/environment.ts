import { type FlagValues, flagOf, SETTINGS, type Setting, variableOf } from '#app/kafka/names';
import { nearest, tolerance } from '#lib/model/spelling';

export type Environment = { readonly [variable: string]: string | undefined };

/** What was given for the settings, and where. */
export interface Given {
  readonly texts: { readonly [Name in Setting]?: string };
  /** The flag or variable that a fault of this setting is told under. */
  sourceOf(setting: Setting): string;
}

const ALL = Object.keys(SETTINGS).filter((name): name is Setting => name in SETTINGS);

/** A flag wins over its variable. */
export function gather(flags: FlagValues, environment: Environment): Given {
  const texts: { [Name in Setting]?: string } = {};
  for (const setting of ALL) {
    const text = flags[setting]?.toString() ?? written(environment[variableOf(setting)]);
    if (text !== undefined) texts[setting] = text;
  }
  return {
    texts,
    sourceOf: (setting) =>
      flags[setting] === undefined ? variableOf(setting) : (flagOf(setting) ?? variableOf(setting)),
  };
}

const OURS = 'LEADSTREAM_';
/** Variables of other parts: the tests in a browser. */
const OTHERS = ['LEADSTREAM_CHROMIUM'];
/** What Kubernetes and Docker's links set for a service that is called leadstream, or something that begins with it. */
const LINK = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
/** The value of its LEADSTREAM_PORT, which is not ours. */
const LINKED = /^(tcp|udp|sctp):\/\//;

/** An empty variable is one that is not set. */
function written(value: string | undefined): string | undefined {
  return value === undefined || value === '' || LINKED.test(value) ? undefined : value;
}

/** One line for each variable that looks like ours and is none: a misspelt one would be ignored in silence. */
export function unknownVariables(environment: Environment): string[] {
  const known = [...ALL.map(variableOf), ...OTHERS];
  const unknown = Object.keys(environment).filter((name) => {
    const linked = LINK.test(name) || LINKED.test(environment[name] ?? '');
    return name.startsWith(OURS) && !known.includes(name) && !linked;
  });
  return unknown.sort().map((name) => {
    const rest = name.slice(OURS.length);
    const candidates = known.map((candidate) => candidate.slice(OURS.length));
    const meant = nearest(rest, candidates, tolerance(rest));
    return `${name}: there is no such setting; ${meant === undefined ? 'unset it' : `did you mean ${OURS}${meant}?`}`;
  });
}
