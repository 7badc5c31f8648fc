/**
 * Number of the shape in which this version of Leadstream keeps its states. Raise it in the commit that gives any fold's or
 * decider's state another shape: a store with another number opens empty and is rebuilt from the log.
 */
export const SHAPE = 2;
