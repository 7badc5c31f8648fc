import { CommandFailed } from '#app/cli/failure';
import { systemCode } from '#app/folder/errors';

/** Where a process listens, and the flags that say so. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly portFlag?: string;
}

/** Rejects as whoever listened did; where another host or port helps, with one plain line that says so. */
export function cannotListen(thrown: unknown, { host, port, portFlag = '--port' }: Listening): never {
  switch (systemCode(thrown)) {
    case 'EADDRINUSE':
      throw new CommandFailed(`port ${port} on ${host} is in use; choose another one with ${portFlag}`, thrown);
    case 'EACCES':
      throw new CommandFailed(
        `this user may not listen on port ${port}; choose one from 1024 on with ${portFlag}`,
        thrown,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      throw new CommandFailed(`${host} is no address of this machine; choose another one with --host`, thrown);
    default:
      throw thrown;
  }
}
