import type { Assumptions } from '../seen.mts';
import { apiAssumptions } from './api.mts';
import { eventAssumptions } from './events.mts';
import { webhookAssumptions } from './webhooks.mts';

/** Everything that the probe judges, by headings of docs/vendor-facts.md in their order in it. */
export const assumptions: Assumptions = merged(
	webhookAssumptions,
	eventAssumptions,
	apiAssumptions,
);

/** A heading can have statements in several files. */
function merged(...parts: Assumptions[]): Assumptions {
	const headings = [...new Set(parts.flatMap((part) => Object.keys(part)))];
	return Object.fromEntries(
		headings.map((heading) => [heading, Object.assign({}, ...parts.map((part) => part[heading]))]),
	);
}
