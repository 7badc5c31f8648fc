import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createAgentOf } from '#lib/agents/agent';
import { LISTS } from '#lib/agents/lists';

const agentOf = createAgentOf();
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const YAHOO = 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html';
const SCANNER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Microsoft Office Existence Discovery';

test.each([
  [GMAIL, 'email_opened', 'proxy'],
  [YAHOO, 'email_opened', 'proxy'],
  ['YahooCacheSystem', 'email_opened', 'proxy'],
  ['Mozilla/5.0 (compatible; YandexImageResizer/2.0; +http://yandex.com/bots)', 'email_opened', 'proxy'],
  ['Mozilla/5.0 Outlook-Image-Proxy', 'email_opened', 'proxy'],
  ['Mozilla/5.0', 'email_opened', 'proxy'],
  [' Mozilla/5.0 ', 'email_opened', 'proxy'],
  ['Mozilla/5.0', 'email_clicked', 'bot'],
  ['Mozilla/5.0', 'page_viewed', 'bot'],
  [SCANNER, 'email_clicked', 'bot'],
  [SCANNER, 'email_opened', 'bot'],
  ['BarracudaSentinel', 'email_opened', 'bot'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'page_viewed', 'bot'],
  ['Java/17 (compatible; ExampleBot/1.0)', 'page_viewed', 'bot'],
  ['curl/8.5.0', 'page_viewed', 'program'],
  ['python-requests/2.31.0', 'email_opened', 'program'],
  ['analytics-node/6.0.0', 'identified', 'program'],
  ['node-fetch/1.0 (+https://github.com/bitinn/node-fetch)', 'page_viewed', 'program'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0', 'page_viewed', 'person'],
  [
    'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.4266; ms-office)',
    'email_opened',
    'person',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    'email_opened',
    'person',
  ],
])('%s that reports %s is a %s', (userAgent, name, agent) => {
  expect(agentOf(userAgent, name)).toBe(agent);
  expect(agentOf(userAgent, name)).toBe(agent);
});

test('the version of the lists names the package by which bots are told', async () => {
  const { version }: { version: string } = JSON.parse(await readFile('node_modules/isbot/package.json', 'utf8'));
  expect(LISTS).toContain(`isbot-${version}`);
});
