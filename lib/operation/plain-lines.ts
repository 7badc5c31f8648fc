import type { DestinationStream } from 'pino';

/** Turns JSON log lines into plain ones: time, level, task, message, then `name=value` for the rest, and an error's stack. */
export function plainLines(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(plain(JSON.parse(line))) };
}

function plain({ level, time, service, partition, msg, err, ...rest }: Record<string, unknown>): string {
  const clock = String(time).slice(11, 23);
  const who = service === undefined ? '' : ` ${service}${partition === undefined ? '' : `-${partition}`}`;
  const more = Object.entries(rest).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${clock} ${String(level).toUpperCase().padEnd(5)}${who} ${msg ?? ''}${more.join('')}\n${stackOf(err)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}

function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('stack' in err) || typeof err.stack !== 'string') return '';
  return `${err.stack.replace(/^/gm, '    ')}\n`;
}
