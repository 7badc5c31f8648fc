import type { Interest } from '#app/generator/course';
import type { Diary } from '#app/generator/diary';
import {
  CASE_STUDY,
  INNER_PAGES,
  type Page,
  PRICING,
  SITE,
  type Visit,
  visitFromMail,
  WEBINARS,
} from '#app/generator/site';
import { daysAfter, HOUR, MINUTE, SECOND } from '#app/generator/time';

const LIST = { list: 'newsletter' };

/** A mail, the page that its link leads to (undefined: any), and the visit that a click brings. */
interface Mail {
  readonly template: string;
  readonly page: Page | undefined;
  readonly visit: Visit;
}

function mail(template: string, page: Page | undefined): Mail {
  return { template, page, visit: visitFromMail(template) };
}

const WELCOME = mail('welcome', undefined);
const NEWSLETTER = mail('newsletter', undefined);
/** In the order they are sent, a week apart; after the last come newsletters. */
const MAILS: readonly Mail[] = [
  WELCOME,
  mail('case-study', CASE_STUDY),
  mail('webinar-invitation', WEBINARS),
  NEWSLETTER,
  mail('comparison-guide', PRICING),
];

/** The mails that somebody gets who became known at `since`, and what they do with them. */
export function nurture(diary: Diary, interest: Interest, devices: number, since: number): void {
  const { random } = diary;
  const count = random.whole(...interest.mails);
  let sent = since + random.whole(MINUTE, 5 * MINUTE);
  for (let number = 0; number < count; number++) {
    const mail = MAILS[number] ?? NEWSLETTER;
    const { template } = mail;
    diary.mailed(sent, number, template, 'email_sent');
    const delivered = sent + random.whole(SECOND, 40 * SECOND);
    if (random.chance(0.005)) {
      diary.mailed(delivered, number, template, 'email_bounced', { kind: 'hard' });
      return;
    }
    diary.mailed(delivered, number, template, 'email_delivered');
    if (random.chance(interest.opens)) {
      const opened = delivered + random.whole(3 * MINUTE, 6 * HOUR) * random.pick([1, 1, 1, 5]);
      diary.mailed(opened, number, template, 'email_opened');
      if (random.chance(interest.unsubscribes)) {
        diary.mailed(opened + random.whole(5 * SECOND, MINUTE), number, template, 'unsubscribed', LIST);
        return;
      }
      if (random.chance(interest.clicks)) click(diary, number, mail, random.whole(0, devices - 1), opened);
    }
    sent = daysAfter(sent, 6, 8, random);
  }
}

/** The link in the mail names its recipient: the device that opens it knows the user from there on. */
function click(diary: Diary, number: number, mail: Mail, device: number, opened: number): void {
  const { random } = diary;
  const page = mail.page ?? random.pick(INNER_PAGES);
  const clicked = opened + random.whole(4 * SECOND, 70 * SECOND);
  diary.mailed(clicked, number, mail.template, 'email_clicked', { link: `${SITE}${page.path}` });
  const arrived = clicked + random.whole(400, 2 * SECOND);
  const pages: [Page, ...Page[]] = random.chance(0.5) ? [page, random.pick(INNER_PAGES)] : [page];
  diary.browse(arrived, device, mail.visit, pages).identify();
}
