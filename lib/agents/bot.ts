import { isbot } from 'isbot';

/** Programs that a publisher sends events with; they say nothing about who did what. */
const SENDERS =
  /(?:^|(?<=[\s(]))(?:curl|wget|python-requests|python-urllib|python-httpx|aiohttp|node-fetch|node|undici|axios|got|okhttp|go-http-client|apache-httpclient|java-http-client|java|libwww(?:-perl)?|postmanruntime|guzzlehttp|php|ruby|faraday|reqwest|dart|httpie|insomnia|analytics-[\w.-]+)(?=$|[\s/;)])(?:\/[\w.+-]*)?/gi;

const SENT_BY = new RegExp(`^${SENDERS.source}`, 'i');

/** Whether a user agent names a robot: a crawler, a scanner, a previewer. A mere HTTP client is none. */
export function isBot(userAgent: string): boolean {
  return isbot(userAgent) && !isProgram(userAgent);
}

/** Whether a user agent is a mere HTTP client: it says what a publisher sends with, and nothing of who did what. */
export function isProgram(userAgent: string): boolean {
  if (!SENT_BY.test(userAgent)) return false;
  const rest = userAgent
    .replace(SENDERS, '')
    .replace(/\(\+?https?:[^)]*\)/gi, '')
    .replace(/[()\s;,]+/g, ' ')
    .trim();
  return !/bot|crawl|spider|scan|preview/i.test(rest);
}
