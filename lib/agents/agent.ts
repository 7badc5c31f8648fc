import { isBot, isProgram } from '#lib/agents/bot';
import { type OfText, remembered } from '#lib/hash/remembered';

/** What a user agent is: `person`, `bot`, `proxy` (fetches a mail's images for a person), `program` (a mere HTTP client). */
export type Agent = 'person' | 'bot' | 'proxy' | 'program';

/** Tells what a user agent is. `name`: the behaviour that it reported, in snake case. */
export type AgentOf = (userAgent: string, name: string) => Agent;

/** Programs of mail providers that fetch the images of a mail: that a person looks at it is likely, and not sure. */
const IMAGE_PROXY =
  /GoogleImageProxy|ggpht\.com|YahooMailProxy|YahooCacheSystem|YandexImageResizer|(?:image|img|mail)[ _-]?proxy|OutlookImageProxy/i;

/** What Apple's Mail Privacy Protection calls itself when it fetches images. It follows no links. */
const APPLE = 'Mozilla/5.0';

/** The behaviour that a mail's image reports. */
const OPENED = 'email_opened';

/** The browsers and programs of the hour name themselves again and again. */
const REMEMBERED = { size: 2_000, longest: 1_000 };

/** Tells agents by the lists of this version of Leadstream (see LISTS). */
export function createAgentOf(): AgentOf {
  const opening: OfText<Agent> = remembered((text) => (text === APPLE ? 'proxy' : classOf(text)), REMEMBERED);
  const acting: OfText<Agent> = remembered(classOf, REMEMBERED);
  return (userAgent, name) => (name === OPENED ? opening : acting)(userAgent.trim());
}

function classOf(userAgent: string): Agent {
  if (IMAGE_PROXY.test(userAgent)) return 'proxy';
  if (isProgram(userAgent)) return 'program';
  return isBot(userAgent) ? 'bot' : 'person';
}
