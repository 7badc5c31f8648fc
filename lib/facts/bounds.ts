/**
 * So many facts of a kind (traits, topics, addresses) have their last words held: the newest. So no activity need say more of one
 * kind, and so many addresses are a lead's own.
 */
export const MOST_OF_A_KIND = 100;

/** A name longer than this is no trait, and a topic is cut to it; characters. */
export const LONGEST_NAME = 200;
