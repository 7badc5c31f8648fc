import type { Place } from '#test/simulation/process';

export const LOG: Place = { name: 'the log', local: false };
