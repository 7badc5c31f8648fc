import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { refuse } from '#lib/model/fields';
import { show } from '#lib/model/issues';
import type { Scoring } from '#lib/model/model';

type Network = ReturnType<typeof ipaddr.parseCIDR>;

const network = z
  .unknown()
  .transform((value, context): Network => {
    const text = typeof value === 'string' ? value.trim() : '';
    if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
    if (ipaddr.isValid(text) && (text.includes(':') || text.split('.').length === 4)) {
      const address = ipaddr.parse(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    }
    return refuse(context, `{} is ${show(value)}, not a network`, 'write it like 203.0.113.0/24 or "2001:db8::/32"');
  })
  .meta({ type: 'string' });

const domain = z
  .unknown()
  .transform((value, context) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (/^[^\s@.]+(\.[^\s@.]+)+$/.test(text)) return text;
    return refuse(context, `{} is ${show(value)}, not a domain`, 'write what stands behind the @, like example.com');
  })
  .meta({ type: 'string' });

/** `exclude` in scoring.yaml. */
export const excludeSchema = z.strictObject({
  bots: z.boolean().optional(),
  internal: z
    .strictObject({ ips: z.array(network).min(1).optional(), domains: z.array(domain).min(1).optional() })
    .optional(),
});

/** Why an activity counts for nothing, by what identify stamped on it; a bot's word comes first. */
export function excluderOf({ bots = false }: z.output<typeof excludeSchema> = {}): Scoring['excludes'] {
  return ({ agent, network }) => {
    if (bots && agent === 'bot') return 'bot';
    return network === '' ? undefined : 'internal';
  };
}

/** Who comes from inside, as identify stamps it. Remembers the answers for the last 2,000 addresses of networks. */
export function insiderOf({ internal = {} }: z.output<typeof excludeSchema> = {}): Scoring['isInternal'] {
  const { ips = [], domains = [] } = internal;
  const isInside = remember((ip) => isWithin(ip, ips));
  const own = new Set(domains);
  return ({ ip, email }) => {
    if (ips.length > 0 && ip && isInside(ip)) return true;
    return own.size > 0 && email !== null && own.has(domainOf(email));
  };
}

function remember(answer: (text: string) => boolean): (text: string) => boolean {
  const known = new LRUCache<string, boolean>({ max: 2_000 });
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const now = answer(text);
    known.set(text, now);
    return now;
  };
}

function isWithin(ip: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match([base, bits]));
}

function domainOf(email: string): string {
  return email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
}
