import { LRUCache } from 'lru-cache';
import { versionOf } from '#lib/model/files';
import { readIdentity, USUAL_IDENTITY } from '#lib/model/identity';
import { judgedBy } from '#lib/model/judged';
import type { Compiled, CompileModel, ModelFault, ModelFiles, Program } from '#lib/model/model';
import { readProgram } from '#lib/model/program';
import { readRouting } from '#lib/model/routing';
import { readScoring } from '#lib/model/scoring';
import { openSource, type Source } from '#lib/model/source';
import { nearest } from '#lib/model/spelling';
import { type KnownStages, readStages, stageNamesIn, stageOfVisitors } from '#lib/model/stages';

const REQUIRED = ['scoring.yaml', 'stages.yaml', 'routing.yaml'] as const;
/** May be missing: then holds what comes along. */
const IDENTITY = 'identity.yaml';
const FILES: readonly string[] = [...REQUIRED, IDENTITY];

type FileName = (typeof REQUIRED)[number];

const PROGRAM = /^programs\/([a-z][a-z0-9_-]*)\.yaml$/;

/** A compiler that remembers the last `keep` models. Its answer depends on the files' texts alone. */
export function createCompiler(keep = 32): CompileModel {
  const byFiles = new WeakMap<ModelFiles, Compiled>();
  const byVersion = new LRUCache<string, Compiled>({ max: keep });
  return (files) => {
    const known = byFiles.get(files);
    if (known !== undefined) return known;
    const version = versionOf(files);
    const compiled = byVersion.get(version) ?? compile(files, version);
    byVersion.set(version, compiled);
    byFiles.set(files, compiled);
    return compiled;
  };
}

function compile(files: ModelFiles, version: string): Compiled {
  const faults: ModelFault[] = [];
  reportStrangers(files, faults);
  const open = (name: FileName) => openRequired(files, name, faults);
  const stagesFile = open('stages.yaml');
  const stageNames = new Set(stageNamesIn(stagesFile?.data));
  const read = <Value>(source: Source | undefined, reader: (source: Source) => Value) =>
    source === undefined ? undefined : reader(source);
  const scoringFile = open('scoring.yaml');
  const scoring = read(scoringFile, readScoring);
  const stages = read(stagesFile, (source) => readStages(source, judgedBy(scoringFile?.data)));
  const known = { names: stageNames, ofVisitors: stageOfVisitors(stages) };
  const routing = read(open('routing.yaml'), (source) => readRouting(source, known));
  const identityText = files[IDENTITY];
  const identity =
    identityText === undefined ? USUAL_IDENTITY : read(openSource(IDENTITY, identityText, faults), readIdentity);
  const programs = readPrograms(files, known, faults);
  if (faults.length > 0 || !stages || !scoring || !routing || !identity) {
    return { ok: false, faults: faults.sort(compareFaults) };
  }
  return { ok: true, model: { version, ...scoring, stages, routing, programs, identity } };
}

function readPrograms(files: ModelFiles, stages: KnownStages, faults: ModelFault[]): Program[] {
  return Object.keys(files)
    .sort()
    .flatMap((file) => {
      const [, id] = PROGRAM.exec(file) ?? [];
      const source = id === undefined ? undefined : openSource(file, files[file] ?? '', faults);
      const program = source === undefined ? undefined : readProgram(source, id ?? '', stages);
      return program === undefined ? [] : [program];
    });
}

function openRequired(files: ModelFiles, name: FileName, faults: ModelFault[]): Source | undefined {
  const text = files[name];
  if (text !== undefined) return openSource(name, text, faults);
  faults.push({ file: name, line: 1, problem: `${name} is missing`, remedy: `add ${name} to the model's folder` });
  return undefined;
}

function reportStrangers(files: ModelFiles, faults: ModelFault[]): void {
  for (const file of Object.keys(files)) {
    if (FILES.includes(file) || PROGRAM.test(file)) continue;
    const twin = twinOf(file, files);
    if (twin !== undefined) {
      const problem = `the program ${idOf(twin)} is there twice, also in ${twin}`;
      faults.push({ file, line: 1, problem, remedy: 'take one of the two out, or give it a name of its own' });
      continue;
    }
    const meant = nearest(file, FILES, 4);
    const remedy = file.startsWith('programs/')
      ? 'name it like programs/white-paper.yaml: small letters, digits, - and _'
      : meant === undefined
        ? `take it out; a model is ${FILES.join(', ')} and programs/*.yaml`
        : `did you mean ${meant}?`;
    faults.push({ file, line: 1, problem: `${file} is no file of a model`, remedy });
  }
}

/** A program of the model that differs from this file only in how its name is spelt: programs/Guide.yml and programs/guide.yaml. */
function twinOf(file: string, files: ModelFiles): string | undefined {
  const twin = file.toLowerCase().replace(/\.ya?ml$/, '.yaml');
  return PROGRAM.test(twin) && Object.hasOwn(files, twin) ? twin : undefined;
}

function idOf(program: string): string {
  return PROGRAM.exec(program)?.[1] ?? program;
}

function compareFaults(a: ModelFault, b: ModelFault): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;
}
