import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const COMPOSE = new URL('../../docker-compose.yml', import.meta.url);

/** The image that a service of docker-compose.yml runs: tests run what users do. */
export async function imageOf(service: string): Promise<string> {
  const image: unknown = parse(await readFile(COMPOSE, 'utf8'), { merge: true }).services?.[service]?.image;
  if (typeof image === 'string') return image;
  throw new Error(`docker-compose.yml names no image for ${service}`);
}
