import { z } from 'zod';
import { namesNobody } from '#lib/identity/forbidden';
import { ANY_TEXT, namesNobodyBy } from '#lib/identity/placeholders';
import { listAt } from '#lib/model/entries';
import { refuse } from '#lib/model/fields';
import { read, show } from '#lib/model/issues';
import type { Identity } from '#lib/model/model';
import type { Source } from '#lib/model/source';

/** Beside `...`, in characters: less would name half the world. */
const SHORTEST = 2;

const placeholder = z
  .unknown()
  .transform((value, context) => {
    if (typeof value !== 'string') {
      const problem = `{} is ${value === null ? 'null' : show(value)}, not a text`;
      return refuse(context, problem, 'write it in quotes, like "null" or "-1"');
    }
    const parts = value.trim().split(ANY_TEXT);
    if (parts.length > 2) return refuse(context, `{} has ${ANY_TEXT} more than once`, 'write it once in an entry');
    if (parts.length === 2 && parts.join('').length < SHORTEST) {
      return refuse(
        context,
        `{} is the text "${value}", which stands for nearly any id`,
        'write more of it, like {{...}}',
      );
    }
    return parts.join('') === '' ? refuse(context, '{} is empty', 'remove it: an empty text is no id anyway') : value;
  })
  .meta({ type: 'string', minLength: 1 });

export const identitySchema = z.strictObject({ nobody: z.array(placeholder) });

const EXAMPLES = { nobody: 'nobody: [guest, none, "{{...}}"]' };

/** Holds where a model has no identity.yaml. */
export const USUAL_IDENTITY: Identity = { namesNobody };

/** identity.yaml: which ids are none. */
export function readIdentity(source: Source): Identity | undefined {
  const file = read(source, [], source.data, identitySchema, EXAMPLES);
  reportTwins(source);
  return file === undefined ? undefined : { namesNobody: namesNobodyBy(file.nobody) };
}

function reportTwins(source: Source): void {
  const first = new Map<string, number>();
  listAt(source.data, 'nobody').forEach((entry, index) => {
    if (typeof entry !== 'string') return;
    const text = entry.trim().toLowerCase();
    const twin = first.get(text);
    if (twin === undefined) first.set(text, index);
    else {
      const line = source.lineOf(['nobody', twin]);
      source.report(['nobody', index], `${entry} is there twice, first in line ${line}`, 'remove one of the two');
    }
  });
}
