import { mix, type Seed } from '#app/generator/random';

/** Somebody who may become known. Another run's person with the same `userId` is the same person. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly industry: string;
  readonly companySize: number;
  readonly title: string;
}

/** Names as `shown` or `shown:inAddress`. */
const FIRST_NAMES = `Mia Noah Lena Paul Emma Ben Sofia Jonas Clara Felix Ida Anton Nora Emil Greta Theo Maja Oskar Ella
Hugo Jürgen:juergen Zoë:zoe Łukasz:lukasz Søren:soren Chloé:chloe José:jose Inês:ines Björn:bjorn Aylin Emre Priya
Arjun Ananya Rahul 優子:yuko 健:ken 美咲:misaki 大輔:daisuke Wei Ling Jun Min Olga Ivan Katya Pavel Amara Kofi Zuri
Tunde Layla Omar Yusuf Fatima Grace Liam Olivia Ethan Ava Lucas Harper Mason Alice Henry`.split(/\s+/);

const LAST_NAMES = `Keller Novak Rossi Dubois Jansen Andersson Nielsen Kowalski Silva Costa Moreau Lambert Fischer
Weber Wagner Becker Schulz Hoffmann Koch Richter Klein Wolf Neumann Schwarz Braun Zimmermann Krüger:krueger
Müller:mueller Schröder:schroeder Köhler:koehler García:garcia Núñez:nunez Pérez:perez Sørensen:sorensen
Dvořák:dvorak Nowak Horvat Petrov Ivanova Sato Suzuki Tanaka Watanabe Yamamoto 中村:nakamura 小林:kobayashi Chen Wang
Zhang Liu Kim Park Lee Nguyen Tran Pham Singh Patel Sharma Gupta Khan Ahmed Hassan Ali Okafor Mensah Abebe Diallo
Smith Jones Taylor Brown Wilson Evans Thomas Roberts Walker Wright Hughes Green Hall Wood Harris Martin Cooper Ward
Turner Carter Phillips Mitchell Collins Parker Murphy Kelly Byrne Ryan Walsh O’Brien:obrien Campbell Stewart Murray
Johansson Lindberg Virtanen Korhonen Hansen Olsen Berg Haugen Peeters Maes Janssens Visser Smit Bakker Meijer Rey
Blanc Girard Roux Fournier Bianchi Romano Ricci Marino Greco Conti Ferreira`.split(/\s+/);

const COMPANY_STEMS = `Nord Alpen Blue Silver Rapid Bright Clear Prime Urban Atlas Delta Omega Nova Terra Aqua Solar
Lunar Polar Harbor Summit River Forest Stone Iron Copper Amber Coral Cedar Maple Linden Falcon Heron Raven Orca Lynx
Vega Orion Lyra Zenith Apex Vertex Pixel Quantum Vector Helix Fusion Pulse Signal Beacon Anchor Compass Meridian
Horizon Bridge Gate Tower Garden Meadow Valley Island Ocean Arctic Baltic Rhine`.split(/\s+/);

const COMPANY_KINDS =
  `Logistics Software Analytics Systems Robotics Energy Health Pharma Dental Foods Beverages Textiles
Fashion Retail Outfitters Travel Hotels Airways Rail Motors Mobility Shipping Freight Packaging Plastics Steel Tools
Machines Instruments Optics Sensors Electronics Semiconductors Networks Telecom Media Studios Games Publishing Press
Learning Academy Consulting Partners Legal Accounting Insurance Capital Bank Payments Ventures Realty Homes Builders
Architects Interiors Furniture Farms Seeds Timber Paper Chemicals Labs Security`.split(/\s+/);

const INDUSTRIES = ['logistics', 'software', 'health', 'retail', 'manufacturing', 'media', 'finance', 'construction'];
const SIZES = [8, 25, 60, 140, 350, 900, 2400, 7000];
const TITLES = [
  'Head of Marketing',
  'Marketing Manager',
  'Sales Director',
  'Managing Director',
  'IT Manager',
  'Operations Manager',
  'Analyst',
  'Student',
];

/** 64 first names × 128 last names × 4,096 companies: so many people differ without a number in their address. */
const BITS = 25;
const PEOPLE = 2 ** BITS;

/** A permutation of the numbers below 2^25, chosen by the seed. */
function shuffled(number: number, seed: Seed): number {
  let x = (number + seed.low) & (PEOPLE - 1);
  x = Math.imul(x ^ (x >>> 12), 0x2c1b3c6d | 1) & (PEOPLE - 1);
  x = (x ^ seed.high) & (PEOPLE - 1);
  x = Math.imul(x ^ (x >>> 13), 0x297a2d39) & (PEOPLE - 1);
  return x ^ (x >>> 12);
}

/** Shown name and its form in a mail address. */
function nameAt(names: readonly string[], index: number): readonly [shown: string, inAddress: string] {
  const [shown = '', inAddress] = (names[index] ?? '').split(':');
  return [shown, inAddress ?? shown.toLowerCase()];
}

/** The publisher's id of the lead's user. Two leads of a run never share one, nor a mail address. */
export function userIdOf(seed: Seed, lead: number): string {
  return `u-${(shuffled(lead % PEOPLE, seed) + PEOPLE * Math.floor(lead / PEOPLE)).toString(36)}`;
}

/** Who a lead is. */
export function personOf(seed: Seed, lead: number): Person {
  const number = shuffled(lead % PEOPLE, seed);
  const round = Math.floor(lead / PEOPLE);
  const [firstName, first] = nameAt(FIRST_NAMES, number & 63);
  const [lastName, last] = nameAt(LAST_NAMES, (number >>> 6) & 127);
  const stem = COMPANY_STEMS[(number >>> 13) & 63] ?? '';
  const kind = COMPANY_KINDS[(number >>> 19) & 63] ?? '';
  const trait = mix(number >>> 13);
  return {
    userId: userIdOf(seed, lead),
    email: `${first}.${last}${round === 0 ? '' : round}@${stem}-${kind}.example`.toLowerCase(),
    firstName,
    lastName,
    company: `${stem} ${kind}`,
    industry: INDUSTRIES[trait & 7] ?? '',
    companySize: SIZES[(trait >>> 3) & 7] ?? 0,
    title: TITLES[mix(number) & 7] ?? '',
  };
}
