import type { Refusal } from '#app/dashboard/api';

/** An answer that is not 2xx: its one plain line. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads JSON from our own API, whose types api.ts gives. */
export async function getJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await fetch(path, signal === undefined ? {} : { signal });
  if (response.ok) return response.json();
  const refusal: Partial<Refusal> = await response.json().catch(() => ({}));
  throw new Refused(response.status, refusal.error ?? `the server answered ${response.status}`);
}

/** Reloads at most every `least` ms, one at a time; a call while busy is made up for afterwards. */
export function createReloader(load: () => Promise<void>, least: number): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    busy = true;
    again = false;
    await load();
    await new Promise((resolve) => setTimeout(resolve, least));
    busy = false;
    if (again) void run();
  };
  return () => {
    if (busy) again = true;
    else void run();
  };
}
