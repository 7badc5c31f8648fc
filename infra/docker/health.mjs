// What Docker asks of a container: whether the process inside answers and no task of it has failed for good.

const port = process.env.LEADSTREAM_OPERATION_PORT ?? '9464';

try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
} catch (error) {
  process.stderr.write(`not healthy: ${error.cause?.message ?? error.message}\n`);
  process.exit(1);
}
