import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.LEADSTREAM_CHROMIUM ?? '/usr/bin/chromium';

/** A real Chromium, kept off the network and out of its sandbox (which does not work in containers). */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `there is no Chromium at ${EXECUTABLE}: install it (apt-get install chromium) or set LEADSTREAM_CHROMIUM`,
    );
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
