import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchemas } from '#app/check/json-schema';

const folder = fileURLToPath(new URL('../../model/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));

/** Reads by the JSON Schema that a model's file names in its first line. */
function validate(file: string, text: string): boolean {
  const [, path = '', name = ''] = /^# yaml-language-server: \$schema=(\S*\/)(\S+)\n/.exec(text) ?? [];
  const schema = readFileSync(new URL(`${path}${name}`, `file://${folder}${file}`), 'utf8');
  return z.fromJSONSchema(JSON.parse(schema)).safeParse(parse(text)).success;
}

test.each(files)('%s is as its JSON Schema wants it', (file) => {
  expect(validate(file, readFileSync(`${folder}${file}`, 'utf8'))).toBe(true);
});

test.each([
  ['scoring.yaml', 'half_life: 30d', 'half_life: -30d'],
  ['scoring.yaml', 'points: 5', 'pionts: 5'],
  ['stages.yaml', 'score_at_least: 50', 'score_at_least: many'],
  ['routing.yaml', 'round_robin', 'round_robbin'],
  ['programs/white-paper.yaml', 'channel: mail', 'channel: post'],
  ['stages.test.yaml', 'at: 0d', 'at: 0'],
])('%s with %s written as %s is not', (file, written, instead) => {
  expect(validate(file, readFileSync(`${folder}${file}`, 'utf8').replace(written, instead))).toBe(false);
});

test.each([...jsonSchemas()])('model/schema/%s is fresh', (file, text) => {
  expect(readFileSync(`${folder}schema/${file}`, 'utf8')).toBe(text);
});
