import { type Command, startLeadstream } from '#test/process/command';

/** A running `leadstream start`. */
export interface Server extends Command {
  readonly url: string;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  get(path: string): Promise<Response>;
}

/** Starts everything in a folder, on any free port. Resolves when it says where the page is. */
export async function startServer(dir: string, ...args: readonly string[]): Promise<Server> {
  const command = startLeadstream('start', '--data', dir, '--port', '0', ...args);
  const [, url = ''] = await command.printed(/Leadstream is running: (\S+) /);
  return {
    ...command,
    url,
    get: (path) => fetch(url + path),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body:
          body instanceof Uint8Array ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}
