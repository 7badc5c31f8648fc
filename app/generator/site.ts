/** The web site that the generated people visit. */
export const SITE = 'https://www.leadstream.example';

export interface Page {
  readonly path: string;
  readonly title: string;
}

/** How a visit came about: the landing page's campaign or referrer. */
export interface Visit {
  readonly referrer: string;
  readonly campaign: Campaign | undefined;
}

/** Segment's context.campaign; the utm parameters without their prefix. */
export interface Campaign {
  readonly name: string;
  readonly source: string;
  readonly medium: string;
}

function page(path: string, title: string): Page {
  return { path, title };
}

export const PRICING = page('/pricing', 'Pricing');
export const WHITE_PAPERS = page('/resources/white-papers', 'White papers');
export const WEBINARS = page('/resources/webinars', 'Webinars');
export const NEWSLETTER = page('/newsletter', 'Newsletter');
export const CONTACT = page('/contact', 'Contact us');
export const TRIAL = page('/trial', 'Start your free trial');
export const BOOKING = page('/demo', 'Book a demo');
export const CASE_STUDY = page('/customers/nordwind', 'How Nordwind halved its lead response time');

export const LANDING_PAGES: readonly [Page, ...Page[]] = [
  page('/', 'Leads that arrive warm'),
  page('/product', 'Product'),
  page('/blog/what-is-lead-scoring', 'What is lead scoring?'),
  page('/blog/nurturing-without-nagging', 'Nurturing without nagging'),
  page('/blog/mql-or-sql', 'MQL or SQL?'),
  page('/solutions/b2b', 'For B2B teams'),
  WHITE_PAPERS,
];

export const INNER_PAGES: readonly [Page, ...Page[]] = [
  page('/product', 'Product'),
  page('/product/scoring', 'Scoring'),
  page('/product/programs', 'Programs'),
  page('/product/routing', 'Routing'),
  page('/integrations', 'Integrations'),
  page('/customers', 'Customers'),
  CASE_STUDY,
  page('/blog/what-is-lead-scoring', 'What is lead scoring?'),
  page('/blog/speed-to-lead', 'Speed to lead'),
  page('/about', 'About us'),
  page('/docs', 'Documentation'),
  page('/security', 'Security'),
];

/** Repeated entries are the more frequent ones. */
export const VISITS: readonly [Visit, ...Visit[]] = [
  { referrer: 'https://www.google.com/', campaign: undefined },
  { referrer: 'https://www.google.com/', campaign: undefined },
  { referrer: 'https://www.bing.com/', campaign: undefined },
  { referrer: 'https://news.ycombinator.com/', campaign: undefined },
  { referrer: '', campaign: undefined },
  { referrer: '', campaign: undefined },
  {
    referrer: 'https://www.google.com/',
    campaign: { name: 'brand_search', source: 'google', medium: 'cpc' },
  },
  {
    referrer: 'https://www.google.com/',
    campaign: { name: 'lead_scoring_guide', source: 'google', medium: 'cpc' },
  },
  {
    referrer: 'https://www.linkedin.com/',
    campaign: { name: 'b2b_autumn', source: 'linkedin', medium: 'paid_social' },
  },
  {
    referrer: 'https://www.facebook.com/',
    campaign: { name: 'retargeting', source: 'facebook', medium: 'paid_social' },
  },
  {
    referrer: 'https://partner.example/',
    campaign: { name: 'partner_webinar', source: 'partner', medium: 'referral' },
  },
];

export const DIRECT: Visit = { referrer: '', campaign: undefined };

/** The visit that a click in a mail brings; `template` names the mail. */
export function visitFromMail(template: string): Visit {
  return { referrer: '', campaign: { name: template, source: 'newsletter', medium: 'email' } };
}
