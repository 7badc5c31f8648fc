import { readFile } from 'node:fs/promises';
import { systemCode } from '#app/folder/errors';
import { type Setting, variableOf } from '#app/kafka/names';
import type { ParsedSettings } from '#app/kafka/schema';
import { messageOf } from '#lib/flow/errors';
import type { KafkaTls } from '#lib/log/kafka/settings';

export interface Certificates {
  /** undefined: no TLS. */
  readonly tls: KafkaTls | undefined;
  /** One line for each file that cannot be used. */
  readonly faults: readonly string[];
}

/** Reads the PEM files that the settings name. */
export async function readCertificates({ tls, tlsCa, tlsCert, tlsKey }: ParsedSettings): Promise<Certificates> {
  if (!tls) return { tls: undefined, faults: [] };
  const faults: string[] = [];
  const read = async (setting: Setting, path: string | undefined): Promise<string | undefined> => {
    if (path === undefined) return undefined;
    try {
      const pem = await readFile(path, 'utf8');
      if (/-----BEGIN [A-Z0-9 ]+-----/.test(pem)) return pem;
      faults.push(`${variableOf(setting)}: ${path} holds no PEM text; name a file that begins with -----BEGIN`);
    } catch (thrown) {
      faults.push(`${variableOf(setting)}: ${path} cannot be read: ${reasonOf(thrown)}; name another file`);
    }
    return undefined;
  };
  const ca = await read('tlsCa', tlsCa);
  const cert = await read('tlsCert', tlsCert);
  const key = await read('tlsKey', tlsKey);
  return { tls: { ca, cert, key }, faults };
}

function reasonOf(thrown: unknown): string {
  switch (systemCode(thrown)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'this user may not read it';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return messageOf(thrown);
  }
}
