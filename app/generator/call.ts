import { deviceOf } from '#app/generator/device';
import { identifier, PURPOSE } from '#app/generator/identifier';
import { personOf, userIdOf } from '#app/generator/person';
import type { Seed } from '#app/generator/random';
import type { Action, Properties, Step } from '#app/generator/step';
import { viewText } from '#app/generator/view';

const MAILER = '"context":{"library":{"name":"mailer"}}';
const CRM = '"context":{"library":{"name":"crm"}}';

/** Step `number` of a lead's journey as a call of Segment's HTTP API: the JSON text of one object. */
export function callText(seed: Seed, lead: number, number: number, step: Step): string {
  const messageId = identifier(seed, PURPOSE.message, lead, number);
  const envelope = `"messageId":"${messageId}","timestamp":"${new Date(step.at).toISOString()}"`;
  const user = step.known ? `,"userId":"${userIdOf(seed, lead)}"` : '';
  const { action } = step;
  if (action.kind === 'mail') {
    const mail = `"email_id":"${identifier(seed, PURPOSE.mail, lead, action.mail)}","template":"${action.template}"`;
    return track(action.event, `${envelope}${user}`, mail, action.properties, MAILER);
  }
  if (action.kind === 'sales') {
    const opportunity = action.opportunity
      ? `"opportunity_id":"${identifier(seed, PURPOSE.opportunity, lead, 0)}"`
      : '';
    return track(action.event, `${envelope}${user}`, opportunity, action.properties, CRM);
  }
  return webCall(seed, lead, step.device, `${envelope}${user}`, action);
}

function webCall(
  seed: Seed,
  lead: number,
  device: number,
  envelope: string,
  action: Action & { readonly kind: 'page' | 'identify' | 'web' },
): string {
  const { anonymousId, ip, userAgent, locale } = deviceOf(seed, lead, device);
  const view = viewText(action.view);
  const sender = `${envelope},"anonymousId":"${anonymousId}"`;
  const client = `"library":{"name":"analytics.js"},"ip":"${ip}","userAgent":"${userAgent}","locale":"${locale}"`;
  const context = `"context":{${client},${view.context}}`;
  switch (action.kind) {
    case 'page':
      return `{"type":"page",${sender},"name":"${action.view.page.title}","properties":${view.properties},${context}}`;
    case 'identify':
      return `{"type":"identify",${sender},"traits":${traits(seed, lead)},${context}}`;
    case 'web': {
      const appointment =
        action.appointment === undefined
          ? ''
          : `"appointment_id":"${identifier(seed, PURPOSE.appointment, lead, action.appointment)}"`;
      return track(action.event, sender, appointment, action.properties, context);
    }
  }
}

/** `own` are members of the properties, already as JSON; `properties` follow. */
function track(event: string, envelope: string, own: string, properties: Properties, context: string): string {
  const others = JSON.stringify(properties).slice(1, -1);
  const comma = own !== '' && others !== '' ? ',' : '';
  return `{"type":"track",${envelope},"event":"${event}","properties":{${own}${comma}${others}},${context}}`;
}

function traits(seed: Seed, lead: number): string {
  const { email, firstName, lastName, company, industry, companySize, title } = personOf(seed, lead);
  const name = `${firstName} ${lastName}`;
  return JSON.stringify({ email, name, firstName, lastName, company, industry, company_size: companySize, title });
}
