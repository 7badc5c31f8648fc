import { type Command, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { cacheOption, dataOption, retentionOption, sourcesOption, wholeNumber } from '#app/cli/options';
import { USUAL_PORT } from '#lib/clickhouse/child/ports';

interface StartOptions {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly model: string | undefined;
  readonly sources: string | undefined;
  readonly retentionDays?: number;
  readonly cache: number | undefined;
  readonly clickhousePort: number;
  readonly demo?: boolean;
}

export function addStart(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('start')
    .summary('run everything on this machine')
    .description(
      'Takes events in over HTTP, scores leads, moves them through stages, sets off triggers and handoffs, and shows it all on a live page. Runs until Ctrl-C; started again it goes on where it was.',
    )
    .addOption(dataOption())
    .addOption(new Option('--port <n>', 'port to listen on, 0 for any').default(8080).argParser(wholeNumber(0, 65535)))
    .option(
      '--host <address>',
      'address to listen on; there is no log-in, so whoever reaches it sees the leads',
      '127.0.0.1',
    )
    .addOption(modelOption())
    .addOption(sourcesOption())
    .addOption(retentionOption())
    .addOption(cacheOption())
    .addOption(
      new Option(
        '--clickhouse-port <n>',
        'port of 127.0.0.1 at which ClickHouse answers analysts, whatever --host says; the next free one if it is taken, 0 for any',
      )
        .default(USUAL_PORT)
        .argParser(wholeNumber(0, 65535)),
    )
    .option('--demo', 'send made-up traffic, to see something happen')
    .addHelpText(
      'after',
      `
LEADSTREAM_IDENTITY_KEY, or LEADSTREAM_IDENTITY_KEY_FILE, gives the key that userIds and addresses are hashed with. It is chosen
before the first start, and every command on the folder needs it.

Examples:
  leadstream start --demo
  leadstream start --data /var/lib/leadstream --port 9000 --model ./model`,
    )
    .action(
      async ({
        data,
        port,
        host,
        model,
        sources,
        retentionDays,
        cache,
        demo = false,
        clickhousePort,
      }: StartOptions) => {
        const { start } = await import('#app/cli/start');
        const folder = { dir: data, modelDir: modelFolder(model), sourcesFile: sources, retentionDays, cache };
        const options = { ...folder, clickhousePort, serve: { host, port, demo } };
        finish(await start(options, terminal, open));
      },
    );
}
