import { libchdbPath } from 'chdb/libchdb';
import { FlowError } from '#lib/flow/errors';

/** The shared library that holds the ClickHouse server. Throws, for good, where none is installed. */
export function clickHouseLibrary(): string {
  try {
    return libchdbPath();
  } catch (cause) {
    const system = `${process.platform} on ${process.arch}`;
    throw new FlowError(
      'missing',
      `there is no ClickHouse for ${system} here: it comes for Linux (glibc) and macOS, on x64 and arm64, with "npm install"`,
      { retriable: false, cause },
    );
  }
}
