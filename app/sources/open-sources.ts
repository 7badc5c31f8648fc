import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandFailed } from '#app/cli/failure';
import { readSourcesFile } from '#app/sources/sources-file';
import { sha256 } from '#lib/hash/sha256';
import { anySource, listedSources, type Source, type Sources } from '#services/collect/source';

/** What the file is called where nobody names another one. */
const USUAL = 'sources.yaml';

export interface SourcesPlace {
  /**
   * The file, as --sources names it; undefined or empty: the one that LEADSTREAM_SOURCES names, else sources.yaml of the working
   * folder, else of `data`.
   */
  readonly named: string | undefined;
  /** The data folder. */
  readonly data: string;
}

/** Said where no sources are listed. */
export const ANY_KEY_TAKEN = 'There is no sources.yaml: any write key is taken, and may report everything.';

/**
 * The sources that an installation lists; without a file any key is taken. Throws one line for each fault: file, line, what is
 * wrong and what to write.
 */
export function openSources({ named, data }: SourcesPlace): Sources {
  const path =
    named || process.env.LEADSTREAM_SOURCES || [USUAL, join(data, USUAL)].find((usual) => textOf(usual) !== undefined);
  if (path === undefined) return anySource(sha256);
  const text = textOf(path);
  if (text === undefined) throw new CommandFailed(`there is no file ${path}; name the one that lists your sources`);
  const outcome = readSourcesFile(path, text, {
    variable: (name) => process.env[name],
    file: (name) => textOf(resolve(dirname(path), name)),
  });
  if (outcome.ok) return listedSources(outcome.sources);
  const lines = outcome.faults.map(({ file, line, problem, remedy }) => `${file}:${line}: ${problem}; ${remedy}`);
  throw new CommandFailed(lines.join('\n'));
}

/** The source of a name, for what is imported as its own. Throws if sources are listed and it is none of them. */
export function listedSource(sources: Sources, name: string): Source {
  const source = sources.named(name);
  if (source !== undefined) return source;
  throw new CommandFailed(`there is no source ${name} in sources.yaml; name one that is listed there`);
}

/** What an import of a source's own events may report; undefined: anything. Throws as listedSource. */
export function mayOf(name: string | undefined, data: string): ((behaviour: string) => boolean) | undefined {
  if (name === undefined) return undefined;
  const source = listedSource(openSources({ named: undefined, data }), name);
  return (behaviour) => source.may(behaviour);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new CommandFailed(`${path} cannot be read (${String(code)}); mend its rights or name another file`, error);
  }
}
