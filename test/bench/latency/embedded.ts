import { type Sampling, sample } from '#test/bench/latency/sample';
import { openEverything } from '#test/bench/measure/everything';

/** Everything in this process. */
export async function measureEmbedded(dir: string, sampling: Sampling): Promise<void> {
  const { engine, url, close } = await openEverything(dir, (text) => process.stderr.write(`${text}\n`));
  try {
    await sample('embedded', url, engine.log, sampling);
  } finally {
    await close();
  }
}
