import { expect, test } from 'vitest';
import { createMetrics } from '#lib/operation/metrics';
import { createReadiness } from '#lib/operation/readiness';
import { createOperationServer } from '#lib/operation/server';

test('a service without HTTP of its own is asked on a port of its own', async () => {
  const operation = {
    metrics: createMetrics({ deadLetters: 'dead' }),
    readiness: createReadiness(),
    host: '127.0.0.1',
  };
  const server = await createOperationServer({ ...operation, port: 0 });
  try {
    const statuses = ['/healthz', '/readyz', '/metrics', '/'].map(
      async (path) => (await fetch(server.url + path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404]);
    const port = Number(new URL(server.url).port);
    await expect(createOperationServer({ ...operation, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  } finally {
    await server.close();
  }
});
