import { constants, setPriority } from 'node:os';

/*
 * What needs nothing but processor time takes what the tests beside it leave, which wait for a real n8n
 * most of theirs.
 */
setPriority(constants.priority.PRIORITY_LOW);
