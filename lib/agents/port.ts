import type { Model } from '#lib/model/model';
import type { Activity, LeadEvent } from '#schemas/generated/records';

/** What lists that age say of an event. It is told once, when the event is first logged, and stays. */
export type Stamps = Pick<Activity, 'agent' | 'network' | 'mail_domain' | 'lists'>;

/** What the stamps of an event depend on. */
export type Stampable = Pick<LeadEvent, 'name' | 'personal'>;

/** Port: stamps an event by the lists of the day. `model`: the one in force, which names the company's own networks. */
export type Stamp = (event: Stampable, model: Model | undefined) => Stamps;
