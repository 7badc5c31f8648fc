import { identifier, PURPOSE } from '#app/generator/identifier';
import { mix, type Seed } from '#app/generator/random';

/** A browser of one lead. */
export interface Device {
  readonly anonymousId: string;
  /** From the ranges that RFC 5737 and RFC 3849 keep for documentation. */
  readonly ip: string;
  readonly userAgent: string;
  readonly locale: string;
}

const NETWORKS = ['192.0.2', '198.51.100', '203.0.113'];
const LOCALES = ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'ja-JP', 'es-ES', 'nl-NL', 'en-US'];

const DESKTOPS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
];
const PHONES = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
];

/** Device `number` of a lead: 0 is the first met, mostly a desktop; others are phones. */
export function deviceOf(seed: Seed, lead: number, number: number): Device {
  const draw = mix(lead ^ seed.high ^ Math.imul(number + 1, 0x9e3779b1));
  const agents = number > 0 || (draw & 7) === 0 ? PHONES : DESKTOPS;
  const host = (draw >>> 8) & 0xffff;
  return {
    anonymousId: identifier(seed, PURPOSE.device, lead, number),
    ip:
      (draw & 0x18) === 0
        ? `2001:db8:${host.toString(16)}::${((draw >>> 24) + 1).toString(16)}`
        : `${NETWORKS[host % 3]}.${1 + ((draw >>> 24) % 254)}`,
    userAgent: agents[(draw >>> 5) % agents.length] ?? '',
    locale: LOCALES[mix(lead) & 7] ?? '',
  };
}
